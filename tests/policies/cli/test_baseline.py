"""`apex baseline`: an old stack starts, and its record can only shrink."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from apex_guardrails.model import Violation
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import BASELINE_FILE
from tests.policies.checkov import fake
from tests.policies.judged import RAW, Apex, judged, write
from tests.policies.state_files import FIREWALL, OPEN, exported, resource, root, written

RULE = "firewall-no-all-ports-from-anywhere"
SHIPPED_SCHEMA = (
    Path(__file__).parents[3] / "policies/apex_guardrails/settings/policy-baseline.schema.json"
)


def opened(*names: str) -> str:
    return RAW + "".join(
        f"""
    Raw("{name}", "gcp:compute/firewall:Firewall", {{
        "network": "vpc", "allows": [{{"protocol": "tcp"}}], "sourceRanges": ["0.0.0.0/0"],
    }})
"""
        for name in names
    )


def recorded(folder: Path, stack: str = "dev") -> list[str]:
    """The names of the resources in the record."""
    content = json.loads((folder / "policy-baseline.json").read_text())
    return [item["urn"].rpartition("::")[2] for item in content["stacks"][stack]]


@pytest.fixture
def old(apex: Apex, tmp_path: Path) -> Path:
    """A program with two open firewalls, which are recorded."""
    folder = judged(tmp_path / "old", opened("one", "two"))
    apex.writing(folder, "baseline", "create").expect(
        0,
        f"  critical: {RULE} on one (allows",
        f"  critical: {RULE} on two (allows",
        f"{folder / 'policy-baseline.json'}: recorded 2 findings of dev (2 critical)\n",
    )
    return folder


def test_only_what_is_new_stops_a_stack(apex: Apex, old: Path) -> None:
    apex.preview(old).expect(0, "known: 2 findings that the baseline records\n")
    apex.preview(old, "--verbose").expect(
        0,
        "known since 20",
        "(baseline): No firewall rule opens all ports to the whole internet\n  __main__.py:",
        "baseline: policy-baseline.json (sha256 ",
        "1 violation, 0 undecided, 2 known)",
    )
    write(old, {"__main__.py": opened("one", "two", "three")})
    said = apex.preview(old, "--format", "json").expect(1)
    document = json.loads(said.out)
    assert document["baseline"]["file"] == "policy-baseline.json"
    assert {
        item["urn"].rpartition("::")[2]: (item["level"], item["known_since"] is None)
        for item in document["findings"]
        if item["rule"] == RULE
    } == {"one": ("advisory", False), "two": ("advisory", False), "three": ("mandatory", True)}


def test_the_record_is_as_its_schema_says(apex: Apex, old: Path) -> None:
    printed = apex(old, "baseline", "schema").expect(0).out
    assert printed == SHIPPED_SCHEMA.read_text("utf-8"), "run `make generated`"
    validator = jsonschema.Draft202012Validator(json.loads(printed))
    validator.check_schema(validator.schema)
    record = json.loads((old / BASELINE_FILE).read_text("utf-8"))
    validator.validate(record)
    assert not validator.is_valid({"version": 2, "stacks": {}})
    del record["stacks"]["dev"][0]["fingerprint"]
    assert not validator.is_valid(record)


def test_the_record_shrinks_and_grows_by_a_deliberate_option_alone(apex: Apex, old: Path) -> None:
    write(old, {"__main__.py": opened("two", "three")})
    apex(old, "baseline", "create").expect_only(2, "already has a record of dev", "--grow adds")
    apex.preview(old).expect(1, "note: the baseline records findings that no longer occur: ")
    gone = f"  no longer occurs: {RULE} on one (allows"
    apex(old, "baseline", "check").expect(1, gone, ": 2 findings of dev\n")
    apex.writing(old, "baseline", "update").expect(0, gone, ": 1 finding of dev\n")
    assert recorded(old) == ["two"]
    apex(old, "baseline", "check").expect(0)

    apex.writing(old, "baseline", "create", "--grow").expect(0, "recorded 1 finding of dev")
    assert recorded(old) == ["three", "two"]

    write(old, {"__main__.py": RAW})
    apex.writing(old, "baseline", "update").expect(0, ": 0 findings of dev\n")
    # Once all is mended, it stays so.
    apex(old, "baseline", "create").expect_only(2, "already has a record of dev")


def test_a_stack_without_a_record_has_nothing_to_shrink(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path / "new", RAW)
    apex(folder, "baseline", "create").expect(
        0, "dev has no finding that stops it and could be recorded"
    )
    for command in ("update", "check"):
        apex(folder, "baseline", command).expect_only(2, "no record of dev; `apex baseline create`")


def test_of_a_program_that_fails_nothing_is_recorded(apex: Apex, old: Path) -> None:
    write(old, {"__main__.py": opened("one") + "    raise SystemExit('half way')\n"})
    for arguments in (["create", "--grow"], ["update"]):
        apex(old, "baseline", *arguments).expect_only(3, "so nothing is recorded", "half way")
    # What was not seen is not told to be gone.
    assert "does not occur" not in apex.preview(old).expect(3).said


@pytest.mark.usefixtures("unproven")
def test_of_rules_that_fail_nothing_is_recorded(
    apex: Apex, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> list[Violation]:
        raise ValueError("a defect")

    [rule] = [item for item in known_rules() if item.id == RULE]
    broken_rule = replace(rule, check=broken)
    monkeypatch.setattr("apex_guardrails.runs.preview.known_rules", lambda: [broken_rule])
    apex(old, "baseline", "update").expect_only(4, f"the rule {RULE} raised, so nothing")


def test_neither_cost_nor_expired_waivers_are_recorded(apex: Apex, tmp_path: Path) -> None:
    settings = (
        "cost: {budget: 0, fixed: {support: 5}}\n"
        f"waivers: [{{policy: {RULE}, resource: one, reason: R., owner: o, expires: 2020-12-31}}]\n"
    )
    folder = judged(tmp_path, opened("one", "two"), files={"policy-pack.yaml": settings})
    apex.writing(folder, "baseline", "create").expect(
        0,
        "  not recorded: cost-within-budget: cost limits are set in the settings",
        f"  not recorded: {RULE}: its waiver has expired",
    )
    assert recorded(folder) == ["two"]
    apex.preview(folder).expect(1, "the waiver of o expired on 2020-12-31")


def test_only_the_record_beside_the_settings_counts(apex: Apex, old: Path) -> None:
    team = write(old.parent / "team", {"policy-pack.yaml": "version: 1\n"})
    settings = str(team / "policy-pack.yaml")
    apex.preview(old, "--settings", settings).expect(1)
    apex.preview(old, APEX_SETTINGS=settings).expect(1)


def test_the_program_cannot_write_the_record_it_is_judged_by(apex: Apex, old: Path) -> None:
    record = (old / "policy-baseline.json").read_text()
    (old / "policy-baseline.json").unlink()
    text = opened("one", "two") + f"    open('policy-baseline.json', 'w').write({record!r})\n"
    write(old, {"__main__.py": text})
    apex.writing(old, "preview").expect(1, "2 mandatory findings")


def test_a_record_that_is_broken_stops_every_judgement(apex: Apex, old: Path) -> None:
    write(old, {"policy-baseline.json": '{"version": 2}'})
    for command in (["preview"], ["baseline", "update"]):
        apex(old, *command).expect_only(2, "policy-baseline.json: version: expected 1")


def test_rules_that_were_not_asked_are_not_told_to_be_mended(apex: Apex, old: Path) -> None:
    said = apex.preview(old, "--skip", RULE).expect(0).said
    assert "does not occur" not in said


def test_an_audit_knows_the_record(apex: Apex, old: Path) -> None:
    known = resource(FIREWALL, "one", OPEN, _project="judged")
    written(old / "dev.json", exported(root("dev", "judged"), known))
    apex(old, "audit", "dev.json", "--verbose").expect(
        0,
        "known since 20",
        f"baseline records findings that no longer occur: {RULE} on two",
    )


def test_checkov_s_findings_are_recorded_too(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ("CKV_GCP_106", "google_compute_firewall.one", "allow")
    monkeypatch.setenv("APEX_CHECKOV", str(fake.checkov(tmp_path / "bin", found)))
    settings = f"rules: {{{RULE}: disabled}}\ncheckov: mandatory\n"
    folder = judged(tmp_path / "old", opened("one"), files={"policy-pack.yaml": settings})
    apex.writing(folder, "baseline", "create").expect(0, "checkov:CKV_GCP_106 on one")
    apex.preview(folder, "--verbose").expect(0, "known since", "rule: checkov:CKV_GCP_106")
    write(folder, {"policy-pack.yaml": settings.replace("mandatory", "off")})
    assert "does not occur" not in apex.preview(folder).expect(0).said
