"""`apex preview --checkov` and `apex export --terraform-plan`, as a user sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from apex_guardrails.checkov import program as checkov_program
from tests.policies.checkov import fake
from tests.policies.judged import RAW, SOON, Apex, judged

PROGRAM = f"""{RAW}
    Raw("db", "gcp:sql/databaseInstance:DatabaseInstance", {{
        "databaseVersion": "POSTGRES_17",
        "settings": {{
            "tier": "db-custom-1-3840",
            "ipConfiguration": {{"ipv4Enabled": True, "sslMode": "ENCRYPTED_ONLY"}},
        }},
    }})
    Raw("other", "random:index/randomId:RandomId", {{"byteLength": 3}})
"""
PUBLIC_IP = ("CKV_GCP_60", "google_sql_database_instance.db", "settings/[0]/ip_configuration")
CERTIFICATE = ("CKV_GCP_6", "google_sql_database_instance.db", "settings/[0]/ip_configuration")
LEVELS = """
severities: {critical: disabled, high: disabled, medium: disabled, low: disabled}
"""


def waiver(policy: str) -> str:
    return (
        f"waivers:\n- policy: {policy}\n  resource: db\n  reason: It is a test\n"
        "  owner: security\n"
        f"  expires: {SOON}\n"
    )


@pytest.fixture
def checkov(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Checkov that finds two things wrong."""
    path = fake.checkov(tmp_path / "bin", PUBLIC_IP, CERTIFICATE)
    monkeypatch.setenv("APEX_CHECKOV", str(path))
    return path


@pytest.fixture
def no_checkov(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(checkov_program, "INSTALLED", tmp_path / "none")
    monkeypatch.delenv("APEX_CHECKOV", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")


def program(folder: Path, settings: str = "", text: str = PROGRAM) -> Path:
    """The program with its settings, in a folder of its own."""
    return judged(folder / "program", text, files={"policy-pack.yaml": LEVELS + settings})


@pytest.mark.usefixtures("checkov")
def test_without_a_word_checkov_does_not_run(apex: Apex, tmp_path: Path) -> None:
    assert "Checkov" not in apex.preview(program(tmp_path)).expect(0).said


@pytest.mark.usefixtures("checkov")
def test_what_it_finds_is_shown_with_file_and_line(apex: Apex, tmp_path: Path) -> None:
    said = apex.preview(program(tmp_path), "--checkov").expect(
        0,
        "violation, advice: Ensure it is right",
        "__main__.py:",
        "gcp:sql/databaseInstance:DatabaseInstance db",
        "fails Checkov's CKV_GCP_60 (settings.ipConfiguration)",
        "rule: checkov:CKV_GCP_60",
        "note: Checkov 3.0 saw 1 of 2 resources",
        "not evaluated: by Checkov: not in the Terraform plan, as Terraform's provider has no such",
        "1 random:index/randomId:RandomId",
    )
    assert "2 violations" in said.out


@pytest.mark.usefixtures("checkov")
def test_mandatory_findings_block(apex: Apex, tmp_path: Path) -> None:
    apex.preview(program(tmp_path, "checkov: mandatory\n")).expect(1, "2 mandatory findings")


@pytest.mark.usefixtures("checkov")
def test_a_stack_may_differ(apex: Apex, tmp_path: Path) -> None:
    settings = "checkov: mandatory\nstacks: {dev: {checkov: off}}\n"
    assert "Checkov" not in apex.preview(program(tmp_path, settings)).expect(0).said


@pytest.mark.usefixtures("checkov")
def test_one_fact_is_one_finding(apex: Apex, tmp_path: Path) -> None:
    settings = "rules: {sql-no-public-ip: advisory}\n"
    said = apex.preview(program(tmp_path, settings), "--checkov").expect(
        0, "rule: sql-no-public-ip (also checkov:CKV_GCP_60)"
    )
    assert "2 violations" in said.out


@pytest.mark.usefixtures("checkov")
def test_what_is_skipped_is_not_run(apex: Apex, tmp_path: Path) -> None:
    settings = "checkov: {level: mandatory, skip: [CKV_GCP_60, CKV_GCP_6]}\n"
    apex.preview(program(tmp_path, settings)).expect(0, "0 violations")


@pytest.mark.usefixtures("checkov")
def test_a_waiver_covers_a_check(apex: Apex, tmp_path: Path) -> None:
    settings = "checkov: {level: mandatory, skip: [CKV_GCP_6]}\n" + waiver("checkov:CKV_GCP_60")
    apex.preview(program(tmp_path, settings), "--verbose").expect(
        0, f"waived: It is a test (security, until {SOON})"
    )


def test_a_waiver_for_a_check_that_did_not_run_is_not_called_useless(
    apex: Apex, tmp_path: Path
) -> None:
    settings = waiver("checkov:CKV_GCP_60")
    assert "covers nothing" not in apex.preview(program(tmp_path, settings)).expect(0).said


def test_a_waiver_says_whose_check_it_is(apex: Apex, tmp_path: Path) -> None:
    apex.preview(program(tmp_path, waiver("CKV_GCP_60"))).expect_only(
        2, "no such rule: CKV_GCP_60; a check of Checkov is called checkov:CKV_GCP_60"
    )


@pytest.mark.usefixtures("no_checkov")
@pytest.mark.parametrize(
    ("settings", "option"), [("checkov: mandatory\n", []), ("", ["--checkov"])]
)
def test_where_it_is_needed_and_missing_nothing_is_judged(
    apex: Apex, tmp_path: Path, settings: str, option: list[str]
) -> None:
    apex.preview(program(tmp_path, settings), *option).expect_only(
        2, "Checkov is not installed", "make setup-checkov"
    )


@pytest.mark.usefixtures("no_checkov")
def test_where_it_advises_and_is_missing_a_note_says_so(apex: Apex, tmp_path: Path) -> None:
    apex.preview(program(tmp_path, "checkov: advisory\n")).expect(
        0, "note: Checkov has evaluated nothing: Checkov is not installed: `make setup-checkov`"
    )


def test_a_broken_one_that_is_mandatory_is_no_pass(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = fake.program(tmp_path / "bin", "import sys; sys.exit('it broke')")
    monkeypatch.setenv("APEX_CHECKOV", str(broken))
    folder = program(tmp_path, "checkov: mandatory\n")
    apex.preview(folder).expect_only(2, "it broke", "make setup-checkov")


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ("checkov: sometimes\n", "checkov: expected off"),
        ("checkov: {skip: [sql]}\n", "checkov.skip.0"),
        ("checkov: {levl: off}\n", "levl"),
    ],
)
def test_settings_that_mean_nothing_are_named(
    apex: Apex, tmp_path: Path, settings: str, text: str
) -> None:
    apex.preview(program(tmp_path, settings)).expect_only(2, "policy-pack.yaml:", text)


def test_the_plan_is_written(apex: Apex, tmp_path: Path) -> None:
    folder = program(tmp_path)
    done = apex(folder, "export", "--terraform-plan").expect(0, "random:index/randomId:RandomId")
    plan = json.loads(done.out)
    (resource,) = plan["planned_values"]["root_module"]["resources"]
    assert resource["address"] == "google_sql_database_instance.db"
    apex.writing(folder, "export", "--terraform-plan", "--output", "plans/dev.json").expect(0)
    assert json.loads((folder / "plans/dev.json").read_text("utf-8")) == plan


def test_a_form_must_be_named(apex: Apex, tmp_path: Path) -> None:
    apex(program(tmp_path), "export").expect_only(2, "--terraform-plan is the only one")


def test_of_a_program_that_fails_nothing_is_written(apex: Apex, tmp_path: Path) -> None:
    folder = program(tmp_path, text=PROGRAM + '\n    raise SystemExit("no such zone")\n')
    apex(folder, "export", "--terraform-plan", "-o", "plan.json").expect_only(
        3, "the program failed, so nothing is exported", "no such zone"
    )
