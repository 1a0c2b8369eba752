"""The pack as the engine calls it: real messages, over a real connection."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from apex_guardrails.analyzer.service import Analyzer
from apex_guardrails.judgement.circumstances import Source
from apex_guardrails.judgement.entries import Verdict
from apex_guardrails.judgement.versions import read_judgement
from apex_guardrails.model import UNKNOWN, Identity, Resource, Rule, Violation, rule
from apex_guardrails.model.value import Secret
from apex_guardrails.pack.about import PACK_FILE, pack_info
from apex_guardrails.provider import resource_type
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import BASELINE_FILE, SETTINGS_VARIABLE, BaselineEntry
from apex_guardrails.settings.baseline import BaselineContent
from apex_guardrails.wire import write_struct
from tests.policies.analyzer.serving import serving
from tests.policies.judged import SOON

SQL = "gcp:sql/databaseInstance:DatabaseInstance"
NETWORK = "gcp:compute/network:Network"
BUDGET = "cost-within-budget"
PROVIDER = analyzer_pb2.AnalyzerProviderResource(type="pulumi:providers:gcp", urn="p", name="p")
EMPTY = empty_pb2.Empty()
PACK = PACK_FILE.parent
LABELS = {"app": "a", "environment": "dev", "owner": "o", "cost-center": "c"}


def instance(**ip_configuration: Any) -> dict[str, Any]:
    return {
        "databaseVersion": "POSTGRES_17",
        "settings": {"ipConfiguration": ip_configuration, "userLabels": LABELS},
    }


GOOD = instance(ipv4Enabled=False, privateNetwork=UNKNOWN, sslMode="ENCRYPTED_ONLY")
PUBLIC = instance(ipv4Enabled=True)


def urn(token: str, name: str = "db") -> str:
    return f"urn:pulumi:dev::p::{token}::{name}"


def analyze_request(
    inputs: Mapping[str, Any],
    token: str = SQL,
    name: str = "db",
    provider: analyzer_pb2.AnalyzerProviderResource = PROVIDER,
) -> analyzer_pb2.AnalyzeRequest:
    return analyzer_pb2.AnalyzeRequest(
        type=token,
        urn=urn(token, name),
        name=name,
        properties=write_struct(inputs),
        provider=provider,
    )


class Engine:
    """What the engine does with an analyzer, in its order."""

    def __init__(self, stub: analyzer_pb2_grpc.AnalyzerStub) -> None:
        self.stub = stub

    def configure(self, stack: str = "dev", **config: str) -> analyzer_pb2.AnalyzerInfo:
        self.stub.Handshake(analyzer_pb2.AnalyzerHandshakeRequest(engine_address="e"))
        self.stub.ConfigureStack(
            analyzer_pb2.AnalyzerStackConfigureRequest(
                stack=stack,
                project="p",
                dry_run=True,
                config={f"p:{key}": value for key, value in config.items()},
                config_secret_keys=[f"p:{key}" for key in config],
            )
        )
        info: analyzer_pb2.AnalyzerInfo = self.stub.GetAnalyzerInfo(EMPTY)
        return info

    def analyze(self, *arguments: Any, **more: Any) -> dict[str, str]:
        """The messages by rule."""
        response = self.stub.Analyze(analyze_request(*arguments, **more))
        return {item.policyName: item.message for item in response.diagnostics}


def served(rules: list[Rule], environment: Mapping[str, str]) -> Iterator[tuple[Analyzer, Engine]]:
    analyzer = Analyzer(rules, environment)
    with serving(analyzer) as stub:
        yield analyzer, Engine(stub)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "settings.yaml"
    path.write_text("version: 1\n")
    return path


@pytest.fixture
def engine(settings: Path) -> Iterator[Engine]:
    for _, engine in served(list(all_rules()), {SETTINGS_VARIABLE: str(settings)}):
        yield engine


def test_the_pack_introduces_itself_at_the_levels_of_the_stack(
    engine: Engine, settings: Path
) -> None:
    settings.write_text("stacks: {prod: {rules: {sql-no-public-ip: advisory}}}\n")

    dev = {item.name: item for item in engine.configure("dev").policies}
    info = engine.configure("prod")
    prod = {item.name: item for item in info.policies}

    assert info.name == pack_info()["name"]
    assert info.version == engine.stub.GetPluginInfo(EMPTY).version == pack_info()["version"]
    assert info.supportsConfig
    assert prod.keys() == {rule.id for rule in all_rules()}
    assert dev["sql-no-public-ip"].enforcementLevel == analyzer_pb2.MANDATORY
    assert prod["sql-no-public-ip"].enforcementLevel == analyzer_pb2.ADVISORY
    assert dev["sql-no-public-ip"].severity == analyzer_pb2.POLICY_SEVERITY_CRITICAL
    assert dev["sql-no-public-ip"].policy_type == analyzer_pb2.POLICY_TYPE_RESOURCE
    assert dev["serviceapis-enabled-complete"].policy_type == analyzer_pb2.POLICY_TYPE_STACK


def test_settings_that_are_not_valid_stop_the_engine(engine: Engine, settings: Path) -> None:
    settings.write_text("rules:\n  sql-no-publik-ip: advisory\n")

    with pytest.raises(grpc.RpcError) as caught:
        engine.configure()
    assert f"{settings}:2: rules.sql-no-publik-ip: there is no such rule" in str(caught.value)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_violation_names_rule_resource_path_and_fix(engine: Engine) -> None:
    engine.configure()
    response = engine.stub.Analyze(analyze_request(PUBLIC))

    [diagnostic] = [item for item in response.diagnostics if item.policyName == "sql-no-public-ip"]
    assert diagnostic.urn == urn(SQL)
    assert diagnostic.enforcementLevel == analyzer_pb2.MANDATORY
    assert diagnostic.severity == analyzer_pb2.POLICY_SEVERITY_CRITICAL
    assert diagnostic.policyPackName == pack_info()["name"]
    wrong, fix = diagnostic.message.splitlines()
    assert wrong == "has a public IPv4 address (settings.ipConfiguration.ipv4Enabled)"
    assert fix.startswith("Set settings.ip_configuration")


def test_a_good_resource_passes_and_what_is_not_about_it_is_said(engine: Engine) -> None:
    engine.configure()
    response = engine.stub.Analyze(analyze_request(GOOD))

    assert "sql-no-public-ip" not in {item.policyName for item in response.diagnostics}
    about = resource_type(SQL)
    others = {
        rule.id
        for rule in all_rules()
        if rule.scope == "resource"
        and not rule.is_about(about)
        and not (rule.level == "disabled" or rule.opt_in)
    }
    said = {item.policy_name for item in response.not_applicable}
    assert others < said
    # It is PostgreSQL.
    assert {rule_id.split("-")[1] for rule_id in said - others} == {"mysql", "sqlserver"}
    assert "sql-pg-log-connections" not in said


SIGNED = f"reason: It is a test., owner: team, expires: {SOON}"


def test_a_waived_violation_is_advice_and_one_that_waives_nothing_is_told(
    engine: Engine, settings: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.write_text(
        "waivers:\n"
        f"  - {{policy: sql-no-public-ip, resource: db, {SIGNED}}}\n"
        f"  - {{policy: sql-ssl-enforced, resource: none, {SIGNED}}}\n"
        # Checkov judges offline alone, so that this covers nothing here proves nothing.
        f"  - {{policy: checkov:CKV_GCP_60, resource: none, {SIGNED}}}\n"
    )
    engine.configure()
    response = engine.stub.Analyze(analyze_request(PUBLIC))
    [diagnostic] = [item for item in response.diagnostics if item.policyName == "sql-no-public-ip"]
    engine.stub.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest())

    assert diagnostic.enforcementLevel == analyzer_pb2.ADVISORY
    assert diagnostic.message.startswith(
        f"waived by team until {SOON}, It is a test.: has a public IPv4"
    )
    said = capfd.readouterr().out
    assert "apex: note: the waiver for sql-ssl-enforced on none (owner team) covers nothing" in said
    assert "sql-no-public-ip" not in said
    assert "checkov" not in said


def test_what_the_baseline_knows_is_advice_in_the_report_too(
    engine: Engine, settings: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = "settings.ipConfiguration.ipv4Enabled"
    entries = [
        BaselineEntry.of(
            Identity("sql-no-public-ip", urn(SQL, name), "fails", path, 1), date(2026, 11, 30)
        )
        for name in ("db", "mended")
    ]
    content = BaselineContent(version=1, stacks={"dev": tuple(entries)})
    (settings.parent / BASELINE_FILE).write_text(content.text())
    settings.write_text("reports: {directory: out, formats: [json]}\n")
    engine.configure()
    known = engine.stub.Analyze(analyze_request(PUBLIC)).diagnostics
    new = engine.stub.Analyze(analyze_request(PUBLIC, name="new")).diagnostics
    engine.stub.AnalyzeStack(stack_request())

    [known], [new] = (
        [item for item in found if item.policyName == "sql-no-public-ip"] for found in (known, new)
    )
    assert known.enforcementLevel == analyzer_pb2.ADVISORY
    assert known.message.startswith("known since 2026-11-30 (baseline): has a public IPv4")
    assert new.enforcementLevel == analyzer_pb2.MANDATORY
    left = read_judgement(settings.parent / "out/p.dev.json")
    assert [item.urn for item in left.known] == [urn(SQL)]
    assert left.known[0].fingerprint == entries[0].fingerprint
    assert left.baseline is not None
    said = capfd.readouterr().out
    assert f"apex: baseline: {settings.parent / BASELINE_FILE} (sha256 " in said
    assert "apex: note: the baseline records findings that no longer occur: " in said
    assert "on mended" in said


def test_what_is_not_known_is_undecided(engine: Engine) -> None:
    engine.configure()
    found = engine.analyze({"databaseVersion": "X", "settings": UNKNOWN})

    assert found["sql-no-public-ip"].startswith("undecided: cannot be decided before deployment")
    assert "(settings)" in found["sql-no-public-ip"]


def test_the_engine_s_own_configuration_overrides(engine: Engine) -> None:
    engine.configure()
    level = analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.DISABLED)
    keys = analyzer_pb2.PolicyConfig(
        enforcementLevel=analyzer_pb2.REMEDIATE, properties=write_struct({"keys": ["team"]})
    )
    engine.stub.Configure(
        analyzer_pb2.ConfigureAnalyzerRequest(
            policyConfig={"sql-no-public-ip": level, "labels-required-keys": keys}
        )
    )

    found = engine.stub.Analyze(analyze_request(PUBLIC)).diagnostics
    levels = {item.policyName: item.enforcementLevel for item in found}
    assert "sql-no-public-ip" not in levels
    assert levels["labels-required-keys"] == analyzer_pb2.MANDATORY


def test_a_parameter_that_the_rule_does_not_have(engine: Engine) -> None:
    engine.configure()
    config = analyzer_pb2.PolicyConfig(properties=write_struct({"kyes": ["team"]}))

    with pytest.raises(grpc.RpcError, match=r"labels-required-keys\.kyes"):
        engine.stub.Configure(
            analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={"labels-required-keys": config})
        )


def test_nothing_is_repaired(engine: Engine) -> None:
    engine.configure()
    assert not engine.stub.Remediate(analyze_request(PUBLIC)).remediations


@pytest.mark.parametrize("labels", ['{"owner": "o", "app": "a"}', UNKNOWN])
def test_labels_of_the_provider_count(engine: Engine, settings: Path, labels: Any) -> None:
    settings.write_text("rules: {labels-required-keys: {parameters: {keys: [owner, app]}}}\n")
    engine.configure()
    provider = analyzer_pb2.AnalyzerProviderResource(
        type="pulumi:providers:gcp",
        urn=f"provider-{labels}",
        properties=write_struct({"defaultLabels": labels}),
    )
    inputs = {"secretId": "s", "labels": {"environment": "dev", "cost-center": "c"}}
    found = engine.analyze(inputs, "gcp:secretmanager/secret:Secret", provider=provider)

    assert ("labels-required-keys" in found) is (labels is UNKNOWN)


def test_what_was_judged_is_said_and_what_not(
    engine: Engine, settings: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    usage = "usage: {active_hours: 0.0001}"
    settings.write_text(f"not_evaluated: advisory\ncost: {{budget: 100, {usage}}}\n")
    engine.configure()
    machine = {"machineType": "n2-standard-8", "zone": "us-central1-a", "bootDisk": {}}
    engine.analyze(machine, "gcp:compute/instance:Instance", "vm")
    engine.analyze({}, "kubernetes:core/v1:PersistentVolumeClaim", "data")
    read = analyzer_pb2.AnalyzerResource(type=NETWORK, urn=urn(NETWORK), provider=PROVIDER)
    diagnostics = engine.stub.AnalyzeStack(stack_request(read)).diagnostics

    said = capfd.readouterr().out
    assert (
        "apex: dev: 1 of 2 resources evaluated; 1 of kubernetes not evaluated; 1 only read\n"
        "apex: not evaluated: 1 resource of kubernetes that only rules about every type looked at: "
        "kubernetes:core/v1:PersistentVolumeClaim (1)\n"
        f"apex: not evaluated: 1 resource that exists already and only read: {NETWORK} (1)\n"
        "apex: the cost assumes active_hours 0.0001 of vm, for "
    ) in said
    (found,) = [item for item in diagnostics if item.policyName == "stack-types-judged"]
    assert found.message.startswith("has a type that no rule covers (resources of this type: 1)\n")
    assert found.enforcementLevel == analyzer_pb2.ADVISORY
    # Something has no price.
    assert [item.enforcementLevel for item in diagnostics if item.policyName == BUDGET] == [
        analyzer_pb2.MANDATORY
    ]


def test_the_values_that_the_engine_shows_are_those_that_are_deployed(engine: Engine) -> None:
    engine.configure()
    request = analyze_request(GOOD)
    request.options.ignoreChanges.append("settings")
    found = {item.policyName for item in engine.stub.Analyze(request).diagnostics}
    assert not found.intersection({"sql-no-public-ip", "sql-ssl-enforced"})


def test_defaults_are_filled_in_where_the_engine_left_out_the_check(engine: Engine) -> None:
    engine.configure()
    provider = analyzer_pb2.AnalyzerProviderResource(
        type="pulumi:providers:gcp", urn="q", properties=write_struct({"project": UNKNOWN})
    )

    # `sslMode` has no default; `name` is made, so nothing of the request is lost.
    assert "sql-ssl-enforced" not in engine.analyze(GOOD, provider=provider)


def test_what_an_older_provider_has_is_read_as_todays(engine: Engine) -> None:
    engine.configure()
    older = instance(ipv4Enabled=False, privateNetwork=UNKNOWN, requireSsl=True)
    found = engine.analyze(older)
    assert not {"sql-ssl-enforced", "sql-no-public-ip"}.intersection(found)
    assert "sql-ssl-enforced" in engine.analyze(instance(requireSsl=False), name="open")
    # Where the engine left out the check of a provider that is not known yet, the version is.
    provider = analyzer_pb2.AnalyzerProviderResource(
        type="pulumi:providers:gcp",
        urn="q",
        properties=write_struct({"project": UNKNOWN, "version": "7.38.0"}),
    )
    assert "sql-ssl-enforced" not in engine.analyze(older, name="late", provider=provider)


def test_what_another_provider_makes_of_google_cloud_is_judged_as_it(engine: Engine) -> None:
    engine.configure()
    token = "kubernetes:sql.cnrm.cloud.google.com/v1beta1:SQLInstance"
    spec = {
        "databaseVersion": "POSTGRES_17",
        "rootPassword": {"value": "correct horse"},
        "settings": {"ipConfiguration": {"ipv4Enabled": True}},
    }
    request = analyze_request({"metadata": {"name": "db"}, "spec": spec}, token)
    response = engine.stub.Analyze(request)
    [found] = [it for it in response.diagnostics if it.policyName == "sql-no-public-ip"]

    assert found.urn == request.urn
    assert "spec.settings.ipConfiguration.ipv4Enabled" in found.message
    # Where the password comes from is known when the stack is.
    waits = "decided once the whole stack is known"
    reasons = [
        it.reason
        for it in response.not_applicable
        if it.policy_name in {"sql-no-public-ip", "sql-root-password-not-literal"}
    ]
    assert reasons == [waits]
    listed = analyzer_pb2.AnalyzerResource(
        type=token, urn=request.urn, name="db", properties=request.properties, provider=PROVIDER
    )
    whole = engine.stub.AnalyzeStack(stack_request(listed)).diagnostics
    assert "sql-root-password-not-literal" in {it.policyName for it in whole}


def stack_request(
    *resources: analyzer_pb2.AnalyzerResource, **outputs: Any
) -> analyzer_pb2.AnalyzeStackRequest:
    root = analyzer_pb2.AnalyzerResource(
        type="pulumi:pulumi:Stack",
        urn="urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev",
        properties=write_struct(outputs),
    )
    return analyzer_pb2.AnalyzeStackRequest(resources=[root, *resources])


def test_where_a_credential_comes_from_is_known_when_the_stack_is(engine: Engine) -> None:
    engine.configure(password="value-of-the-password")
    user, cache = "gcp:sql/user:User", "gcp:redis/instance:Instance"
    made_up = "a string that Google made up"
    for name, password in {
        "from-config": "value-of-the-password",
        "written": "correct horse",
        # Known at last, once the other resource is deployed.
        "computed": made_up,
    }.items():
        response = engine.stub.Analyze(analyze_request({"password": Secret(password)}, user, name))
        assert "sql-user-password-not-literal" not in {it.policyName for it in response.diagnostics}
    engine.analyze({"memorySizeGb": 1}, cache, "cache")

    response = engine.stub.AnalyzeStack(
        stack_request(
            analyzer_pb2.AnalyzerResource(
                type=cache,
                urn=urn(cache, "cache"),
                provider=PROVIDER,
                properties=write_struct({"memorySizeGb": 1, "authString": Secret(made_up)}),
            ),
            *(
                analyzer_pb2.AnalyzerResource(
                    type=user, urn=urn(user, name), provider=PROVIDER, propertyDependencies=needs
                )
                for name, needs in {
                    "from-config": {},
                    "written": {},
                    "computed": {
                        "password": analyzer_pb2.AnalyzerPropertyDependencies(
                            urns=[urn(cache, "cache")]
                        )
                    },
                }.items()
            ),
        )
    )

    [found] = [
        it for it in response.diagnostics if it.policyName == "sql-user-password-not-literal"
    ]
    assert found.urn == urn(user, "written")
    assert "written in the program (password)" in found.message


def test_a_role_is_judged_before_it_is_known_who_gets_it(engine: Engine) -> None:
    engine.configure()
    grant = {"project": "p", "role": "roles/owner", "member": UNKNOWN}

    found = engine.analyze(grant, "gcp:projects/iAMMember:IAMMember")

    assert found.keys() >= {"iam-no-basic-roles-project"}
    assert "iam-no-public-members" not in found


def test_stack_rules_do_without_a_resource_that_a_violation_kept_out(engine: Engine) -> None:
    engine.configure()
    engine.analyze({"name": "vpc"}, NETWORK, "vpc")
    named = instance(ipv4Enabled=True, privateNetwork="projects/p/global/networks/vpc")
    engine.analyze(named, name="named")
    # Which network it means is not known, as nobody says what it waits for.
    engine.analyze(GOOD, name="unknown")

    response = engine.stub.AnalyzeStack(stack_request())

    found = {
        item.urn for item in response.diagnostics if item.policyName == "psa-connection-exists"
    }
    assert found == {urn(SQL, "named")}


def test_stack_rules_judge_the_inputs_and_the_stack_s_outputs(engine: Engine) -> None:
    engine.configure(password="value-of-the-password")
    engine.analyze({"autoCreateSubnetworks": False}, NETWORK, "vpc")
    unseen = analyzer_pb2.AnalyzerResource(
        type="gcp:redis/instance:Instance",
        urn=urn("gcp:redis/instance:Instance", "cache"),
        provider=PROVIDER,
    )
    seen = analyzer_pb2.AnalyzerResource(type=NETWORK, urn=urn(NETWORK, "vpc"), provider=PROVIDER)
    response = engine.stub.AnalyzeStack(
        stack_request(
            seen,
            unseen,
            leak="postgres://u:value-of-the-password@h",
            kept=Secret("value-of-the-password"),
        )
    )

    found = {item.policyName: item for item in response.diagnostics}
    assert found.keys() == {
        "serviceapis-enabled-complete",
        "stack-outputs-no-secrets",
        # Of the one that is kept.
        "stack-outputs-passwords-declared",
        "vpc-network-has-firewall",
    }
    assert {item.urn.rpartition("::")[2] for item in response.diagnostics} == {
        "vpc",
        "p-dev",
    }
    # It is judged on what `Analyze` brought, and on what was never analysed.
    assert (
        found["serviceapis-enabled-complete"]
        .message.splitlines()[0]
        .endswith("compute.googleapis.com (1 resource), redis.googleapis.com (1 resource)")
    )
    leak = found["stack-outputs-no-secrets"]
    assert leak.message.startswith(
        "has an output that exposes the secret config value p:password (leak)"
    )
    assert "value-of-the-password" not in leak.message


DISK = "gcp:compute/disk:Disk"


def judged_disk(engine: Engine) -> analyzer_pb2.AnalyzeResponse:
    """What the pack says at the end of a preview with a disk of 4 dollars."""
    engine.configure()
    engine.analyze({"size": 100, "zone": "us-central1-a"}, DISK, "data")
    disk = analyzer_pb2.AnalyzerResource(
        type=DISK, urn=urn(DISK, "data"), name="data", provider=PROVIDER
    )
    response: analyzer_pb2.AnalyzeResponse = engine.stub.AnalyzeStack(stack_request(disk))
    return response


def test_a_stack_over_its_budget_is_stopped_when_it_is_whole(
    engine: Engine, settings: Path
) -> None:
    settings.write_text("cost: {usage: {log_gib: 0}, budget: 3, machine_types: [e2-*]}\n")
    response = judged_disk(engine)

    [over] = [item for item in response.diagnostics if item.policyName == "cost-within-budget"]
    assert over.enforcementLevel == analyzer_pb2.MANDATORY
    assert over.urn == "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"
    assert over.message.startswith(
        "the expected cost is 1.00 over the budget of 3.00; most of it: data 4.00\n"
    )
    # What has no limit, or nothing to hide, is not applicable, and so not counted as passed.
    assert {item.policy_name for item in response.not_applicable} == {
        *("cost-increase-within-limit", "cost-share-within-limit", "cost-unpriced-within-limit"),
        *("credentials-generated-not-shown", "iam-service-account-key-not-output"),
        "secretmanager-reference-exists",
    }
    assert {item.reason for item in response.not_applicable} == {
        "nothing in this stack or its settings is covered by the rule"
    }


def test_a_stack_within_its_limits_passes(engine: Engine, settings: Path) -> None:
    settings.write_text("stacks: {dev: {cost: {usage: {log_gib: 0}, budget: 4}}}\n")
    response = judged_disk(engine)

    assert not [item for item in response.diagnostics if item.policyName.startswith("cost-")]
    assert "cost-within-budget" not in {item.policy_name for item in response.not_applicable}


def test_an_increase_against_the_base_of_the_settings_is_stopped(
    engine: Engine, settings: Path, tmp_path: Path
) -> None:
    figures = '{"low": "1", "expected": "2.5", "high": "3"}'
    base = f'{{"project": "p", "stack": "dev", "monthly": {figures}, "resources": []}}'
    (tmp_path / "base.json").write_text(base)
    limits = "usage: {log_gib: 0}, max_increase: 1, base: base.json"
    settings.write_text(f"stacks: {{dev: {{cost: {{{limits}}}}}}}\n")
    said = {item.policyName: item.message for item in judged_disk(engine).diagnostics}
    assert said["cost-increase-within-limit"].startswith(
        "the expected cost rises by 1.50, but only 1.00 is allowed\n"
    )


@pytest.mark.parametrize(
    ("content", "message"), [(None, "the file does not exist"), ("{}", "project: is missing")]
)
def test_a_base_that_is_none_is_refused_before_anything_is_judged(
    engine: Engine, settings: Path, tmp_path: Path, content: str | None, message: str
) -> None:
    settings.write_text("cost: {base: base.json}\n")
    if content is not None:
        (tmp_path / "base.json").write_text(content)
    with pytest.raises(grpc.RpcError) as refused:
        engine.configure()
    said = refused.value.details() or ""
    assert said.startswith(f"{tmp_path}/base.json: {message}")
    assert "\n" not in said


def test_the_rules_about_cost_are_introduced(engine: Engine, settings: Path) -> None:
    settings.write_text("rules: {cost-share-within-limit: advisory}\n")
    policies = {item.name: item for item in engine.configure().policies}

    assert policies["cost-within-budget"].policy_type == analyzer_pb2.POLICY_TYPE_STACK
    assert policies["cost-within-budget"].enforcementLevel == analyzer_pb2.MANDATORY
    assert policies["cost-share-within-limit"].enforcementLevel == analyzer_pb2.ADVISORY


def peered(network: Resource) -> Iterator[Violation]:
    """Because."""
    if not network.refers_to("description", NETWORK):
        yield network.fail("stands alone", at="description")


def broken(network: Resource) -> Iterator[Violation]:
    """Because."""
    raise ZeroDivisionError(network.get("description"))


def make(check: Any) -> Rule:
    return rule(severity="high", on=NETWORK, fix="Fix it.")(check)


@pytest.mark.usefixtures("unproven")
def test_a_rule_about_dependencies_is_asked_when_they_are_known() -> None:
    for _, engine in served([make(peered)], {}):
        engine.configure()
        alone = engine.stub.Analyze(analyze_request({"description": UNKNOWN}, NETWORK, "alone"))
        engine.stub.Analyze(analyze_request({"description": UNKNOWN}, NETWORK, "second"))
        first = urn(NETWORK, "alone")
        dependencies = analyzer_pb2.AnalyzerPropertyDependencies(urns=[first])
        response = engine.stub.AnalyzeStack(
            stack_request(
                analyzer_pb2.AnalyzerResource(type=NETWORK, urn=first),
                analyzer_pb2.AnalyzerResource(
                    type=NETWORK,
                    urn=urn(NETWORK, "second"),
                    dependencies=[first],
                    propertyDependencies={"description": dependencies},
                ),
            )
        )

        assert not alone.diagnostics
        assert [item.reason for item in alone.not_applicable] == [
            "decided once the whole stack is known"
        ]
        assert [item.urn for item in response.diagnostics] == [first]


@pytest.mark.usefixtures("unproven")
def test_a_rule_that_raises_stops_the_deployment() -> None:
    for _, engine in served([make(broken)], {}):
        engine.configure(key="value-of-the-key")
        [diagnostic] = engine.stub.Analyze(
            analyze_request({"description": "value-of-the-key"}, NETWORK)
        ).diagnostics

        assert diagnostic.enforcementLevel == analyzer_pb2.MANDATORY
        assert "the rule raised, which is a defect of the pack" in diagnostic.message
        assert "ZeroDivisionError: [secret p:key]" in diagnostic.message


@pytest.fixture
def started(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The pack as the engine starts it, with names lying about that it must not import."""
    for name in ("secrets", "pydantic", "policies", "grpc", "yaml"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module')\n")
    process = subprocess.Popen(
        [sys.executable, "-u", str(PACK / "__main__.py"), "127.0.0.1:1", str(PACK)],
        cwd=tmp_path,
        # The engine's own working directory is the project's; here it is the pack's alone.
        env={**os.environ, "PYTHONSAFEPATH": "", "PWD": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_the_port_comes_first_and_an_interrupt_ends_it_quietly(
    started: subprocess.Popen[str],
) -> None:
    assert started.stdout is not None
    line = started.stdout.readline()
    assert re.fullmatch(r"\d+\n", line), started.communicate()
    with grpc.insecure_channel(f"127.0.0.1:{line.strip()}") as channel:
        engine = Engine(analyzer_pb2_grpc.AnalyzerStub(channel))
        engine.configure()
        assert "sql-no-public-ip" in engine.analyze(PUBLIC)

    started.send_signal(signal.SIGINT)
    out, err = started.communicate()
    assert started.returncode == 0
    assert out == "apex: settings: the pack's defaults\n"
    assert err == ""


def test_cancelling_ends_it(started: subprocess.Popen[str]) -> None:
    assert started.stdout is not None
    with grpc.insecure_channel(f"127.0.0.1:{started.stdout.readline().strip()}") as channel:
        analyzer_pb2_grpc.AnalyzerStub(channel).Cancel(EMPTY)

    assert started.wait() == 0


def test_a_rule_that_fails_its_own_cases_judges_nothing() -> None:
    for _, engine in served([make(broken)], {}):
        engine.configure()
        assert engine.analyze({}, "gcp:compute/subnetwork:Subnetwork") == {}

        with pytest.raises(
            grpc.RpcError, match="the pack fails its own cases, so it judges nothin"
        ):
            engine.analyze({}, NETWORK)


def test_a_pack_that_is_not_written_to_its_end_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from apex_guardrails.analyzer import server as analyzer_server

    unfinished = replace(make(broken), fix="FILL IN")
    monkeypatch.setattr("apex_guardrails.pack.rules.all_rules", lambda: [unfinished])
    assert analyzer_server.serve() == 4
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "still says FILL IN" in printed.err


def test_what_settings_change_is_told_at_once_and_in_the_report(
    engine: Engine, settings: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.write_text(
        "reports: {directory: out, formats: [json]}\n"
        "rules: {sql-no-public-ip: disabled, sql-ssl-enforced: advisory}\n"
        "stacks: {pord: {rules: {}}, deev: {rules: {}}}\n"
    )
    engine.configure()

    said = capfd.readouterr().out
    assert "apex: 1 rule is off by settings, 1 of them critical: sql-no-public-ip\n" in said
    assert "apex: 1 rule is lowered to advice by settings, 0 of them critical: sql-ssl" in said

    more = analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.DISABLED)
    engine.stub.Configure(
        analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={"redis-auth-enabled": more})
    )
    engine.stub.AnalyzeStack(stack_request())

    left = read_judgement(settings.parent / "out/p.dev.json")
    assert [item.rule for item in left.changes if item.is_off] == [
        "sql-no-public-ip",
        "redis-auth-enabled",
    ]
    assert left.loosened[0] == "2 rules are off by settings, 1 of them critical"
    assert 'stacks.deev matches no stack of the project (dev), did you mean "dev"?' in left.notes
    assert not any("pord" in note for note in left.notes)


def test_reports_are_left_when_the_whole_stack_is_known(engine: Engine, settings: Path) -> None:
    settings.write_text(
        "reports: {directory: build/apex}\n"
        f"waivers:\n  - {{policy: sql-no-public-ip, resource: db, {SIGNED}}}\n"
    )
    engine.configure(password="value-of-the-password")
    engine.analyze(PUBLIC)
    engine.analyze(PUBLIC, name="value-of-the-password")
    folder = settings.parent / "build/apex"
    assert not folder.exists()
    engine.stub.AnalyzeStack(stack_request())

    assert sorted(file.name for file in folder.iterdir()) == [
        "p.dev.codequality.json",
        "p.dev.html",
        "p.dev.json",
        "p.dev.junit.xml",
        "p.dev.md",
        "p.dev.sarif",
        "p.dev.sast.json",
    ]
    left = read_judgement(folder / "p.dev.json")
    assert left.source is Source.ENGINE
    assert left.is_complete
    assert left.verdict is Verdict.REFUSED
    assert left.settings.file == "settings.yaml"
    assert left.exit_code == 1
    assert len(left.waived) == 1
    assert {item.rule for item in left.waived} == {"sql-no-public-ip"}
    assert "sql-ssl-enforced" in {item.rule for item in left.blocking}
    assert {item.type for item in left.resources} == {SQL, "pulumi:pulumi:Stack"}
    for file in folder.iterdir():
        assert "value-of-the-password" not in file.read_text(), file


@pytest.mark.usefixtures("unproven")
def test_reports_name_a_rule_that_raised(settings: Path) -> None:
    settings.write_text("reports: {directory: out, formats: [json]}\n")
    for _, engine in served([make(broken)], {SETTINGS_VARIABLE: str(settings)}):
        engine.configure(key="value-of-the-key")
        engine.analyze({"description": "value-of-the-key"}, NETWORK)
        engine.stub.AnalyzeStack(stack_request())

    left = read_judgement(settings.parent / "out/p.dev.json")
    assert left.verdict is Verdict.PACK_FAILED
    [error] = left.rule_errors
    assert "ZeroDivisionError: [secret p:key]" in error.error


def test_a_stack_that_the_engine_left_is_reported_as_incomplete(settings: Path) -> None:
    settings.write_text("reports: {directory: out, formats: [json]}\n")
    for analyzer, engine in served(list(all_rules()), {SETTINGS_VARIABLE: str(settings)}):
        engine.configure()
        engine.analyze(GOOD)
        engine.stub.Cancel(EMPTY)
        analyzer.close()

    left = read_judgement(settings.parent / "out/p.dev.json")
    assert not left.is_complete
    assert left.verdict is Verdict.INCOMPLETE
    assert "the engine ended before the whole stack was known" in left.notes[0]
    assert left.resources[0].dependencies is None


def test_reports_that_are_whole_are_not_replaced_at_the_end(settings: Path) -> None:
    settings.write_text("reports: {directory: out, formats: [json]}\n")
    for analyzer, engine in served(list(all_rules()), {SETTINGS_VARIABLE: str(settings)}):
        engine.configure()
        engine.stub.AnalyzeStack(stack_request())
        analyzer.close()
        assert read_judgement(settings.parent / "out/p.dev.json").is_complete


def test_reports_that_cannot_be_written_stop_no_deployment(
    engine: Engine, settings: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.write_text("reports: {directory: out}\n")
    (settings.parent / "out").write_text("a file")
    engine.configure()
    engine.analyze(PUBLIC)
    engine.stub.AnalyzeStack(stack_request())

    said = capfd.readouterr().out
    assert f"apex: warning: no reports were written: {settings.parent}/out/p.dev.json" in said
    assert (settings.parent / "out").read_text() == "a file"


def test_an_engine_that_is_gone_ends_it_with_an_incomplete_report(
    started: subprocess.Popen[str], tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: yaml\n")
    (tmp_path / "policy-pack.yaml").write_text("reports: {directory: out, formats: [json]}\n")
    assert started.stdout is not None
    line = started.stdout.readline()
    with grpc.insecure_channel(f"127.0.0.1:{line.strip()}") as channel:
        engine = Engine(analyzer_pb2_grpc.AnalyzerStub(channel))
        engine.configure()
        engine.analyze(PUBLIC)
    started.stdout.close()

    assert started.wait() == 0
    left = read_judgement(tmp_path / "out/p.dev.json")
    assert not left.is_complete
    assert left.project_file == "Pulumi.yaml"


def test_a_resource_under_another_types_urn_is_refused(engine: Engine) -> None:
    engine.configure()
    engine.analyze(PUBLIC)
    request = analyze_request({}, NETWORK)
    request.urn = urn(SQL)
    with pytest.raises(grpc.RpcError) as caught:
        engine.stub.Analyze(request)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.details() == (
        f"{urn(SQL)}: came with the type {NETWORK!r}, which is not the one in the URN"
    )
    whole = analyzer_pb2.AnalyzeStackRequest(
        resources=[analyzer_pb2.AnalyzerResource(type=NETWORK, urn=urn(SQL))]
    )
    # What is known under the URN is not asked for its type again.
    engine.stub.AnalyzeStack(whole)
    with pytest.raises(grpc.RpcError, match="is not the one in the URN"):
        engine.stub.AnalyzeStack(
            analyzer_pb2.AnalyzeStackRequest(
                resources=[analyzer_pb2.AnalyzerResource(type=NETWORK, urn="garbage")]
            )
        )


@pytest.mark.parametrize("levels", [150, 700])
def test_inputs_that_are_nested_deeply_are_judged(engine: Engine, levels: int) -> None:
    engine.configure()
    request = analyze_request(PUBLIC)
    request.properties.fields["labels"].CopyFrom(nested(levels))
    response = engine.stub.Analyze(request)
    assert "sql-no-public-ip" in {item.policyName for item in response.diagnostics}
    assert not [item for item in response.diagnostics if "defect" in item.message]
    unknown = analyzer_pb2.AnalyzerProviderResource(
        type="pulumi:providers:gcp", urn="other", properties=write_struct({"project": UNKNOWN})
    )
    request.provider.CopyFrom(unknown)
    with pytest.raises(grpc.RpcError) as caught:
        engine.stub.Analyze(request)
    assert caught.value.details() == (
        f"{urn(SQL)}: an input is nested more than 100 levels deep, which no Google input is"
    )


def nested(levels: int) -> struct_pb2.Value:
    """A list in a list in a list."""
    value = struct_pb2.Value(string_value="x")
    for _ in range(levels):
        outer = struct_pb2.Value()
        outer.list_value.values.append(value)
        value = outer
    return value


def levels_of(engine: Engine) -> set[int]:
    response = engine.stub.Analyze(analyze_request(PUBLIC))
    return {
        item.enforcementLevel
        for item in response.diagnostics
        if item.policyName == "sql-no-public-ip"
    }


@pytest.mark.parametrize(
    ("tags", "level"),
    [
        ({"environment": "production"}, analyzer_pb2.ADVISORY),
        ({"environment": "review"}, analyzer_pb2.MANDATORY),
        ({}, analyzer_pb2.MANDATORY),
    ],
)
def test_a_section_of_a_tag_counts_where_the_engine_names_it(
    engine: Engine, settings: Path, tags: dict[str, str], level: int
) -> None:
    settings.write_text("stacks: {tag:environment=prod*: {rules: {sql-no-public-ip: advisory}}}\n")
    engine.stub.ConfigureStack(
        analyzer_pb2.AnalyzerStackConfigureRequest(stack="dev", project="p", tags=tags)
    )
    told = {item.name: item for item in engine.stub.GetAnalyzerInfo(EMPTY).policies}
    assert told["sql-no-public-ip"].enforcementLevel == level
    assert levels_of(engine) == {level}


def given_back(engine: Engine, **own: analyzer_pb2.PolicyConfig) -> None:
    """What the engine does before it analyses a state: it names no stack (3.259)."""
    engine.stub.Handshake(analyzer_pb2.AnalyzerHandshakeRequest(engine_address="e"))
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    for item in engine.stub.GetAnalyzerInfo(EMPTY).policies:
        request.policyConfig[item.name].enforcementLevel = item.enforcementLevel
    for name, config in own.items():
        request.policyConfig[name.replace("_", "-")].CopyFrom(config)
    engine.stub.Configure(request)


def test_a_stack_that_is_not_named_is_the_one_in_the_urn(engine: Engine, settings: Path) -> None:
    settings.write_text("stacks: {dev: {rules: {sql-no-public-ip: advisory}}}\n")
    given_back(engine)
    assert levels_of(engine) == {analyzer_pb2.ADVISORY}


def test_what_the_engine_configures_of_such_a_stack_counts(engine: Engine, settings: Path) -> None:
    settings.write_text(
        "stacks: {dev: {rules: {sql-no-public-ip: advisory, labels-required-keys: mandatory}}}\n"
    )
    own = analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.DISABLED)
    keys = analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.ADVISORY)
    keys.properties.update({"keys": ["team"]})
    given_back(engine, sql_no_public_ip=own, labels_required_keys=keys)
    assert levels_of(engine) == set()
    assert "team" in engine.analyze(PUBLIC)["labels-required-keys"]
