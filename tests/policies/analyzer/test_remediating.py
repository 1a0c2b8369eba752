"""What the pack sets on the engine's messages where settings ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2

from apex_guardrails.analyzer.service import Analyzer
from apex_guardrails.judgement.versions import read_judgement
from apex_guardrails.model import UNKNOWN
from apex_guardrails.model.value import Asset, Secret
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import SETTINGS_VARIABLE
from apex_guardrails.wire import OUTPUT, SIGNATURE, WireMapping, plain, write, write_struct
from tests.policies.analyzer.serving import serving
from tests.policies.analyzer.test_service import Engine, analyze_request, urn
from tests.policies.judged import SOON

BUCKET = "gcp:storage/bucket:Bucket"
UNIFORM = "storage-uniform-access"
SSL = "sql-ssl-enforced"
LABELS = "labels-required-keys"
ON = """
rules:
  storage-uniform-access: {remediate: true, level: mandatory}
  storage-public-access-prevention: {remediate: true}
  sql-ssl-enforced: {remediate: true, level: advisory}
  labels-required-keys:
    remediate: true
    parameters: {keys: [owner, team], values: {owner: platform, team: shop}}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "settings.yaml"
    path.write_text(f"{ON}reports: {{directory: out, formats: [json]}}\n")
    return path


@pytest.fixture
def served(settings: Path) -> Iterator[tuple[Analyzer, Engine]]:
    analyzer = Analyzer(all_rules(), {SETTINGS_VARIABLE: str(settings)})
    with serving(analyzer) as stub:
        yield analyzer, Engine(stub)


@pytest.fixture
def engine(served: tuple[Analyzer, Engine]) -> Engine:
    served[1].configure()
    return served[1]


def remedied(
    engine: Engine, request: analyzer_pb2.AnalyzeRequest
) -> tuple[list[str], struct_pb2.Struct]:
    """The rules whose remedies are applied, and the properties after the last one."""
    found = engine.stub.Remediate(request).remediations
    return [item.policyName for item in found], (
        found[-1].properties if found else request.properties
    )


def read(properties: struct_pb2.Struct) -> Any:
    return plain(WireMapping(properties))


LABELLED = {"labels": {"owner": "me", "team": "us"}}
GOOD = {**LABELLED, "publicAccessPrevention": "enforced"}


def test_the_value_is_set_and_the_rest_is_as_it_was(engine: Engine) -> None:
    token = UNKNOWN
    inputs = {
        **GOOD,
        "location": UNKNOWN,
        "website": Secret({"mainPageSuffix": "a"}),
        "cors": [{"origins": [token, "b"]}, Asset(text="a file"), None, 1.5],
    }
    rules, after = remedied(engine, analyze_request(inputs, BUCKET, "data"))

    assert rules == [UNIFORM]
    assert read(after).pop("uniformBucketLevelAccess") is True
    del after.fields["uniformBucketLevelAccess"]
    assert after == write_struct(inputs)


def test_each_rule_has_a_step_of_its_own(engine: Engine) -> None:
    response = engine.stub.Remediate(analyze_request({}, BUCKET, "data"))

    assert {item.policyName for item in response.remediations} == {
        UNIFORM,
        "storage-public-access-prevention",
        LABELS,
    }
    sizes = [len(item.properties.fields) for item in response.remediations]
    assert sizes == [1, 2, 3]
    assert all(item.description and not item.diagnostic for item in response.remediations)
    assert read(response.remediations[-1].properties) == {
        "uniformBucketLevelAccess": True,
        "publicAccessPrevention": "enforced",
        "labels": {"owner": "platform", "team": "shop"},
    }


def test_a_value_that_is_there_is_replaced_where_it_stands(engine: Engine) -> None:
    inputs = {
        "settings": {
            "userLabels": {"owner": "me", "team": "us"},
            "ipConfiguration": {"sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED", "other": UNKNOWN},
        }
    }
    rules, after = remedied(engine, analyze_request(inputs))

    assert rules == [SSL]
    assert read(after)["settings"]["ipConfiguration"] == {
        "sslMode": "ENCRYPTED_ONLY",
        "other": UNKNOWN,
    }


@pytest.mark.parametrize(
    "inside",
    [
        {SIGNATURE: OUTPUT, "value": "ALLOW_UNENCRYPTED_AND_ENCRYPTED", "dependencies": ["urn"]},
        Secret("ALLOW_UNENCRYPTED_AND_ENCRYPTED"),
    ],
)
def test_marks_stay_around_a_value(engine: Engine, inside: Any) -> None:
    settings = {"userLabels": {"owner": "me", "team": "us"}, "ipConfiguration": {"sslMode": inside}}
    before = write_struct({"settings": settings})
    request = analyze_request({})
    request.properties.CopyFrom(before)

    rules, after = remedied(engine, request)

    assert rules == [SSL]
    expected = write(inside)
    expected.struct_value.fields["value"].string_value = "ENCRYPTED_ONLY"
    there = after.fields["settings"].struct_value.fields["ipConfiguration"].struct_value
    assert there.fields["sslMode"] == expected


def test_what_is_missing_above_a_value_is_made(engine: Engine) -> None:
    labels = {"userLabels": {"owner": "me", "team": "us"}}
    for settings in (labels, {**labels, "ipConfiguration": None}):
        rules, after = remedied(engine, analyze_request({"settings": settings}))
        assert rules == [SSL]
        assert read(after)["settings"]["ipConfiguration"] == {"sslMode": "ENCRYPTED_ONLY"}


def test_the_provider_does_not_take_the_value_for_its_own(engine: Engine) -> None:
    inputs = {
        **GOOD,
        "uniformBucketLevelAccess": False,
        "__defaults": ["uniformBucketLevelAccess", "storageClass"],
    }
    _, after = remedied(engine, analyze_request(inputs, BUCKET, "data"))

    assert read(after)["__defaults"] == ["storageClass"]


@pytest.mark.parametrize(
    "inputs",
    [
        {**GOOD, "uniformBucketLevelAccess": True},
        {**GOOD, "uniformBucketLevelAccess": UNKNOWN},
        {**GOOD, "uniformBucketLevelAccess": Secret(UNKNOWN)},
    ],
)
def test_what_passes_or_is_not_known_is_left_alone(
    engine: Engine, inputs: Mapping[str, Any]
) -> None:
    assert remedied(engine, analyze_request(inputs, BUCKET, "data"))[0] == []


def test_what_nothing_can_be_set_in_is_left_alone(engine: Engine) -> None:
    for settings in ("text", ["list"], UNKNOWN, Asset(text="t")):
        rules, _ = remedied(engine, analyze_request({"settings": settings}))
        assert SSL not in rules


def test_ignored_changes_stay_ignored(engine: Engine) -> None:
    request = analyze_request(GOOD, BUCKET, "data")
    request.options.ignoreChanges.append("uniformBucketLevelAccess")

    assert remedied(engine, request)[0] == []


def test_what_somebody_answers_for_is_left_alone(
    served: tuple[Analyzer, Engine], settings: Path
) -> None:
    settings.write_text(
        f"{ON}waivers:\n  - {{policy: {UNIFORM}, resource: shared, owner: team-data, "
        "reason: A partner needs the lists of single objects until the move is done., "
        "expires: "
        f"{SOON}}}\n"
    )
    engine = served[1]
    engine.configure()

    assert remedied(engine, analyze_request(GOOD, BUCKET, "shared"))[0] == []
    assert remedied(engine, analyze_request(GOOD, BUCKET, "data"))[0] == [UNIFORM]


def test_other_types_are_not_looked_at(engine: Engine) -> None:
    assert remedied(engine, analyze_request({}, "random:index/randomId:RandomId", "r"))[0] == []


def test_labels_that_replace_a_resource_are_not_set(engine: Engine) -> None:
    mapping = "gcp:cloudrun/domainMapping:DomainMapping"
    assert remedied(engine, analyze_request({"metadata": {}}, mapping, "m"))[0] == []


def test_the_engine_is_told_the_level_and_what_a_violation_does_stays(engine: Engine) -> None:
    info = {item.name: item.enforcementLevel for item in engine.configure().policies}
    assert {name for name, level in info.items() if level == analyzer_pb2.REMEDIATE} == {
        UNIFORM,
        "storage-public-access-prevention",
        SSL,
        LABELS,
    }
    # It gives back what it was told.
    engine.stub.Configure(
        analyzer_pb2.ConfigureAnalyzerRequest(
            policyConfig={
                name: analyzer_pb2.PolicyConfig(enforcementLevel=level)
                for name, level in info.items()
            }
        )
    )

    assert remedied(engine, analyze_request(GOOD, BUCKET, "data"))[0] == [UNIFORM]
    found = engine.stub.Analyze(analyze_request({"settings": {}})).diagnostics
    levels = {item.policyName: item.enforcementLevel for item in found}
    assert levels[SSL] == analyzer_pb2.ADVISORY
    found = engine.stub.Analyze(analyze_request(GOOD, BUCKET, "data")).diagnostics
    assert {item.policyName: item.enforcementLevel for item in found}[UNIFORM] == (
        analyzer_pb2.MANDATORY
    )


@pytest.mark.parametrize(
    ("level", "rules"),
    [
        (analyzer_pb2.REMEDIATE, [UNIFORM]),
        (analyzer_pb2.MANDATORY, []),
        (analyzer_pb2.ADVISORY, []),
        (analyzer_pb2.DISABLED, []),
    ],
)
def test_the_engine_s_own_configuration_turns_it_on_and_off(
    engine: Engine, level: analyzer_pb2.EnforcementLevel.ValueType, rules: list[str]
) -> None:
    engine.stub.Configure(
        analyzer_pb2.ConfigureAnalyzerRequest(
            policyConfig={UNIFORM: analyzer_pb2.PolicyConfig(enforcementLevel=level)}
        )
    )
    assert remedied(engine, analyze_request(GOOD, BUCKET, "data"))[0] == rules


def test_the_report_names_what_differs(
    served: tuple[Analyzer, Engine], settings: Path, engine: Engine
) -> None:
    inputs = {**GOOD, "uniformBucketLevelAccess": Secret(value=False)}
    request = analyze_request(inputs, BUCKET, "data")
    _, after = remedied(engine, request)
    request.properties.CopyFrom(after)
    found = engine.stub.Analyze(request).diagnostics
    assert UNIFORM not in {item.policyName for item in found}
    served[0].close()

    [item] = read_judgement(settings.parent / "out/p.dev.json").remediations
    assert (item.rule, item.urn) == (UNIFORM, urn(BUCKET, "data"))
    assert item.text == (
        f"{BUCKET} data: uniformBucketLevelAccess is true, and in the program secret"
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text() | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(), inner, max_size=3)
        | inner.map(Secret)
    ),
    max_leaves=8,
)


@given(settings=json_values, beside=json_values)
def test_any_input_but_the_one_survives(settings: Any, beside: Any) -> None:
    analyzer = Analyzer(all_rules(), {SETTINGS_VARIABLE: str(_ON_DISK)})
    analyzer.configure_stack(analyzer_pb2.AnalyzerStackConfigureRequest(stack="dev", project="p"))
    request = analyze_request({"settings": settings, "beside": beside})
    before = write_struct({"settings": settings, "beside": beside})

    for item in analyzer.remediate(request).remediations:
        assert item.properties.fields["beside"] == before.fields["beside"]
        assert item.properties != before
    assert request.properties == before


_ON_DISK = Path(__file__).with_name("remediating.yaml")
