"""The pack's rules in a stock `PolicyPack`, served by Pulumi's own server."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2

from apex_guardrails.decide import decide
from apex_guardrails.model import EnforcementLevel, Outcome
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.pack.stock import COLLECTOR, left_out, policies
from apex_guardrails.runs.preview import run_offline
from apex_guardrails.settings import PolicyPackSettings, enforce
from apex_guardrails.stock.messages import analyze_request, stack_request
from apex_guardrails.support.errors import UsageError
from tests.policies.judged import RAW, judged, write
from tests.policies.stock_server import stock_server

ROOT = Path(__file__).parents[3]
CHOSEN = ("sql", "storage", "firewall", "iam", "labels-required-keys", "locations-allowed-regions")
PROGRAM = """
    vpc = Raw("vpc", "gcp:compute/network:Network", {"autoCreateSubnetworks": False})
    Raw("open", "gcp:compute/firewall:Firewall", {
        "network": vpc.id, "allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"],
    })
    server = Raw("server", "gcp:sql/databaseInstance:DatabaseInstance", {
        "databaseVersion": "POSTGRES_16",
        "settings": {
            "tier": "db-f1-micro",
            "backupConfiguration": {"enabled": vpc.id},
            "ipConfiguration": {"ipv4Enabled": False, "privateNetwork": vpc.id},
        },
    })
    Raw("db", "gcp:sql/database:Database", {"instance": server.id})
    bucket = Raw("logs", "gcp:storage/bucket:Bucket", {
        "location": "EU", "versioning": {"enabled": vpc.id},
    })
    Raw("all", "gcp:storage/bucketIAMMember:BucketIAMMember", {
        "bucket": bucket.id, "role": "roles/storage.objectViewer", "member": "allUsers",
    })
    Raw("owner", "gcp:projects/iAMMember:IAMMember", {
        "project": "p", "role": "roles/owner", "member": "user:someone@example.com",
    })
"""
PACK = f"""
from pulumi_policy import PolicyPack

from apex_guardrails.pack.stock import policies

PolicyPack("guard", policies=policies(*{CHOSEN!r}))
"""


def test_pulumis_server_says_with_them_what_the_pack_says(tmp_path: Path) -> None:
    folder = judged(tmp_path, RAW + PROGRAM)
    write(folder / "pack", {"__main__.py": PACK})
    stack = run_offline(folder, "dev", None, 120).stack
    handed_on = {policy.name for policy in policies(*CHOSEN)}
    rules = [rule for rule in known_rules() if rule.id in handed_on]
    settings = PolicyPackSettings.model_validate(
        {"rules": {rule.id: {} for rule in rules if rule.opt_in}}
    )
    decision = decide(stack, enforce(settings, rules, "dev"))
    ours = {
        (item.rule.id, item.urn, item.level, item.outcome, item.message)
        for item in decision.findings
    }

    theirs: set[tuple[str, str, EnforcementLevel, Outcome, str]] = set()
    levels = {
        analyzer_pb2.ADVISORY: EnforcementLevel.ADVISORY,
        analyzer_pb2.MANDATORY: EnforcementLevel.MANDATORY,
    }
    by_message = {(rule_id, urn): message for rule_id, urn, _, outcome, message in ours}

    def take(response: analyzer_pb2.AnalyzeResponse, urn: str) -> None:
        for item in response.diagnostics:
            where = item.urn or urn
            text = item.message.removeprefix(f"{item.description}\n")
            is_open = text.startswith(("undecided: ", "can't run policy"))
            said = text.removeprefix("undecided: ").splitlines()[0]
            known = by_message.get((item.policyName, where), "")
            # An advice that something is not known has the server's words.
            message = known if is_open or said.startswith(known) else said
            outcome = Outcome.UNDECIDED if is_open else Outcome.FAILS
            theirs.add((item.policyName, where, levels[item.enforcementLevel], outcome, message))

    with stock_server(folder / "pack", PYTHONPATH=str(ROOT / "policies")) as server:
        info = server.GetAnalyzerInfo(empty_pb2.Empty())
        assert {item.name for item in info.policies} == handed_on
        server.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack="dev"))
        for resource in stack:
            take(server.Analyze(analyze_request(resource)), resource.urn)
        take(server.AnalyzeStack(stack_request(stack)), stack.urn)

    def named(found: set[tuple[str, str, EnforcementLevel, Outcome, str]]) -> set[str]:
        return {f"{rule} {urn} {level} {outcome}" for rule, urn, level, outcome, _ in found}

    open_levels = {item for item in ours if item[3] is Outcome.UNDECIDED}
    assert named(ours - open_levels) == named({item for item in theirs if item[3] is Outcome.FAILS})
    assert {(item[0], item[1]) for item in open_levels} == {
        (item[0], item[1]) for item in theirs if item[3] is Outcome.UNDECIDED
    }
    assert {item[4] for item in ours - open_levels} == {
        item[4] for item in theirs if item[3] is Outcome.FAILS
    }
    found = {item[0] for item in ours}
    assert found >= {
        "firewall-no-all-ports-from-anywhere",  # needs dependencies, so it is one of the stack
        "labels-required-keys",
        "sql-backup-enabled",
        "storage-bucket-not-public",
    }
    assert open_levels


def test_what_policies_are_not_told_leaves_rules_out() -> None:
    names = left_out()
    # The mark of a secret, and secret config.
    assert {"credentials-not-literal", "credentials-sensitive-inputs-secret"} <= {*names}
    assert "sql-root-password-not-literal" in names
    assert "cost-within-budget" in names
    assert not {"sql-no-public-ip", "storage-bucket-not-public", "run-service-not-public"} & {
        *names
    }
    assert len(names) < len(known_rules()) / 6


def test_they_are_chosen_by_rule_or_service() -> None:
    made = policies("sql-backup-enabled", "labels-required-keys")
    assert [policy.name for policy in made] == [
        COLLECTOR,
        "labels-required-keys",
        "sql-backup-enabled",
    ]
    schema = made[1].config_schema
    assert schema is not None
    assert "keys" in schema.properties
    with pytest.raises(UsageError, match=r'there is no such rule or service, did you mean "sql-'):
        policies("sql-backup-enable")
    with pytest.raises(UsageError, match="needs what Pulumi's server does not tell policies"):
        policies("credentials-not-literal")
