"""`own_rules`: a team's own rules in a folder that its settings name."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import apex_guardrails.pack.answers_in_time
import apex_guardrails.pack.own_rules
from apex_guardrails.model import UNKNOWN
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import SETTINGS_VARIABLE
from tests.policies.analyzer.test_service import served
from tests.policies.judged import RAW, SOON, Apex, judged, write
from tests.policies.testing.test_writing_a_rule import FILES, RULE_FILES

SQL = "gcp:sql/databaseInstance:DatabaseInstance"
SHOP = {name.replace("shop_rules", "our-rules"): FILES[name] for name in RULE_FILES}
"""The rules of docs/writing-a-rule.md, as a folder."""
NAMED = "own_rules: [./our-rules]\n"
LARGE = f"""
    Raw("server", "{SQL}", {{
        "databaseVersion": "POSTGRES_16", "settings": {{"tier": "t", "diskSize": 600}},
    }})
"""
DISK = SHOP["our-rules/sql/sql_disk_limited.py"]


def shop(folder: Path, settings: str = NAMED, program: str = "", **files: str) -> Path:
    """A program with rules of its own."""
    return judged(
        folder, RAW + (program or LARGE), files={"policy-pack.yaml": settings, **SHOP, **files}
    )


def alone(folder: Path, program: str = LARGE, **files: str) -> Path:
    """A program with no other rules of its own: however slow the machine, they are not late."""
    return judged(folder, RAW + program, files={"policy-pack.yaml": NAMED, **files})


def test_their_findings_are_like_those_of_any_rule(apex: Apex, tmp_path: Path) -> None:
    apex.preview(shop(tmp_path)).expect(
        1,
        "medium violation, advice: Cloud SQL disks are of a size that was agreed\n",
        "  has a disk of 600 GB (settings.diskSize)\n",
        "  rule: sql-disk-limited\n",
        "  rule: sql-instance-used\n",
        "  rule: sql-no-public-ip\n",
        "  changed: own_rules: 5 rules of the team's own in ./our-rules (default none)\n",
    )


def test_they_take_levels_parameters_waivers_and_options(apex: Apex, tmp_path: Path) -> None:
    settings = f"""
    own_rules: [our-rules]
    services: {{sql: disabled}}
    rules:
      sql-disk-limited: {{level: mandatory, parameters: {{most_gb: 50}}}}
    waivers:
    - policy: sql-disk-limited
      resource: server
      reason: It was agreed by the team.
      owner: shop
      expires: {SOON}
    """
    folder = shop(tmp_path, settings)
    apex.preview(folder, "--only", "sql-disk-limited", "--verbose").expect(
        0, "has a disk of 600 GB", "waived: It was agreed by the team. (shop, until"
    )
    apex.preview(folder, "--only", "sql-disc-limited").expect_only(
        2, "--only sql-disc-limited: there is no such rule", "sql-disk-limited"
    )
    write(folder, {"policy-pack.yaml": settings.replace("most_gb: 50", "most_gb: 5000")})
    apex.preview(folder, "--only", "sql-disk-limited").expect(0, "covers nothing here")
    write(folder, {"policy-pack.yaml": settings.replace("most_gb", "most")})
    apex.preview(folder).expect_only(
        2, "policy-pack.yaml:5: rules.sql-disk-limited.parameters.most: unknown parameter"
    )


def test_without_the_setting_there_are_no_such_rules(apex: Apex, tmp_path: Path) -> None:
    settings = "rules: {sql-disk-limited: mandatory}\n"
    apex.preview(shop(tmp_path, settings)).expect_only(2, "sql-disk-limited: there is no such rule")


def test_they_are_listed_and_explained(apex: Apex, tmp_path: Path) -> None:
    folder = shop(tmp_path)
    listed = apex(folder, "policies", "list").expect(0).out
    for rule in ("apis-no-appengine", "sql-disk-limited", "sql-no-public-ip"):
        assert f"\n{rule} " in listed
    for command in (("explain",), ("policies", "show")):
        apex(folder, *command, "sql-disk-limited").expect(
            0,
            "Cloud SQL disks are of a size that was agreed.\n",
            "parameter most_gb: The largest disk, in GB. Default: 500\n",
            "our-rules/sql/sql_disk_limited.py\n",
        )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    apex(elsewhere, "explain", "sql-disk-limited").expect_only(2, "there is no such rule")
    given = ("--settings", str(folder / "policy-pack.yaml"))
    apex(elsewhere, "explain", "sql-disk-limited", *given).expect(0, "of a size that was agreed")
    schema = json.loads(apex(folder, "policies", "schema").expect(0).out)
    assert "most_gb" in json.dumps(schema["$defs"]["Rules"]["properties"]["sql-disk-limited"])
    coverage = apex(folder, "policies", "coverage", "--no-run", "--format", "json")
    assert "rule" in coverage.expect(0).out


def test_a_new_one_is_written_by_apex(apex: Apex, tmp_path: Path) -> None:
    folder = shop(tmp_path)
    command = ("new-rule", "sql-tier-chosen", "--type", SQL, "--input", "settings.tier")
    apex.writing(folder, *command, "--rules", "our-rules").expect(
        0, "our-rules/sql/sql_tier_chosen.py"
    )
    apex.preview(folder).expect_only(
        4, "our-rules/sql/sql_tier_chosen.py:1: still says FILL IN; write what is asked for"
    )


def test_files_of_pulumi_and_states_are_judged_by_them(apex: Apex, tmp_path: Path) -> None:
    folder = shop(tmp_path)
    urn = f"urn:pulumi:dev::judged::{SQL}::server"
    inputs = {"databaseVersion": "POSTGRES_16", "settings": {"tier": "t", "diskSize": 600}}
    resource = {"urn": urn, "type": SQL, "custom": True, "inputs": inputs, "outputs": inputs}
    stack = {"urn": "urn:pulumi:dev::judged::pulumi:pulumi:Stack::judged-dev"}
    state = {
        "version": 3,
        "deployment": {
            "manifest": {},
            "resources": [{**stack, "type": "pulumi:pulumi:Stack", "custom": False}, resource],
        },
    }
    preview = {
        "steps": [{"op": "create", "urn": urn, "newState": resource}],
        "changeSummary": {"create": 1},
    }
    write(folder, {"state.json": json.dumps(state), "preview.json": json.dumps(preview)})
    apex(folder, "audit", "state.json").expect(1, "has a disk of 600 GB (settings.diskSize)")
    apex.preview(folder, "--from", "preview.json").expect(
        1, "has a disk of 600 GB (settings.diskSize)"
    )


def test_the_engine_is_told_of_them(tmp_path: Path) -> None:
    folder = shop(tmp_path)
    environment = {SETTINGS_VARIABLE: str(folder / "policy-pack.yaml")}
    for _, engine in served(list(all_rules()), environment):
        names = {policy.name for policy in engine.configure().policies}
        assert {"sql-disk-limited", "sql-instance-used", "sql-no-public-ip"} <= names
        found = engine.analyze({"settings": {"diskSize": 501}}, SQL)
        assert "has a disk of 501 GB (settings.diskSize)" in found["sql-disk-limited"]
        found = engine.analyze({"settings": {"diskSize": UNKNOWN}}, SQL)
        assert found["sql-disk-limited"].startswith("undecided: ")


def test_the_report_names_the_rules_that_judged(apex: Apex, tmp_path: Path) -> None:
    folder = shop(tmp_path)

    def digest() -> str:
        out = apex.preview(folder, "--format", "json").expect(1).out
        found = json.loads(out)["tool"]["rules_sha256"]
        assert isinstance(found, str)
        return found

    first = digest()
    assert digest() == first
    write(folder, {"our-rules/_helper.py": "LIMIT = 1\n"})
    assert digest() != first


def test_helpers_are_imported_from_the_folder_and_from_nowhere_else(
    apex: Apex, tmp_path: Path
) -> None:
    helped = DISK.replace(
        "class Limit", "from .._limits import USUAL\nfrom ._more import MORE\n\n\nclass Limit"
    ).replace("Field(500,", "Field(USUAL + MORE,")
    folder = shop(
        tmp_path,
        **{
            "our-rules/_limits.py": "USUAL = 400\nprint('imported')\n",
            "our-rules/sql/_more.py": "MORE = 100\n",
            "our-rules/sql/sql_disk_limited.py": helped,
            # Names of packages that are installed: none is hidden.
            "our-rules/yaml/__init__.py": "",
            "our-rules/yaml/yaml_disk_limited.py": DISK,
        },
    )
    # What is printed is not in a report.
    report = apex.preview(folder, "--format", "json").expect(1)
    assert json.loads(report.out)
    assert report.err == "imported\n"
    assert not [name for name in sys.path if str(folder) in name]
    assert not list((folder / "our-rules").rglob("__pycache__"))
    write(folder, {"our-rules/sql/sql_disk_limited.py": "import our_neighbour\n" + DISK})
    write(folder, {"our_neighbour.py": ""})
    apex.preview(folder).expect_only(
        4,
        "our-rules/sql/sql_disk_limited.py:1: the rule cannot be loaded: ",
        "No module named 'our_neighbour' (ModuleNotFoundError)",
    )


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "sql/sql_x.py",
            "def x(:\n",
            ":1: the rule cannot be loaded: invalid syntax (SyntaxError)",
        ),
        (
            "sql/sql_x.py",
            "'''A.'''\n\n1 / 0\n",
            ":3: the rule cannot be loaded: division by zero (Zero",
        ),
        (
            "sql/sql_x.py",
            "'''A.'''\nexit(0)\n",
            ":2: the rule cannot be loaded: sys.exit() was called\n",
        ),
        ("sql/sql_x.py", "'''A.'''\nraise KeyError\n", ":2: the rule cannot be loaded: KeyError"),
        (
            "sql/sql_x.py",
            DISK.replace('"""A disk can grow, and never shrink again."""', "pass"),
            ":17: the rule cannot be loaded: a rule's file and function each need a docstring",
        ),
        (
            "sql/sql_x.py",
            DISK.replace("case.fails(settings={", "case.passes(settings={"),
            ":35: sql-x: case 4 expects passes, got fails",
        ),
        ("sql/sql_x.py", DISK.partition("CASES")[0], ": sql-x has no cases: at least one"),
        (
            "sql/sql_x.py",
            DISK.replace("on=SQL_DATABASE_INSTANCE", 'on="*"'),
            "a case of sql-x cannot be run: sql-x: a case's resource needs a type",
        ),
        (
            "sql/sql_x.py",
            "'''Helps.'''\n",
            ":1: has no rule: no function under @rule, and no RULES",
        ),
        (
            "sql/sql_no_public_ip.py",
            DISK,
            "the rule sql-no-public-ip is already in apex_guardrails.",
        ),
        (
            "sql/disk.py",
            DISK,
            "disk is a rule of sql, so its id begins with sql-, and a file of one rule is called",
        ),
        (
            "loadbalancing/disk.py",
            DISK,
            "disk is a rule of loadbalancing, so its id begins with lb-, and a file of one rule",
        ),
        ("sql_x.py", DISK, ": rules belong in a folder for their service, such as "),
        ("sql/more/sql_x.py", DISK, ": rules belong in a folder for their service, such as "),
    ],
)
def test_a_broken_folder_is_named_and_judges_nothing(
    apex: Apex, tmp_path: Path, file: str, text: str, said: str
) -> None:
    folder = shop(tmp_path)
    write(folder, {f"our-rules/{file}": text})
    for command in ("preview",), ("policies", "list"):
        outcome = apex(folder, *command).expect_only(4, said)
        assert f"our-rules/{file.rpartition('/')[2]}" in outcome.err or file in outcome.err
        assert "judged, stack dev" not in outcome.said


def test_a_file_that_is_no_text_is_named(apex: Apex, tmp_path: Path) -> None:
    folder = shop(tmp_path)
    (folder / "our-rules/sql/sql_x.py").write_bytes(b"'''\xff'''\n")
    apex.preview(folder).expect_only(4, "our-rules/sql/sql_x.py:1: the rule cannot be loaded: ")
    (folder / "our-rules/sql/sql_x.py").unlink()
    (folder / "our-rules/sql/sql_x.py").symlink_to(folder / "nowhere.py")
    apex.preview(folder).expect_only(4, "our-rules/sql/sql_x.py: cannot be read: No such file")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("own_rules: [nowhere]\n", "policy-pack.yaml:1: own_rules.0: "),
        ("own_rules: [our-rules, Pulumi.yaml]\n", "Pulumi.yaml: is no folder"),
        ("own_rules: [../elsewhere]\n", "own_rules.0: expected a folder beside this file or below"),
        ("own_rules: [/etc]\n", "own_rules.0: expected a folder beside this file or below it"),
        ("own_rules: our-rules\n", "policy-pack.yaml:1: own_rules: expected a list"),
        (
            "own_rules: [our-rules, ./our-rules/]\n",
            "policy-pack.yaml:1: own_rules.1: ./our-rules/ is named twice; take one out",
        ),
        ("own_rules: [linked]\n", "leads out of the folder of policy-pack.yaml"),
    ],
)
def test_a_folder_that_is_none_is_a_mistake_of_the_settings(
    apex: Apex, tmp_path: Path, settings: str, said: str
) -> None:
    folder = shop(tmp_path / "here", settings)
    (tmp_path / "elsewhere").mkdir()
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    apex.preview(folder).expect_only(2, said)


def test_a_folder_without_rules_is_a_mistake(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path, "", files={"policy-pack.yaml": NAMED, "our-rules/README.md": ""})
    apex.preview(folder).expect_only(4, "our-rules: has no rules; ", "apex new-rule --rules")


def test_a_judged_program_brings_no_rules_where_the_settings_are_elsewhere(
    apex: Apex, tmp_path: Path
) -> None:
    program = shop(tmp_path / "theirs")
    write(tmp_path / "ours", {"policy-pack.yaml": "version: 1\n"})
    given = ("--settings", str(tmp_path / "ours/policy-pack.yaml"))
    outcome = apex.preview(program, *given).expect(1, "sql-no-public-ip")
    assert "sql-disk-limited" not in outcome.out


def test_a_program_that_changes_the_rules_is_judged_by_what_they_were(
    apex: Apex, tmp_path: Path
) -> None:
    program = """
    import pathlib
    for file in pathlib.Path("our-rules").rglob("*.py"):
        file.write_text("")
    """
    folder = shop(tmp_path, program=program + LARGE)
    apex.writing(folder, "preview").expect(1, "has a disk of 600 GB (settings.diskSize)")


def test_a_file_that_never_ends_is_named(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apex_guardrails.pack.own_rules, "LOAD_SECONDS", 0.5)
    folder = alone(tmp_path, **{"our-rules/sql/sql_x.py": "'A.'\nwhile True:\n    pass\n"})
    apex(folder, "policies", "list").expect_only(
        4, "our-rules/sql/sql_x.py:", ": the rule was not loaded, and its cases run, within "
    )


HANGS = """    while instance.get("settings.tier", omitted="") == "t":
        pass
    size = """


def test_a_rule_that_does_not_answer_is_named_and_harms_no_other(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apex_guardrails.pack.answers_in_time, "RULE_SECONDS", 0.5)
    slow = DISK.replace("    size = ", HANGS)
    more = f"""
    for name in ("second", "third"):
        Raw(name, "{SQL}", {{"databaseVersion": "POSTGRES_16", "settings": {{"tier": "t"}}}})
    """
    folder = alone(tmp_path, LARGE + more, **{"our-rules/sql/sql_disk_limited.py": slow})
    said = apex.preview(folder).expect(
        4,
        "rule failed  sql-disk-limited\n",
        "our-rules/sql/sql_disk_limited.py:",
        ": did not answer within ",
        "  rule: sql-no-public-ip\n",
        "not evaluated completely: a rule failed",
    )
    # It is named for each resource, and waited for once.
    assert said.out.count("did not answer within ") == 3


def test_a_condition_that_does_not_answer_is_named(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apex_guardrails.pack.answers_in_time, "RULE_SECONDS", 0.5)
    slow = DISK.replace(
        "    parameters=Limit,",
        "    parameters=Limit,\n    when=lambda instance: _wait(instance),",
    ).replace(
        "CASES = [",
        """
def _wait(instance: Resource) -> bool:
    while instance.get("settings.tier", omitted="") == "t":
        pass
    return True


CASES = [""",
    )
    folder = alone(tmp_path, **{"our-rules/sql/sql_disk_limited.py": slow})
    apex.preview(folder).expect(
        4,
        "rule failed  sql-disk-limited\n",
        ": did not answer within ",
        "  rule: sql-no-public-ip\n",
    )


def test_what_a_rule_prints_is_in_no_report(apex: Apex, tmp_path: Path) -> None:
    loud = DISK.replace(
        "    size = ", '    print("size:", instance.get("settings.tier"))\n    size = '
    )
    folder = shop(tmp_path, **{"our-rules/sql/sql_disk_limited.py": loud})
    outcome = apex.preview(folder, "--format", "json").expect(1)
    assert json.loads(outcome.out)["findings"]
    assert "size: t\n" in outcome.err
    assert "size:" not in apex(folder, "policies", "list").expect(0).out


def test_a_rule_that_leaves_decides_nothing(apex: Apex, tmp_path: Path) -> None:
    leaving = DISK.replace(
        "    size = ", "    if instance.name == 'server':\n        raise SystemExit(0)\n    size = "
    )
    folder = shop(tmp_path, **{"our-rules/sql/sql_disk_limited.py": leaving})
    apex.preview(folder).expect(4, "rule failed  sql-disk-limited\n", "SystemExit: 0")


def test_two_folders_of_one_name_are_kept_apart(apex: Apex, tmp_path: Path) -> None:
    helped = DISK.replace("class Limit", "from ._more import MOST\n\n\nclass Limit").replace(
        "Field(500,", "Field(MOST,"
    )
    other = DISK.replace("settings.diskSize", "settings.dataDiskProvisionedIops").replace(
        "diskSize", "dataDiskProvisionedIops"
    )
    folder = judged(
        tmp_path,
        RAW + LARGE,
        files={
            "policy-pack.yaml": "own_rules: [a/rules, b/rules]\n",
            "a/rules/sql/sql_disk_limited.py": helped,
            "a/rules/sql/_more.py": "MOST = 500\n",
            "b/rules/sql/sql_iops_limited.py": other,
        },
    )
    listed = apex(folder, "policies", "list").expect(0).out
    assert "sql-disk-limited" in listed
    assert "sql-iops-limited" in listed
    apex.preview(folder).expect(1, "has a disk of 600 GB")
