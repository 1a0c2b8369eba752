"""What is read of the engine's event log."""

from __future__ import annotations

from pathlib import Path

import pytest

from apex_guardrails.decide import decide
from apex_guardrails.model import UNKNOWN, Secret
from apex_guardrails.model.view import DependenciesUnknownError
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import PolicyPackSettings, enforce
from apex_guardrails.sources.from_file import FileForm
from apex_guardrails.support.errors import UsageError
from tests.policies.sources.previews.files import CONFIG, events, named, step, told
from tests.policies.sources.previews.test_digest import UNKNOWN_TEXT
from tests.policies.state_files import NETWORK, USER, encrypted, urn

MEMBER = "gcp:projects/iAMMember:IAMMember"


def test_a_log(tmp_path: Path) -> None:
    lines = events(
        step(NETWORK, "vpc", {"name": "vpc"}),
        step(USER, "u", {"password": encrypted("[secret]")}),
        url=UNKNOWN_TEXT,
    )
    read = told(tmp_path, lines)
    assert (read.form, read.is_complete) == (FileForm.PULUMI_EVENTS, True)
    assert (read.stack.name, read.stack.project) == ("dev", "judged")
    assert named(read, "u").value == {"password": Secret(UNKNOWN)}
    assert named(read, "vpc").custom
    assert not named(read, "judged-dev").custom
    assert read.stack.outputs is not None
    assert read.stack.outputs.value == {"url": UNKNOWN}
    with pytest.raises(DependenciesUnknownError):
        _ = named(read, "vpc").dependencies


def test_a_rule_that_asks_for_dependencies_is_undecided_with_the_reason(tmp_path: Path) -> None:
    member = {"project": "p", "role": "roles/viewer", "member": UNKNOWN_TEXT}
    read = told(tmp_path, events(step(MEMBER, "m", member)))
    decision = decide(read.stack, enforce(PolicyPackSettings(), known_rules(), "dev"))
    assert not decision.errors
    [finding] = [it for it in decision.findings if it.rule.id == "iam-no-public-members"]
    assert finding.message == (
        "cannot be decided before deployment: the engine's event log does not say what depends on "
        "what"
    )
    assert finding.fix == (
        "Judge the output of pulumi preview --json, which does, or set the rule's `undecided` "
        "level in policy-pack.yaml."
    )


def test_a_log_that_ends_early_or_of_a_failure(tmp_path: Path) -> None:
    cut = told(tmp_path, events(step(NETWORK, "vpc"), ended=False))
    assert not cut.is_complete
    assert cut.errors == ["the preview was ended before it was done, or its file was cut off"]
    lines = events(step(NETWORK, "vpc"))
    said = {"severity": "error", "message": "it broke"}
    lines[1:1] = [
        {"sequence": 1, "timestamp": 1, "diagnosticEvent": said},
        {"sequence": 1, "timestamp": 1, "diagnosticEvent": {"severity": "debug", "message": "d"}},
        {
            "sequence": 1,
            "timestamp": 1,
            "diagnosticEvent": {"severity": "info", "message": "e", "ephemeral": True},
        },
    ]
    lines[-2]["summaryEvent"]["result"] = "failed"
    failed = told(tmp_path, lines)
    assert (failed.errors, failed.output, failed.is_complete) == (["it broke"], [], False)


def test_of_an_update_the_last_part_counts(tmp_path: Path) -> None:
    read = told(tmp_path, [*events(step(NETWORK, "planned")), *events(step(NETWORK, "made"))])
    assert {item.name for item in read.stack.deployed()} == {"made"}


def test_one_event_alone(tmp_path: Path) -> None:
    file = told(tmp_path, events()[:1])
    assert file.form is FileForm.PULUMI_EVENTS
    assert not file.is_complete
    assert file.stack.config == {key: CONFIG[key] for key in CONFIG if key != "gcp:accessToken"}


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"resourcePreEvent": {}}, "line 2: resourcePreEvent: metadata: expected an object, not"),
        (
            {"resourcePreEvent": {"metadata": {"op": "create"}}},
            "line 2: resourcePreEvent: metadata: urn: expected a text, not nothing",
        ),
        ({"summaryEvent": {"resourceChanges": 1}}, "line 2: summaryEvent: resourceChanges: expect"),
        ({"diagnosticEvent": 1}, "line 2: diagnosticEvent: expected an object, not a number"),
    ],
)
def test_what_is_no_event_of_the_engines(
    tmp_path: Path, event: dict[str, object], said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        told(tmp_path, [events()[0], {"sequence": 1, "timestamp": 1, **event}])
    assert str(caught.value).startswith(f"{tmp_path}/preview.json: {said}")


def test_a_resource_that_comes_to_be_and_goes(tmp_path: Path) -> None:
    gone = {"op": "delete", "urn": urn(NETWORK, "vpc"), "newState": None}
    read = told(tmp_path, events(step(NETWORK, "vpc", op="refresh"), gone))
    assert list(read.stack.deployed()) == []
