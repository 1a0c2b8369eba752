"""The real Checkov, in one run over all plans: our stacks, the bad examples, our rules' cases."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from apex_guardrails.checkov import TerraformPlan, find_checkov, run_checkov
from apex_guardrails.checkov.program import Answer
from apex_guardrails.controls import peers
from apex_guardrails.rules import all_rules
from apex_guardrails.runs.preview import export_offline
from tests.policies.checkov import agreement, table
from tests.policies.judged import RAW, Apex, judged

ROOT = Path(__file__).parents[3]
STACKS = ["dev", "staging", "production"]
BAD = sorted(path.parent.name for path in (ROOT / "examples" / "bad").glob("*/Pulumi.yaml"))
TIMEOUT_SECONDS = 240


@pytest.fixture(scope="module")
def plans() -> Mapping[str, TerraformPlan]:
    """The plans of our stacks and of the bad examples, by file name."""
    ours = {f"{name}.json": (ROOT, name) for name in STACKS}
    bad = {f"{name}.json": (ROOT / "examples" / "bad" / name, "dev") for name in BAD}
    return {
        file: export_offline(folder, stack, None, TIMEOUT_SECONDS)
        for file, (folder, stack) in {**ours, **bad}.items()
    }


@pytest.fixture(scope="module")
def answer(plans: Mapping[str, TerraformPlan]) -> Answer:
    """What Checkov says of all of them, and of the sampled cases."""
    cases, _ = agreement.samples()
    texts = {file: plan.text() for file, plan in plans.items()} | cases
    # What CKV_GCP_73 would join across plans.
    assert not [
        file for file, text in texts.items() if "google_compute_security_policy_rule" in text
    ]
    return run_checkov(find_checkov(os.environ), texts, timeout=TIMEOUT_SECONDS, with_passed=True)


def failed(answer: Answer, file: str) -> set[tuple[str, str]]:
    """The checks that fail in a plan, each with the resource's address."""
    return {
        (check.id, check.address)
        for check in answer.checks
        if check.plan == file and not check.passes
    }


def test_it_sees_every_resource_of_every_plan(
    plans: Mapping[str, TerraformPlan], answer: Answer
) -> None:
    cases, _ = agreement.samples()
    count = sum(len(plan.urns) for plan in plans.values())
    count += sum(text.count('"values":') for text in cases.values())
    assert answer.resources == count


@pytest.mark.parametrize("name", [*STACKS, *BAD])
def test_it_speaks_of_resources_that_there_are(
    plans: Mapping[str, TerraformPlan], answer: Answer, name: str
) -> None:
    said = {check.address for check in answer.checks if check.plan == f"{name}.json"}
    assert said <= set(plans[f"{name}.json"].urns)


@pytest.mark.parametrize("stack", STACKS)
def test_our_stacks_fail_what_was_decided(answer: Answer, stack: str) -> None:
    """Each of these is an opinion that we do not share, or a waiver of ours."""
    accepted = {
        *("CKV_GCP_37", "CKV_GCP_38", "CKV_GCP_84"),  # keys of our own
        "CKV_GCP_62",  # access logs of a bucket that only the stack's own identities read
        *("CKV_GCP_41", "CKV_GCP_49"),  # the pipeline's identity, waived
        "CKV_GCP_125",  # restricted by the repository's id, which Checkov does not read
        *("CKV_GCP_6", "CKV_GCP_73", "CKV_GCP_79"),  # docs/checkov.md
        *("CKV_GCP_108", "CKV2_GCP_13"),  # what is logged of each connection and statement
    }
    assert {check for check, _ in failed(answer, f"{stack}.json")} <= accepted


@pytest.mark.parametrize(
    ("program", "check"),
    [
        ("open-firewall", "CKV_GCP_2"),
        ("unprotected-database", "CKV_GCP_11"),
        ("public-data", "CKV_GCP_28"),
        ("owners-everywhere", "CKV_GCP_117"),
    ],
)
def test_it_finds_what_is_bad(answer: Answer, program: str, check: str) -> None:
    assert check in {check for check, _ in failed(answer, f"{program}.json")}


def test_checks_about_several_resources_follow_references(answer: Answer) -> None:
    """A network with a firewall, joined by a reference alone, passes CKV2_GCP_18."""
    networks = [
        check
        for check in answer.checks
        if check.id == "CKV2_GCP_18" and check.plan == "production.json"
    ]
    assert networks
    assert all(check.passes for check in networks)


def test_it_agrees_with_our_rules_but_for_what_was_reviewed(answer: Answer) -> None:
    _, samples = agreement.samples()
    reviewed = {
        (check, rule.id, item.ours, item.checkov)
        for item in agreement.reviewed()
        if item.ours is not None and item.checkov is not None
        for check, rule in item.about(all_rules())
    }
    assert set(agreement.differences(answer, samples)) == reviewed


def test_what_was_reviewed_is_about_rules_that_there_are() -> None:
    for item in agreement.reviewed():
        pairs = list(item.about(all_rules()))
        assert {check for check, _ in pairs} == set(item.checks), item.why
        assert {rule.id for _, rule in pairs} == set(item.rules), item.why


def test_the_list_of_its_checks_is_that_of_the_installed_one() -> None:
    [peer] = [peer for peer in peers(all_rules()) if peer.id == "checkov"]
    assert {check.id: check.name for check in peer.checks} == table.checks()


def test_the_table_is_up_to_date() -> None:
    text = table.PAGE.read_text("utf-8")
    assert text == table.page(text), "run `make generated`"


def test_a_preview_shows_what_it_finds(apex: Apex, tmp_path: Path) -> None:
    program = f"""{RAW}
    Raw("db", "gcp:sql/databaseInstance:DatabaseInstance", {{
        "databaseVersion": "POSTGRES_17",
        "settings": {{
            "tier": "db-custom-1-3840",
            "ipConfiguration": {{"ipv4Enabled": True, "sslMode": "ENCRYPTED_ONLY"}},
        }},
    }})
    """
    apex.preview(judged(tmp_path, program), "--checkov").expect(
        1,
        "rule: sql-no-public-ip (also checkov:CKV_GCP_60)",
        "fails Checkov's CKV_GCP_79",
        "github.com/bridgecrewio/checkov",
        "saw 1 of 1 resources",
    )


def test_a_program_that_no_check_is_about_is_seen_all_the_same(apex: Apex, tmp_path: Path) -> None:
    program = f"""{RAW}
    Raw("chat", "gcp:cloudrunv2/service:Service", {{
        "location": "us-central1", "template": {{"containers": [{{"image": "chat"}}]}},
    }})
    """
    folder = judged(tmp_path, program, files={"policy-pack.yaml": "checkov: mandatory\n"})
    said = apex.preview(folder, "--soft-fail").expect(0, "saw 1 of 1 resources").said
    assert "probe" not in said
    assert "rule: checkov:" not in said
