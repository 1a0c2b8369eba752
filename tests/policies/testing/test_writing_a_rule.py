"""docs/writing-a-rule.md is true: its examples are a package of rules that tests and judges."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import sysconfig
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.policies.judged import RAW, Apex, judged, write

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/writing-a-rule.md").read_text("utf-8")
FILES = dict(re.findall(r"`([\w/]+\.(?:py|toml))`[^`]*:\n\n```\w+\n(.*?)```", PAGE, re.DOTALL)) | {
    "pyproject.toml": "".join(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
}
RULE_FILES = [name for name in FILES if name.startswith("shop_rules/")]
PACKAGES = {
    f"{folder}/__init__.py": "" for name in RULE_FILES for folder in list(Path(name).parents)[:2]
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The repository that the page describes."""
    return write(tmp_path, FILES | PACKAGES)


def _run(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-P", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "policies"), str(folder)])},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_example_of_the_page_is_one_of_these_files() -> None:
    assert PAGE.count("```python") + PAGE.count("```toml") == len(FILES)
    assert len(RULE_FILES) == 4


def test_its_tests_pass_and_fail_with_the_rules(shop: Path) -> None:
    pytest_ = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", "tests")
    done = _run(Path(sys.executable), shop, *pytest_)
    assert (done.returncode, "2 passed" in done.stdout) == (0, True), done.stdout

    file = shop / "shop_rules/sql/sql_disk_limited.py"
    file.write_text(file.read_text("utf-8").replace("size > limit", "size >= limit"), "utf-8")
    done = _run(Path(sys.executable), shop, *pytest_)
    assert done.returncode == 1
    assert "sql-disk-limited: case 1 expects passes, got fails" in done.stdout


def test_its_command_writes_a_rule_that_works(apex: Apex, tmp_path: Path) -> None:
    [line] = re.findall(r"^apex (new-rule .*?[^\\])$", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "shop_rules").mkdir()
    apex.writing(tmp_path, *shlex.split(line.replace("\\\n", ""))).expect(0)
    assert (tmp_path / "shop_rules/sql/sql_disk_limited.py").is_file()


@dataclass(frozen=True)
class Environment:
    """A virtual environment with the pack's packages, and the shop's rules installed."""

    python: Path
    site: Path

    def apex(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `apex` of this environment."""
        return _run(self.python, folder, "-m", "apex_guardrails", *arguments)


@pytest.fixture
def installed(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    bases = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", vars=bases))
    project = tomllib.loads(FILES["pyproject.toml"])["project"]
    write(site, _dist_info(project["name"], project["entry-points"]))
    write(site, {name: FILES[name] for name in RULE_FILES} | PACKAGES)
    write(site, {"packs_own.pth": sysconfig.get_path("purelib")})
    return Environment(Path(sysconfig.get_path("scripts", vars=bases), "python"), site)


def _dist_info(name: str, groups: dict[str, dict[str, str]]) -> dict[str, str]:
    """What an installer writes of a distribution and its entry points."""
    points = "".join(
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())
        for group, entries in groups.items()
    )
    folder = f"{name.replace('-', '_')}-1.0.0.dist-info"
    return {
        f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n",
        f"{folder}/entry_points.txt": points,
    }


def test_its_rules_judge_programs_where_they_are_installed(
    installed: Environment, tmp_path: Path
) -> None:
    listed = installed.apex(tmp_path, "policies", "list").stdout
    for rule_id in ("apis-no-appengine", "sql-disk-limited", "sql-instance-used"):
        assert f"\n{rule_id} " in listed
    assert "\nsql-no-public-ip " in listed

    program = """
    Raw("server", "gcp:sql/databaseInstance:DatabaseInstance", {
        "databaseVersion": "POSTGRES_16", "settings": {"tier": "t", "diskSize": 60},
    })
    """
    settings = "rules: {sql-disk-limited: {level: mandatory, parameters: {most_gb: 50}}}\n"
    folder = judged(tmp_path / "program", RAW + program, files={"policy-pack.yaml": settings})
    done = installed.apex(folder, "preview")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "has a disk of 60 GB (settings.diskSize)" in done.stdout
    assert "rule: sql-instance-used" in done.stdout

    settings = "rules: {sql-disk-limited: {level: disabled}, sql-disk-limted: advisory}\n"
    write(folder, {"policy-pack.yaml": settings})
    done = installed.apex(folder, "preview")
    assert done.returncode == 2
    assert 'did you mean "sql-disk-limited"?' in done.stderr


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shop_rules/sql/broken.py": "1 / 0\n"}, "cannot be loaded: ZeroDivisionError"),
        ({"shop_rules/__init__.py": "import nowhere\n"}, "cannot be loaded: ModuleNotFoundError"),
        (
            {"shop_rules/sql/sql_no_public_ip.py": FILES["shop_rules/sql/sql_instance_used.py"]},
            "the rule sql-no-public-ip is already in apex_guardrails.rules.sql.sql_no_public_ip",
        ),
        (dict.fromkeys(RULE_FILES, ""), "shop-rules (apex_guardrails.rules: shop_rules): has no"),
    ],
)
def test_rules_that_cannot_be_used_stop_the_pack(
    installed: Environment, tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    write(installed.site, changes)
    done = installed.apex(tmp_path, "policies", "list")
    assert (done.returncode, done.stdout) == (4, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_program_under_judgement_brings_no_rules(shop: Path) -> None:
    write(shop, _dist_info("shop-rules", {"apex_guardrails.rules": {"shop": "shop_rules"}}))
    done = _run(Path(sys.executable), shop, "-m", "apex_guardrails", "policies", "list")
    assert done.returncode == 0
    assert "sql-disk-limited" not in done.stdout
