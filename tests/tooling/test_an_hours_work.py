"""What a newcomer adds touches no more files by hand than `CONTRIBUTING.md` says, and it works.

Each piece is added to a copy of the pack, and a process that runs the copy does what was added.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "CONTRIBUTING.md"
DOCUMENT = ROOT / "tests/policies/reports/golden/shop.dev.json"
COMPONENT = "component of the infrastructure"
_ROW = re.compile(
    r"^\| an? (?P<thing>[^|]+?) \| (?P<files>\d+) \| (?P<which>[^|]+) \|$", re.MULTILINE
)


@dataclass(frozen=True)
class Row:
    """A row of the guide's table: how many files, and the paths that it names."""

    files: int
    paths: tuple[str, ...]

    def names(self, path: Path) -> bool:
        """Whether a file is one of those, or lies in a folder that is."""
        patterns = (re.sub(r"<\w+>", "*", name) for name in self.paths)
        return any(
            path.match(pattern) or (pattern.endswith("/") and path.match(f"{pattern}*"))
            for pattern in patterns
        )


def rows() -> Mapping[str, Row]:
    return {
        found["thing"]: Row(int(found["files"]), tuple(re.findall("`([^` ]+)`", found["which"])))
        for found in _ROW.finditer(GUIDE.read_text("utf-8"))
    }


@dataclass(frozen=True)
class Copy:
    """A copy of the pack's folder, to which something is added."""

    folder: Path

    @property
    def package(self) -> Path:
        return self.folder / "apex_guardrails"

    def write(self, path: str, text: str) -> None:
        target = self.package / path
        assert not target.exists()
        target.parent.mkdir(exist_ok=True)
        target.write_text(dedent(text), "utf-8")

    def edit(self, path: str, change: Callable[[str], str]) -> None:
        target = self.package / path
        before = target.read_text("utf-8")
        after = change(before)
        assert after != before
        target.write_text(after, "utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        self.edit(path, lambda text: text.replace(old, new, 1))

    def touched(self) -> set[Path]:
        """The files that are new, or not as they were; those of the repository that are gone."""
        now, before = _contents(self.folder), _contents(ROOT / "policies")
        return {
            path.relative_to("apex_guardrails")
            for path in now.keys() | before.keys()
            if now.get(path) != before.get(path)
        }

    def run(self, *arguments: str, folder: Path | None = None) -> str:
        """What Python prints, with the copy in the place of the package."""
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONSAFEPATH": "1"}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder or self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def says(self, code: str) -> str:
        where = "import apex_guardrails; print(apex_guardrails.__file__)\n"
        first, _, rest = self.run("-c", where + dedent(code)).partition("\n")
        assert Path(first).is_relative_to(self.folder)
        return rest.strip()


def _contents(folder: Path) -> dict[Path, bytes]:
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    folder = tmp_path / "pack"
    shutil.copytree(ROOT / "policies", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return Copy(folder)


def holds(copy: Copy, thing: str) -> None:
    """What was touched is as many files as the guide says, and those that it names."""
    row, touched = rows()[thing], copy.touched()
    assert len(touched) == row.files, sorted(touched)
    assert [path for path in sorted(touched) if not row.names(path)] == []


def test_the_guide_says_what_the_tests_count() -> None:
    counted = {
        *("rule", "framework", "priced type", "report format", "source", "language"),
        COMPONENT,
    }
    assert counted <= rows().keys()
    assert {thing: rows()[thing].files for thing in counted} == {
        **dict.fromkeys(("rule", "framework"), 1),
        **dict.fromkeys(("priced type", "report format", "source", "language"), 2),
        COMPONENT: 4,
    }


def test_nothing_is_touched_where_nothing_is_added(copy: Copy) -> None:
    assert copy.touched() == set()
    copy.write("rules/shop/__init__.py", "")
    copy.edit("cli/__init__.py", lambda text: f"{text}\n")
    assert copy.touched() == {Path("rules/shop/__init__.py"), Path("cli/__init__.py")}
    (copy.package / "__main__.py").unlink()
    assert len(copy.touched()) == 3


RULE = '''
    """Filestore instances are protected from deletion."""

    from collections.abc import Iterator

    from apex_guardrails.model import Resource, Violation, case, rule


    @rule(
        severity="high",
        on="gcp:filestore/instance:Instance",
        fix="Set deletion_protection_enabled=True.",
    )
    def sql_filestore_protected(instance: Resource) -> Iterator[Violation]:
        """Its files are gone with it."""
        if instance.get("deletionProtectionEnabled", omitted=False) is not True:
            yield instance.fail("can be deleted", at="deletionProtectionEnabled")


    CASES = [
        case.passes(deletionProtectionEnabled=True),
        case.fails(deletionProtectionEnabled=False),
        case.fails(),
        case.undecided(deletionProtectionEnabled=case.UNKNOWN),
    ]
'''


def test_a_rule(copy: Copy) -> None:
    copy.write("rules/sql/sql_filestore_protected.py", RULE)
    holds(copy, "rule")
    assert (
        copy.says(
            """
        from apex_guardrails.pack.rules import proven_rules
        [rule] = [rule for rule in proven_rules() if rule.id == "sql-filestore-protected"]
        print(rule.title)
        """
        )
        == "Filestore instances are protected from deletion"
    )


def test_a_framework(copy: Copy) -> None:
    copy.write(
        "controls/frameworks/nist-1.0.yaml",
        """\
        name: NIST
        version: "1.0"
        source: https://example.com
        controls:
          "SC-7": Boundaries are protected
          "SC-8": Transmitted data is protected
        rules:
          "SC-7": [sql-no-public-ip]
        """,
    )
    holds(copy, "framework")
    said = copy.run("-m", "apex_guardrails", "policies", "show", "sql-no-public-ip")
    assert "nist-1.0:SC-7" in said
    covered = copy.run(
        *("-m", "apex_guardrails", "policies", "coverage", "--no-run", "--framework", "nist-1.0")
    )
    assert re.search(r"SC-8\s.*no rule yet", covered)


def test_a_priced_type(copy: Copy) -> None:
    copy.write(
        "cost/types/filestore_instance.py",
        '''
        """Filestore: the GiB that are provisioned."""

        from apex_guardrails.cost.pricing import Components, Pricing, priced
        from apex_guardrails.model import Resource


        @priced("gcp:filestore/instance:Instance", prices=("filestore.gib_month",))
        def filestore(instance: Resource, pricing: Pricing) -> Components:
            """What is provisioned is billed, used or not."""
            size = int(instance.get("fileShares.capacityGb"))
            yield pricing.component("storage", "filestore.gib_month", size)
        ''',
    )

    def with_price(text: str) -> str:
        content = json.loads(text)
        content["prices"]["filestore.gib_month"] = {
            "usd": "0.20",
            "unit": "GiB-month",
            "source": "the page of prices",
            "date": "2026-11-01",
            "confidence": "high",
        }
        return json.dumps(content)

    copy.edit("cost/prices/worldwide.json", with_price)
    holds(copy, "priced type")
    assert (
        copy.says(
            """
        from apex_guardrails.cost import Usage, estimate, packaged_prices
        from apex_guardrails.model import Outcome, case
        from apex_guardrails.model.case import Case
        from apex_guardrails.rules import all_rules
        from apex_guardrails.testing import build

        files = case.resource(
            "gcp:filestore/instance:Instance",
            region="us-central1",
            fileShares={"capacityGb": 1000},
        )
        stack = build(all_rules()[0], Case(Outcome.PASSES, (files,)))
        found, *_ = estimate(stack, packaged_prices(), Usage()).estimates
        print(found.monthly.expected)
        """
        )
        == "200.00"
    )


def test_a_report_format(copy: Copy, tmp_path: Path) -> None:
    copy.write(
        "reports/table.py",
        '''
        """One line for each finding."""

        from typing import Final

        from apex_guardrails.judgement.model import Judgement
        from apex_guardrails.reports.formats import Format
        from apex_guardrails.settings import ReportFormat


        def render(document: Judgement) -> str:
            """The document's findings."""
            return "".join(f"{item.severity},{item.rule}\\n" for item in document.findings)


        FORMAT: Final = Format(ReportFormat.CSV, ".csv", render)
        ''',
    )
    copy.replace(
        "settings/reports.py", '    HTML = "html"\n', '    HTML = "html"\n    CSV = "csv"\n'
    )
    holds(copy, "report format")
    command = ("-m", "apex_guardrails", "report", "--from", str(DOCUMENT))
    assert "critical," in copy.run(*command, "--format", "csv")
    copy.run(*command, "--output-dir", str(tmp_path / "reports"))
    assert (tmp_path / "reports/shop.dev.csv").is_file()


PROGRAM = """
    import pulumi

    pulumi.export("answer", 42)
"""


def test_a_language(copy: Copy, tmp_path: Path) -> None:
    copy.write(
        "sources/offline/launchers/notebook.py",
        '''
        """Starts a notebook's program."""

        from apex_guardrails.sources.offline.launchers import python
        from apex_guardrails.sources.offline.launchers.protocol import Command, Need
        from apex_guardrails.sources.offline.project import Project


        def command(project: Project) -> Command:
            """The command that runs the program."""
            return python.command(project)


        def needs(project: Project) -> list[Need]:
            """What its programs need."""
            return python.needs(project)
        ''',
    )
    copy.edit(
        "sources/offline/languages.py",
        lambda text: text.replace(
            '"python": python}', '"notebook": notebook, "python": python}'
        ).replace("launchers import ", "launchers import notebook, "),
    )
    holds(copy, "language")
    folder = program(tmp_path, f"{{name: notebook, options: {{virtualenv: {sys.prefix}}}}}")
    said = copy.run("-m", "apex_guardrails", "preview", "--stack", "dev", folder=folder)
    assert "dev has nothing to judge (0 resources evaluated" in said


def program(tmp_path: Path, runtime: str) -> Path:
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(f"name: shop\nruntime: {runtime}\n", "utf-8")
    (folder / "Pulumi.dev.yaml").write_text("config:\n  gcp:project: my-project\n", "utf-8")
    (folder / "__main__.py").write_text(dedent(PROGRAM), "utf-8")
    return folder


def test_a_source(copy: Copy, tmp_path: Path) -> None:
    copy.write(
        "sources/inventory.py",
        '''
        """Resources from a list that somebody keeps, by type and name."""

        import json
        from pathlib import Path

        from apex_guardrails.model import Resource, ResourceType, Stack


        def read_inventory(file: Path) -> Stack:
            """The stack that a file lists."""
            stack = Stack("dev", "shop", has_config=False)
            for token, name, inputs in json.loads(file.read_text("utf-8")):
                urn = f"urn:pulumi:dev::shop::{token}::{name}"
                nothing = dict.fromkeys(inputs, ())
                stack.add(
                    Resource(
                        urn,
                        ResourceType(token),
                        inputs,
                        stack,
                        dependencies=(),
                        property_dependencies=nothing,
                    )
                )
            return stack
        ''',
    )
    copy.write(
        "runs/inventory.py",
        '''
        """Judges what a list names."""

        from pathlib import Path

        from apex_guardrails.judgement.circumstances import Run, Source
        from apex_guardrails.judgement.model import Judgement
        from apex_guardrails.judgement.pipeline import Pipeline
        from apex_guardrails.pack.rules import proven_rules
        from apex_guardrails.settings import PolicyPackSettings
        from apex_guardrails.sources.inventory import read_inventory


        def judge_inventory(file: Path) -> Judgement:
            """What the rules say of a list."""
            stack = read_inventory(file)
            pipeline = Pipeline(PolicyPackSettings(), stack.name, proven_rules(), Source.STATE)
            return pipeline.judge(stack, pipeline.decide(stack), Run()).judgement
        ''',
    )
    holds(copy, "source")
    listed = tmp_path / "inventory.json"
    listed.write_text(
        json.dumps([["gcp:sql/databaseInstance:DatabaseInstance", "db", {"settings": {}}]])
    )
    found = copy.says(
        f"""
        from pathlib import Path
        from apex_guardrails.runs.inventory import judge_inventory
        judgement = judge_inventory(Path({str(listed)!r}))
        print(*sorted(item.rule for item in judgement.findings))
        """
    )
    assert "sql-no-public-ip" in found.split()


ARCHIVE = '''
"""Where what is old is kept."""

import pulumi
import pulumi_gcp as gcp

from infra.config.archive import ArchiveConfig
from infra.project import StackContext


class Archive(pulumi.ComponentResource):
    """A bucket that keeps what is old for some days."""

    def __init__(self, name: str, *, ctx: StackContext, config: ArchiveConfig) -> None:
        super().__init__("apex:archive:Archive", name)
        age = gcp.storage.BucketLifecycleRuleConditionArgs(age=config.days)
        delete = gcp.storage.BucketLifecycleRuleActionArgs(type="Delete")
        gcp.storage.Bucket(
            name,
            name=ctx.name("archive"),
            location=ctx.region,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            lifecycle_rules=[gcp.storage.BucketLifecycleRuleArgs(action=delete, condition=age)],
            labels=ctx.labels,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
'''

ARCHIVE_CONFIG = '''
"""Keys of the archive."""

from infra.config.keys import ConfigSection, key


class ArchiveConfig(ConfigSection):
    """How long what is old is kept."""

    days: int = key(
        "archive-days", "Days until it is deleted.", expected="days", example="30", default=30
    )
'''


def test_a_component_of_the_infrastructure(tmp_path: Path) -> None:
    system = tmp_path / "system"
    shutil.copytree(ROOT / "infra", system / "infra", ignore=shutil.ignore_patterns("__pycache__"))
    for file in (*ROOT.glob("Pulumi*.yaml"), ROOT / "policy-pack.yaml"):
        shutil.copy(file, system)
    (system / ".venv").symlink_to(sys.prefix)
    before = _contents(system / "infra")

    def add(path: str, old: str, new: str) -> None:
        text = (system / path).read_text("utf-8")
        assert old in text
        (system / path).write_text(text.replace(old, new + old, 1), "utf-8")

    (system / "infra/archive.py").write_text(ARCHIVE, "utf-8")
    (system / "infra/config/archive.py").write_text(ARCHIVE_CONFIG, "utf-8")
    stack = "infra/config/stack.py"
    add(stack, "from infra.config.databases", "from infra.config.archive import ArchiveConfig\n")
    add(stack, "    databases: Data", "    archive: ArchiveConfig\n")
    add("infra/__main__.py", "from infra.compute", "from infra.archive import Archive\n")
    use = 'Archive("archive", ctx=ctx.part("archive"), config=config.archive)\n'
    add("infra/__main__.py", "temporal = Temporal(", use)

    now = _contents(system / "infra")
    touched = {
        Path("infra", path)
        for path in now.keys() | before.keys()
        if now.get(path) != before.get(path)
    }
    row = rows()[COMPONENT]
    assert len(touched) == row.files
    assert [path for path in sorted(touched) if not row.names(path)] == []
    done = subprocess.run(
        [sys.executable, "-m", "apex_guardrails", "preview", "--stack", "dev", "--format", "json"],
        cwd=system,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    resources = {item["urn"]: item for item in json.loads(done.stdout)["resources"]}
    made = [urn for urn in resources if "apex:archive:Archive$" in urn]
    assert [urn.partition("$")[2] for urn in made] == ["gcp:storage/bucket:Bucket::archive"]
