"""Files that people write and get wrong: one message with file, line and next step; exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.support.errors import UsageError
from tests.policies.judged import GCP, Apex, judged, project_file, write

# A process for each: what it runs is covered by the tests of what it is about.
pytestmark = pytest.mark.no_cover

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


def test_an_unknown_stack_names_the_nearest_and_all_others(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, files={"Pulumi.production.yaml": GCP})
    apex.preview(program, "--stack", "producton").expect_only(
        2,
        "Pulumi.producton.yaml",
        'did you mean "production"?',
        "stacks here: dev, production; --stack chooses one (for a stack without config, write an "
        "empty file)",
    )


@pytest.mark.parametrize("stack", ["dev", "production"])
def test_where_no_stack_has_a_file_every_stack_has_the_projects_config(
    apex: Apex, tmp_path: Path, stack: str
) -> None:
    program = write(
        tmp_path,
        {
            "Pulumi.yaml": project_file("config:\n  zone:\n    default: b\n"),
            "__main__.py": """
                import pulumi
                print(pulumi.get_stack(), "in zone", pulumi.Config().require("zone"))
            """,
        },
    )
    apex.preview(program, "--stack", stack).expect(
        0,
        f"{stack} in zone b",
        f"note: there are no stack files here: {stack} gets what Pulumi.yaml gives all stacks",
    )
    apex.preview(program, "--stack", "a b").expect_only(2, "is not a stack name")
    write(program, {"Pulumi.yaml": project_file(DECLARED)})
    apex.preview(program, "--stack", stack).expect_only(
        2,
        f"Pulumi.{stack}.yaml: required config is missing:",
        f"pulumi config set --stack {stack} size <integer>",
    )


def test_a_stack_with_a_file_has_no_note(apex: Apex, tmp_path: Path) -> None:
    outcome = apex.preview(judged(tmp_path, stack="")).expect(0)
    assert "note:" not in outcome.out


def test_a_stack_that_differs_in_case_only_is_another_stack(apex: Apex, tmp_path: Path) -> None:
    apex.preview(judged(tmp_path), "--stack", "DEV").expect_only(
        2, "there is no such file for the stack DEV", "stacks here: dev"
    )


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "/etc/passwd", "..", "", "a b", "dev\n", "x" * 101]
)
def test_a_stack_name_that_is_none_is_refused(apex: Apex, tmp_path: Path, name: str) -> None:
    write(tmp_path, {"Pulumi.x.yaml": GCP})
    program = judged(tmp_path / "program")
    apex.preview(program, "--stack", name).expect_only(2, "--stack", "is not a stack name")


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("", ["Pulumi.yaml: is empty"]),
        ("# nothing\n", ["Pulumi.yaml: is empty"]),
        ("just text\n", ["Pulumi.yaml:1: expected keys and values, found a string"]),
        ("- a\n", ["Pulumi.yaml:1: expected keys and values, found a list"]),
        ("name: [\n", ["Pulumi.yaml:2: not valid YAML"]),
        ("name: a\n\tx: 1\n", ["Pulumi.yaml:2: not valid YAML"]),
        ("name: a\nname: b\nruntime: python\n", ["Pulumi.yaml:2", "'name'", "is repeated"]),
        ("runtime: python\n", ["Pulumi.yaml: name: is missing"]),
        ("name: a\n", ["Pulumi.yaml: runtime: is missing"]),
        ("name: a b\nruntime: python\n", ["Pulumi.yaml:1: name:"]),
        ("name: 7\nruntime: python\n", ["Pulumi.yaml:1: name:", "found a number"]),
        ("name: a\nruntime: 3\n", ["Pulumi.yaml:2: runtime:"]),
        ("name: a\nruntime: {}\n", ["Pulumi.yaml:2: runtime.name: is missing"]),
        ("name: a\nruntime: python\nmain: [x]\n", ["Pulumi.yaml:3: main:", "found a list"]),
        ("name: a\nruntime: python\nmain: app\n", ["Pulumi.yaml:3: main: app does not exist"]),
        ("name: a\nruntime: python\nconfig: [x]\n", ["Pulumi.yaml:3: config:"]),
        (
            "name: a\nruntime: python\nconfig:\n  size:\n    type: number\n",
            ["Pulumi.yaml:5: config.size.type:", "expected string, integer,"],
        ),
        (BOMB + "name: a\nruntime: python\n", ["Pulumi.yaml: its aliases expand"]),
        ("name: &a [*a]\nruntime: python\n", ["Pulumi.yaml:1: an alias contains itself"]),
        ("name: " + "[" * 2000, ["Pulumi.yaml", "not valid YAML"]),
        ("name: !!python/object/apply:os.system [id]\n", ["Pulumi.yaml:1: not valid YAML"]),
    ],
)
def test_a_project_file_that_is_not_valid_is_refused_with_its_line(
    apex: Apex, tmp_path: Path, text: str, texts: list[str]
) -> None:
    program = judged(tmp_path)
    (program / "Pulumi.yaml").write_text(text, "utf-8")
    outcome = apex.preview(program).expect_only(2, *texts)
    assert len(outcome.err) < 1000


def test_a_project_that_is_not_there_is_said_to(apex: Apex, tmp_path: Path) -> None:
    apex.preview(tmp_path).expect_only(2, "Pulumi.yaml", "does not exist")
    apex.preview(tmp_path, "--program", "app").expect_only(2, "--program app", "no such folder")
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    apex.preview(tmp_path).expect_only(2, "__main__.py: does not exist, and Pulumi runs it; `main`")
    (tmp_path / "Pulumi.yaml").unlink()
    (tmp_path / "Pulumi.yaml").mkdir()
    apex.preview(tmp_path).expect_only(2, "Pulumi.yaml", "cannot be read")


def test_a_working_directory_that_was_removed_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    for program in (Path(), Path("../shop")):
        with pytest.raises(UsageError, match="the working directory no longer exists"):
            load_project(program)


def test_a_project_file_may_have_the_other_ending(apex: Apex, tmp_path: Path) -> None:
    program = write(
        tmp_path,
        {"Pulumi.yml": project_file(), "Pulumi.dev.yml": GCP, "__main__.py": "print('runs')\n"},
    )
    apex.preview(program).expect(0, "  runs")


def test_a_file_that_is_no_text_or_far_too_large_is_refused(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path)
    (program / "Pulumi.dev.yaml").write_bytes(b"config:\n  a: caf\xe9\n")
    apex.preview(program).expect_only(2, "Pulumi.dev.yaml:2: is not UTF-8 text")
    (program / "Pulumi.dev.yaml").write_bytes(b"#" * 5_000_000)
    apex.preview(program).expect_only(2, "Pulumi.dev.yaml: has 5,000,000 bytes")


DECLARED = """
config:
  size:
    type: integer
    description: How large.
  zone:
    type: string
  open:
    type: boolean
    default: false
  names:
    type: array
  more:
    type: object
    default: {a: 1}
  password:
    type: string
    secret: true
  gcp:project:
    value: my-project
"""
COMPLETE = "config:\n  size: 1\n  zone: b\n  names: [x]\n"


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("- a\n", ["Pulumi.dev.yaml:1: expected keys and values, found a list"]),
        ("config: [a]\n", ["Pulumi.dev.yaml:1: config:", "found a list"]),
        ("config: text\n", ["Pulumi.dev.yaml:1: config:", "found a string"]),
        ("config:\n  size: 1\n  size: 2\n", ["Pulumi.dev.yaml:3", "'size'", "is repeated"]),
        ("config:\n  size: big\n", ["Pulumi.dev.yaml:2: config.size:", "type integer"]),
        ("config:\n  judged:size: [1]\n", ["Pulumi.dev.yaml:2: config.judged:size:", "integer"]),
        ("config:\n  size: true\n", ["Pulumi.dev.yaml:2: config.size:", "type integer"]),
        ("config:\n  open: 'yes'\n", ["Pulumi.dev.yaml:2: config.open:", "type boolean"]),
        ("config:\n  names: x\n", ["Pulumi.dev.yaml:2: config.names:", "type array"]),
        ("config:\n  more: [x]\n", ["Pulumi.dev.yaml:2: config.more:", "type object"]),
        ("config:\n  zone: {a: b}\n", ["Pulumi.dev.yaml:2: config.zone:", "type string"]),
        (
            "config:\n  password: correct horse\n",
            [
                "Pulumi.dev.yaml:2: config.password: must be encrypted",
                "pulumi config set --secret --stack dev password",
            ],
        ),
        (BOMB, ["Pulumi.dev.yaml: its aliases expand"]),
    ],
)
def test_a_stack_file_that_is_not_valid_is_refused_with_its_line(
    apex: Apex, tmp_path: Path, text: str, texts: list[str]
) -> None:
    outcome = apex.preview(judged(tmp_path, project=DECLARED, stack=text))
    outcome.expect_only(2, *texts)
    # It may be a secret that was put into the wrong place.
    assert "correct horse" not in outcome.err


@pytest.mark.parametrize("text", ["", "# nothing\n", "config:\n", "encryptionsalt: v1:x\n"])
def test_all_required_config_that_is_missing_is_named_at_once(
    apex: Apex, tmp_path: Path, text: str
) -> None:
    outcome = apex.preview(judged(tmp_path, project=DECLARED, stack=text))
    outcome.expect_only(
        2,
        "Pulumi.dev.yaml: required config is missing:",
        "pulumi config set --stack dev size <integer>   # How large.",
        "pulumi config set --stack dev zone <string>",
        "pulumi config set --stack dev --path 'names[0]' <value>",
    )
    # What has a default is not missing, and what is secret gets a placeholder.
    assert outcome.err.count("pulumi config set") == 3


def test_config_reaches_the_program_as_the_pulumi_cli_gives_it(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        config = pulumi.Config()
        assert config.require_int("size") == 1
        assert config.require_bool("open") is False
        assert config.require_object("names") == ["x"]
        assert config.require_object("more") == {"a": 1}
        assert config.require("zone") == "b"
        assert config.get("none") is None
        assert config.require("version") == "1.1", config.require("version")
        assert config.require("major") == "1"
        assert [config.require(key) for key in ("start", "country", "hex")] == ["3:00", "no", "16"]
        assert config.require("day") == "2026-11-23", config.require("day")
        assert pulumi.Config("gcp").require("project") == "my-project"
        assert pulumi.get_stack() == "dev" and pulumi.get_project() == "judged"
        assert pulumi.get_organization() == "organization"
        assert pulumi.runtime.is_dry_run()
        print("all", "is", "well")
        """,
        project=DECLARED,
        stack=COMPLETE + "  version: 1.10\n  major: 1.0\n  day: 2026-11-23\n"
        "  start: 3:00\n  country: no\n  hex: 0x10\n",
    )
    apex.preview(program).expect(0, "all is well")


def test_the_folder_of_the_stack_files_may_be_another(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        "import pulumi\nprint('zone', pulumi.Config().require('zone'))\n",
        project="stackConfigDir: stacks\n",
        files={"stacks/Pulumi.dev.yaml": "config:\n  zone: b\n"},
    )
    apex.preview(program).expect(0, "zone b")
    apex.preview(program, "-s", "prod").expect_only(
        2, "stacks/Pulumi.prod.yaml", "stacks here: dev"
    )


SETTINGS = "policy-pack.yaml"


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("- a\n", [": expected keys and values, found a list"]),
        ("rules: {\n", [":2: not valid YAML"]),
        ("rules:\n  sql-no-public-ips: off\n", [":2: rules.sql-no-public-ips"]),
        (
            "rules:\n  sql-no-public-ips: advisory\n",
            [":2: rules.sql-no-public-ips: there is no such rule", '"sql-no-public-ip"'],
        ),
        (
            "stacks:\n  prod*:\n    rules:\n      nonsense: advisory\n",
            [":4: stacks.prod*.rules.nonsense: there is no such rule", "apex policies list"],
        ),
        ("rule: {}\n", [":1: rule: unknown key", 'did you mean "rules"?']),
        (
            "rules:\n  sql-no-public-ip:\n    levl: advisory\n",
            [":3: rules.sql-no-public-ip.levl: unknown key", 'did you mean "level"?'],
        ),
        (
            "stacks:\n  dev:\n    rule: {}\n",
            [
                ":3: stacks.dev.rule: unknown key",
                (
                    "known keys: checkov, cost, extends, not_evaluated, rules, services, "
                    "severities, undecided, waivers"
                ),
            ],
        ),
        (
            "offline:\n  functions:\n    - tokn: x\n      result: {}\n",
            [":3: offline.functions.0.tokn: unknown key", 'did you mean "token"?'],
        ),
        (
            "rules:\n  sql-no-public-ip: maybe\n",
            [":2: rules.sql-no-public-ip", "or mandatory, found a string"],
        ),
        ("rules: [a]\n", [":1: rules:", "found a list"]),
        ("rules:\n  labels-required-keys:\n    level: 3\n", [":3: ", ".level:"]),
        (
            "rules:\n  sql-no-public-ip: advisory\n  sql-no-public-ip: disabled\n",
            [":3: ", "is repeated"],
        ),
        (
            "rules:\n  labels-required-keys:\n    parameters:\n      key: [a]\n",
            ["labels-required-keys.parameters.key: unknown parameter", 'did you mean "keys"?'],
        ),
        (
            "rules:\n  labels-required-keys:\n    parameters:\n      keys: 7\n",
            ["labels-required-keys.parameters.keys: "],
        ),
        ("version: 2\n", [":1: version:"]),
        (
            "offline:\n  functions:\n    - token: x\n",
            [":3: offline.functions.0.result: is missing"],
        ),
        (BOMB, [": its aliases expand"]),
    ],
)
def test_settings_that_are_not_valid_are_refused_with_their_line(
    apex: Apex, tmp_path: Path, text: str, texts: list[str]
) -> None:
    outcome = apex.preview(judged(tmp_path, files={SETTINGS: text}))
    outcome.expect_only(2, SETTINGS, *texts)


def test_every_mistake_in_settings_is_shown_at_once(apex: Apex, tmp_path: Path) -> None:
    text = "rules:\n  sql-no-public-ips: advisory\nstacks:\n  dev:\n    rules:\n      x: advisory\n"
    apex.preview(judged(tmp_path, files={SETTINGS: text})).expect_only(2, ":2: rules", ":6: stacks")
