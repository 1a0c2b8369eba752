"""Every rule is what its file says: its cases, its paths, its defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from pulumi._types import input_type_types
from pulumi_gcp import ProviderArgs

from apex_guardrails.model import Outcome, Resource, Rule, Violation
from apex_guardrails.model.services import service_of
from apex_guardrails.model.value import join_path, parse_path, unwrap
from apex_guardrails.provider import Field, type_schema
from apex_guardrails.provider.schema import resource_type, tokens
from apex_guardrails.rules import all_rules
from apex_guardrails.testing import run_cases
from tests.policies.rules.reads import Reads, reads_of
from tests.policies.rules.sdk_types import has_input

RULES = [pytest.param(rule, id=rule.id) for rule in all_rules()]


@pytest.fixture
def reads(rule: Rule) -> Reads:
    return reads_of(rule)


@pytest.mark.parametrize("rule", RULES)
def test_every_case_goes_as_it_says(rule: Rule) -> None:
    assert list(map(str, run_cases([rule]))) == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_cases_that_pass_and_cases_that_fail(rule: Rule) -> None:
    outcomes = {case.outcome for case in rule.cases}

    assert {Outcome.PASSES, Outcome.FAILS} <= outcomes


@pytest.mark.parametrize("rule", RULES)
def test_whatever_a_rule_needs_is_omitted_in_one_case_and_undecided_in_another(
    reads: Reads,
) -> None:
    by_path: dict[str, set[str]] = {}
    for (_, path), states in reads.states.items():
        # Elements of a list that is read are there, so only what is in them can be left out.
        if not path.endswith("[]"):
            by_path.setdefault(path, set()).update(states)
    missing = [
        f"{path} is never {state}"
        for path, states in by_path.items()
        for state in ("known", "omitted", f"unknown and {Outcome.UNDECIDED}")
        if state not in states
    ]
    assert not missing


@pytest.mark.parametrize("rule", RULES)
def test_every_path_that_a_rule_reads_is_one_of_the_sdk(reads: Reads) -> None:
    for token, path in reads.seen:
        if token.startswith("gcp:") and path:
            assert has_input(token, path), f"{token} has no {path}"


def test_a_rule_that_misspells_a_path_is_seen() -> None:
    [no_public_ip] = [rule for rule in all_rules() if rule.id == "sql-no-public-ip"]

    def misspelt(instance: Resource) -> Iterator[Violation]:
        instance.is_set("settings.ipConfiguration.ipv4enabled")
        yield from no_public_ip.check(instance)

    seen = reads_of(replace(no_public_ip, check=misspelt)).seen
    assert [path for token, path in sorted(seen) if path and not has_input(token, path)] == [
        "settings.ipConfiguration.ipv4enabled"
    ]


@pytest.mark.parametrize("rule", RULES)
def test_every_input_of_a_case_is_one_of_the_sdk(rule: Rule) -> None:
    for resource in (resource for case in rule.cases for resource in case.resources):
        token = resource.token or rule.type_token or ""
        if token.startswith("gcp:"):
            for path in _paths(resource.inputs):
                assert has_input(token, path), f"{token} has no {path}"
            for name in resource.provider:
                assert name in input_type_types(ProviderArgs)


def _paths(value: Any, path: str = "") -> Iterator[str]:
    """Everything that a value gives, what is empty too."""
    value = unwrap(value)
    if path:
        yield path
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _paths(member, join_path(path, name))
    elif isinstance(value, list | tuple):
        for index, element in enumerate(value):
            yield from _paths(element, join_path(path, index))


@pytest.mark.parametrize("rule", RULES)
def test_a_default_in_a_rule_is_the_provider_s(rule: Rule, reads: Reads) -> None:
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
    *_, folder, file = rule.module.split(".")
    if rule.own_cases is None:
        assert rule.id == file.replace("_", "-")
    assert rule.service == service_of(rule.id)
    assert folder in {rule.service, "families"}
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
