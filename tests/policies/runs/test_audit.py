"""`apex audit`: its reports, its settings and its exit codes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import apex_guardrails.pack.rules
from apex_guardrails.model import EnforcementLevel, Parameters, Resource, Violation
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.rules import all_rules
from apex_guardrails.runs.audit import audit
from apex_guardrails.sources.unasked import ABOUT_CONFIG
from tests.policies.judged import SOON, Apex, project_file, write
from tests.policies.state_files import (
    CLOSED,
    FIREWALL,
    OPEN,
    USER,
    encrypted,
    exported,
    in_clear,
    resource,
    root,
    written,
)

RULE = "firewall-no-all-ports-from-anywhere"
ADVISORY = f"rules:\n  {RULE}: advisory\n"
# Assembled here, so that nothing in this file has the form of a credential.
TOKEN = "gh" + "p_" + "a1" * 18


def firewall(inputs: dict[str, Any], stack: str = "dev", project: str = "judged") -> Any:
    """A state with one firewall."""
    return exported(
        root(stack, project), resource(FIREWALL, "f", inputs, _stack=stack, _project=project)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with states of every kind."""
    written(tmp_path / "good.json", firewall(CLOSED, "staging"))
    written(tmp_path / "bad.json", firewall(OPEN))
    (tmp_path / "cut.json").write_text('{"version": 3, "deploy', "utf-8")
    return tmp_path


def test_a_violation_is_shown_as_in_a_preview(apex: Apex, folder: Path) -> None:
    outcome = apex(folder, "audit", "bad.json").expect(
        1,
        "judged, stack dev\n",
        "1 resource of 1 type\n",
        "critical violation: No firewall rule opens all ports to the whole internet\n",
        "  gcp:compute/firewall:Firewall f\n",
        f"  rule: {RULE}\n",
        "note: the state in bad.json, of 2026-11-25T12:00:00Z\n",
        "settings: the pack's defaults\n",
    )
    assert outcome.err == ""
    last = outcome.out.splitlines()[-1]
    assert last.startswith("dev is not in order: 1 mandatory finding (1 resource evaluated, ")


def test_what_is_in_order_is_said_to_be(apex: Apex, folder: Path) -> None:
    outcome = apex(folder, "audit", "good.json").expect(
        0, "staging is in order (1 resource evaluated, "
    )
    assert "states:" not in outcome.out


def test_several_states_are_judged_and_summed_up(apex: Apex, folder: Path) -> None:
    outcome = apex(folder, "audit", "good.json", "bad.json").expect(1)
    *_, title, good, bad = outcome.out.splitlines()
    assert title == "2 states:"
    assert good.startswith("  good.json: judged, staging is in order (")
    assert bad.startswith("  bad.json: judged, dev is not in order: 1 mandatory finding (")


def test_a_broken_state_does_not_keep_the_others_from_being_judged(
    apex: Apex, folder: Path
) -> None:
    outcome = apex(folder, "audit", "cut.json", "bad.json", "none.json", "good.json").expect(
        2,
        "dev is not in order",
        "staging is in order",
        "\n  cut.json: not evaluated\n",
        "\n  none.json: not evaluated\n",
    )
    first, second = outcome.err.splitlines()
    assert first.startswith("apex: cut.json:1:16: the file ends too early: it was cut off; write")
    assert second.startswith("apex: none.json: the file does not exist; write one with: pulumi ")
    apex(folder, "audit", "cut.json").expect_only(2, "cut off")


def test_standard_input_is_read_once(
    apex: Apex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = io.BytesIO(json.dumps(firewall(OPEN)).encode())
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=given))
    apex(folder, "audit", "-", "good.json").expect(1, "in standard input, of", "  -: judged, dev")
    apex(folder, "audit", "-", "-").expect_only(2, "standard input can be read only once")


def test_an_empty_stack_has_nothing_to_judge(apex: Apex, tmp_path: Path) -> None:
    written(tmp_path / "dev.json", {"version": 3, "deployment": None})
    apex(tmp_path, "audit", "dev.json").expect(
        0, "The state has no resources: there is nothing to judge.", "dev has nothing to judge (0 "
    )
    written(tmp_path / "dev.json", exported(root(), resource("aws:s3/bucket:Bucket", "b")))
    apex(tmp_path, "audit", "dev.json").expect(
        0,
        "dev was not evaluated: no rule is about any of its resources (0 of 1 resource "
        "evaluated; 1 of aws ",
    )
    read = exported(root(), resource(FIREWALL, "f", OPEN, external=True))
    written(tmp_path / "dev.json", read)
    apex(tmp_path, "audit", "dev.json").expect(
        0,
        f"not evaluated: 1 resource that exists already and only read: {FIREWALL} (1)\n",
        "dev has nothing to judge (0 resources evaluated; 1 only read; ",
    )


def test_settings_are_those_of_the_states_own_project(apex: Apex, folder: Path) -> None:
    write(folder, {"Pulumi.yaml": project_file(), "policy-pack.yaml": ADVISORY})
    (folder / "below").mkdir()
    for place in (folder, folder / "below"):
        apex(place, "audit", str(folder / "bad.json")).expect(
            0, "violation, advice: No firewall", "policy-pack.yaml (sha256 "
        )
    # Those of another project say nothing of this one.
    written(folder / "other.json", firewall(OPEN, project="other"))
    apex(folder, "audit", "other.json").expect(1, "settings: the pack's defaults")
    # Unless somebody says so.
    apex(folder, "audit", "other.json", "--program", ".").expect(0, "policy-pack.yaml (sha256 ")


def test_settings_that_are_asked_for(apex: Apex, folder: Path) -> None:
    write(folder, {"given.yaml": ADVISORY, "wrong.yaml": "rules:\n  no-such-rule: advisory\n"})
    apex(folder, "audit", "bad.json", "--settings", "given.yaml").expect(0, "given.yaml (sha256 ")
    apex(folder, "audit", "bad.json", APEX_SETTINGS="given.yaml").expect(0, "given.yaml (sha256 ")
    apex(folder, "audit", "bad.json", "--settings", "wrong.yaml").expect_only(2, "no-such-rule")
    apex(folder, "audit", "bad.json", "--settings", "none.yaml").expect_only(2, "--settings")
    apex(folder, "audit", "bad.json", "--program", "none").expect_only(2, "no such folder")


def test_levels_and_waivers_are_those_of_the_stack(apex: Apex, folder: Path) -> None:
    settings = f"""
        stacks:
          d*:
            waivers:
              - policy: {RULE}
                resource: "*::f"
                reason: a test of ours
                owner: platform@example.org
                expires: {SOON}
          staging:
            waivers:
              - policy: {RULE}
                resource: "*::none"
                reason: a test of ours
                owner: platform@example.org
                expires: {SOON}
    """
    write(folder, {"given.yaml": settings})
    apex(folder, "audit", "bad.json", "good.json", "--verbose", "--settings", "given.yaml").expect(
        0, "firewall-no-all-ports-from-anywhere: gcp:compute", "1 waived)", "covers nothing here"
    )


def report_of(tmp_path: Path, *resources: Any, **outputs: Any) -> dict[str, str]:
    """What is found, by rule: the message."""
    [audited] = audit(
        [written(tmp_path / "dev.json", exported(root(**outputs), *resources))], None, None
    )
    assert audited.result is not None
    judgement = audited.result.judgement
    assert not judgement.rule_errors
    return {finding.rule: finding.message for finding in judgement.findings}


LITERAL = "sql-user-password-not-literal"


@pytest.mark.parametrize("value", [encrypted(), in_clear("correct horse"), in_clear(TOKEN)])
def test_a_secret_is_not_said_to_be_written_in_the_program(tmp_path: Path, value: Any) -> None:
    found = report_of(tmp_path, resource(USER, "u", {"password": value}))
    assert LITERAL not in found
    assert not {rule for rule in found if rule.startswith("credentials-")}


def test_a_secret_mark_is_no_excuse_where_google_cloud_shows_the_value(tmp_path: Path) -> None:
    found = report_of(tmp_path, resource(USER, "u", {"name": in_clear(TOKEN)}))
    assert found["credentials-no-known-token"] == "contains a credential: GitHub token"


def test_a_credential_in_the_clear_is_named_for_what_is_known(tmp_path: Path) -> None:
    found = report_of(tmp_path, resource(USER, "u", {"password": "correct horse"}))
    assert found[LITERAL] == "holds a credential without a secret mark"
    found = report_of(tmp_path, resource(USER, "u", {"name": TOKEN}), key=TOKEN)
    assert "credentials-no-known-token" in found
    assert "stack-outputs-no-secrets" in found


def test_a_secret_that_is_shown_is_looked_at(tmp_path: Path) -> None:
    rule = "credentials-no-placeholder-password"
    assert rule in report_of(tmp_path, resource(USER, "u", {"password": in_clear("changeme")}))
    assert rule not in report_of(tmp_path, resource(USER, "u", {"password": encrypted()}))


def test_what_is_encrypted_is_undecided_where_a_rule_needs_it(apex: Apex, tmp_path: Path) -> None:
    hidden = {**OPEN, "sourceRanges": encrypted()}
    written(tmp_path / "dev.json", firewall(hidden))
    apex(tmp_path, "audit", "dev.json").expect(1, "undecided: No firewall rule opens all ports")


@pytest.mark.usefixtures("unproven")
def test_secret_values_are_never_shown(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blabbing(resource: Resource, _: Parameters) -> Iterator[Violation]:
        yield resource.fail(f"is {resource.get('description')}")

    rules = [replace(rule, check=blabbing) if rule.id == RULE else rule for rule in all_rules()]
    monkeypatch.setattr("apex_guardrails.runs.audit.checked_rules", lambda: rules)
    written(tmp_path / "dev.json", firewall({**CLOSED, "description": in_clear("correct horse")}))
    outcome = apex(tmp_path, "audit", "dev.json").expect(1, "  is [secret]\n")
    assert "correct horse" not in outcome.said


def test_rules_about_config_are_not_asked(folder: Path) -> None:
    assert {rule.id for rule in known_rules()} >= ABOUT_CONFIG
    [audited] = audit([folder / "good.json"], None, None)
    assert audited.result is not None
    judgement = audited.result.judgement
    levels = {item.id: item.level for item in judgement.rules}
    assert {levels[rule] for rule in ABOUT_CONFIG} == {EnforcementLevel.DISABLED}
    # A state has no config, which is no matter of settings.
    assert not judgement.changes


def test_what_settings_switch_off_is_said_of_a_state_too(apex: Apex, folder: Path) -> None:
    write(folder, {"given.yaml": f"rules: {{{RULE}: disabled}}\nstacks: {{deev: {{}}}}\n"})
    apex(folder, "audit", "bad.json", "--settings", "given.yaml").expect(
        0,
        f"  looser: {RULE}: disabled (default mandatory)\n",
        "  1 rule is off by settings, 1 of them critical\n",
        'note: stacks.deev matches no stack of the project (dev), did you mean "dev"?',
    )


@pytest.mark.usefixtures("unproven")
def test_a_rule_that_raises_is_the_packs_failure(
    apex: Apex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raising(_: Resource) -> Iterator[Violation]:
        raise RuntimeError("a defect")

    rules = [replace(rule, check=raising) if rule.id == RULE else rule for rule in all_rules()]
    monkeypatch.setattr("apex_guardrails.runs.audit.checked_rules", lambda: rules)
    apex(folder, "audit", "bad.json").expect(
        4, "rule failed", "not evaluated completely: a rule failed"
    )
    # A file that cannot be read comes first: the command was wrong.
    apex(folder, "audit", "bad.json", "cut.json").expect(2, "rule failed")


def test_a_broken_pack_judges_nothing(
    apex: Apex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def passing(_: Resource) -> Iterator[Violation]:
        yield from ()

    rules = [replace(rule, check=passing) if rule.id == RULE else rule for rule in all_rules()]
    monkeypatch.setattr(apex_guardrails.pack.rules, "known_rules", lambda: rules)
    apex(folder, "audit", "bad.json").expect_only(4, "the pack fails its own cases")


def test_no_state_is_wrong_usage(apex: Apex, tmp_path: Path) -> None:
    apex(tmp_path, "audit").expect(2, "Missing argument 'STATE...'")
    apex(tmp_path, "audit", "--help").expect(0, "pulumi stack export", "Exit codes:")


def test_the_reports_of_several_states_lie_beside_each_other(
    apex: Apex, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("out")
    states = ("good.json", "bad.json")
    formats = ("--format", "json,markdown")
    apex(folder, "audit", *states, *formats, "--output-dir", str(out)).expect(1, "2 states:")
    reports = {path.name: path.read_text("utf-8") for path in out.iterdir()}
    assert len(reports) == 4
    by_stack = {
        found["stack"]: found
        for found in (json.loads(text) for name, text in reports.items() if name.endswith("json"))
    }
    assert {stack: found["verdict"] for stack, found in by_stack.items()} == {
        "staging": "allowed",
        "dev": "refused",
    }
    assert by_stack["dev"]["source"] == "state"
    assert by_stack["dev"]["cost"]["monthly"]["expected"] == "0"


def test_one_format_goes_to_standard_output(apex: Apex, folder: Path) -> None:
    outcome = apex(folder, "audit", "bad.json", "--format", "json").expect(1)
    assert json.loads(outcome.out)["findings"][0]["rule"] == RULE


def test_a_format_of_several_states_needs_a_folder(apex: Apex, folder: Path) -> None:
    apex(folder, "audit", "good.json", "bad.json", "--format", "sarif").expect_only(
        2, "--format: several states need --output-dir"
    )
