"""Every rule is what its file says: its cases, its paths, its defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from policies.model import UNKNOWN, Outcome, Rule, View
from policies.model.case import Case
from policies.model.value import leaves, parse_path
from policies.provider import Field, type_schema
from policies.provider.schema import resource_type, tokens
from policies.rules import all_rules
from policies.testing import run_case
from tests.policies.rules.sdk_types import has_input

RULES = [pytest.param(rule, id=rule.id) for rule in all_rules()]
CASES = [
    pytest.param(rule, case, id=f"{rule.id}-{number}")
    for rule in all_rules()
    for number, case in enumerate(rule.cases, start=1)
]

ABSENT = object()


@dataclass
class Reads:
    """What a rule asked for while its cases ran, by resource type and path without indices."""

    states: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    omitted: dict[tuple[str, str], Any] = field(default_factory=dict)
    undecided: set[tuple[str, str]] = field(default_factory=set)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    recorded = Reads()
    get = View.get

    def recording(view: View, path: str, *, omitted: Any = None) -> Any:
        whole = re.sub(r"\[\d+\]", "[]", view._at(path))
        key = (view.resource.type.token, whole)
        value = get(view, path, omitted=ABSENT) if _is_known(view, path) else UNKNOWN
        state = "unknown" if value is UNKNOWN else "omitted" if value is ABSENT else "known"
        recorded.states.setdefault(key, set()).add(state)
        if omitted not in (None, (), {}):
            recorded.omitted[key] = omitted
        return get(view, path, omitted=omitted)

    monkeypatch.setattr(View, "get", recording)
    return recorded


def _is_known(view: View, path: str) -> bool:
    return view._read(path)[0] is not UNKNOWN


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_case_goes_as_it_says(rule: Rule, case: Case) -> None:
    outcome, decision = run_case(rule, case)

    assert not decision.errors
    assert outcome is case.outcome


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_cases_that_pass_and_cases_that_fail(rule: Rule) -> None:
    outcomes = {case.outcome for case in rule.cases}

    assert {Outcome.PASSES, Outcome.FAILS} <= outcomes


@pytest.mark.parametrize("rule", RULES)
def test_whatever_a_rule_reads_is_omitted_in_one_case_and_unknown_in_another(
    rule: Rule, reads: Reads
) -> None:
    for case in rule.cases:
        run_case(rule, case)

    # Elements of a list that is read are there, so only what is in them can be left out.
    read = {key: states for key, states in reads.states.items() if not key[1].endswith("[]")}
    by_path: dict[str, set[str]] = {}
    for (_, path), states in read.items():
        by_path.setdefault(path, set()).update(states)
    missing = [
        f"{path} is never {state}"
        for path, states in by_path.items()
        for state in ("omitted", "unknown")
        if state not in states
    ]
    assert not missing


@pytest.mark.parametrize("rule", RULES)
def test_every_path_that_a_rule_reads_is_one_of_the_sdk(rule: Rule, reads: Reads) -> None:
    for case in rule.cases:
        run_case(rule, case)

    for token, path in reads.states:
        if token.startswith("gcp:"):
            assert has_input(token, path), f"{token} has no {path}"


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_every_input_of_a_case_is_one_of_the_sdk(rule: Rule, case: Case) -> None:
    for resource in case.resources:
        token = resource.token or rule.type_token or ""
        if token.startswith("gcp:"):
            for leaf in leaves(resource.inputs):
                assert has_input(token, leaf.path), f"{token} has no {leaf.path}"


@pytest.mark.parametrize("rule", RULES)
def test_a_default_in_a_rule_is_the_provider_s(rule: Rule, reads: Reads) -> None:
    for case in rule.cases:
        run_case(rule, case)

    for (token, path), omitted in reads.omitted.items():
        default = _default(token, path)
        if default is not None:
            assert default == omitted, f"{rule.id}: {path} is {default} when omitted"


def _default(token: str, path: str) -> Any:
    schema = type_schema(token)
    fields: Mapping[str, Field] = schema.fields if schema else {}
    found = Field()
    for step in parse_path(path.replace("[]", "")):
        found = fields.get(str(step), Field())
        fields = found.get("fields", {})
    return found.get("default")


def test_the_test_of_defaults_sees_a_default() -> None:
    instance = "gcp:sql/databaseInstance:DatabaseInstance"
    assert _default(instance, "settings.availabilityType") == "ZONAL"
    assert _default(instance, "settings.databaseFlags[].name") is None


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_it_is(rule: Rule) -> None:
    *_, service, file = rule.module.split(".")
    assert rule.id == file.replace("_", "-")
    assert rule.service == service
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")
    assert all(re.fullmatch(r"[a-z0-9.-]+:\S+", control) for control in rule.controls)


def test_ids_are_unique() -> None:
    ids = [rule.id for rule in all_rules()]
    assert ids == sorted(set(ids))


def test_what_the_provider_says_of_credentials_and_labels_is_known_to_the_sdk() -> None:
    checked = 0
    for token in tokens():
        kind = resource_type(token)
        for path in (*kind.sensitive, *([kind.labels] if kind.labels else [])):
            try:
                assert has_input(token, path), f"{token} has no {path}"
            except (AttributeError, ModuleNotFoundError):
                continue  # the SDK has dropped the type
            checked += 1
    assert checked > 500
