"""A rule that is about one of two twins is about the other, too, or it is written down why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

import pytest

from apex_guardrails.gcp.twins import TWINS
from apex_guardrails.model import Rule
from apex_guardrails.provider.schema import tokens
from apex_guardrails.rules import all_rules

OWN = "each of the two has a rule of its own"
GLOBAL = "the regional one has no such input"
ANNOTATED = "the first version says it by an annotation, which no rule reads"
EXCEPT: Mapping[str, str] = {
    "armor-adaptive-protection": GLOBAL,
    "functions-https-only": "the second generation has no such input",
    "lb-cdn-no-forced-caching": "Cloud CDN is a part of global load balancers",
    "lb-global-forwarding-rule-https": OWN,
    "lb-no-early-data": GLOBAL,
    "lb-regional-forwarding-rule-https": OWN,
    "psa-range-not-overlapping": "a range for private services access is global, never regional",
    "run-binary-authorization": ANNOTATED,
    "run-cmek-encrypted": ANNOTATED,
    "run-default-url-disabled": ANNOTATED,
    "run-health-check-on": "the first version has no such input",
    "run-no-breakglass": ANNOTATED,
    "run-ssh-disabled": "the first version has no such input",
    "vpc-psc-for-google-apis": "an endpoint for all of Google's APIs is a global forwarding rule",
    "vpc-network-has-firewall": "the first version names its networks in the text of an annotation",
}
"""Rules that are about one of two twins, with the reason."""


def about(rule: Rule) -> Sequence[str]:
    if isinstance(rule.on, str):
        return (rule.on,)
    return () if callable(rule.on) else tuple(rule.on)


def test_all_twins_are_types_of_the_provider() -> None:
    known = set(tokens())
    assert not [token for pair in TWINS for token in pair if token not in known]


def alone(rule: Rule) -> list[str]:
    """The types that a rule knows without their twin."""
    types = set(about(rule))
    return [
        pair[0] if pair[0] in types else pair[1] for pair in TWINS if len(types & set(pair)) == 1
    ]


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in all_rules()])
def test_a_rule_is_about_both_twins_or_says_why_not(rule: Rule) -> None:
    assert bool(alone(rule)) == (rule.id in EXCEPT), alone(rule)


def test_what_the_network_is_read_from_has_both_twins() -> None:
    for name in ("endpoints", "forwarding", "hosts", "firewall_policies", "entrances"):
        content = vars(import_module(f"apex_guardrails.network.{name}"))
        types = {item for value in content.values() for item in _tokens(value)}
        assert not [pair for pair in TWINS if len(types & set(pair)) == 1], name


def _tokens(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("gcp:"):
        yield value
    elif isinstance(value, Mapping):
        yield from (item for key in value for item in _tokens(key))
    elif isinstance(value, tuple):
        yield from (item for element in value for item in _tokens(element))
