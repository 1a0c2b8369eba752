"""One line of advice instead of what some rules would say of every resource.

Which labels a resource must carry and where it may be is a matter of the house: without settings
nobody is held to another one's style, but what could be asked for is said once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from apex_guardrails.gcp.labels import has_label
from apex_guardrails.model import Resource, Rule, Stack, UndecidedError
from apex_guardrails.model.phrases import counted
from apex_guardrails.settings.policy_pack import PolicyPackSettings, unnamed

LABELS: Final = "labels-required-keys"
REGIONS: Final = "locations-allowed-regions"


def find_advice(settings: PolicyPackSettings, rules: Iterable[Rule], stack: Stack) -> list[str]:
    """What a stack could be asked for if settings said so: one line, or none.

    Args:
        settings: those that count.
        rules: all that there are.
        stack: once it is whole.
    """
    by_token: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in stack:
        by_token[resource.type.token].append(resource)
    said = [
        text
        for rule in unnamed(settings, rules, stack.name)
        for text in _said(
            rule,
            [item for same in by_token.values() if rule.is_about(same[0].type) for item in same],
        )
    ]
    if not said:
        return []
    return [f"{'; '.join(said)}; `apex init` writes a policy-pack.yaml to fill in"]


def _said(rule: Rule, resources: list[Resource]) -> Iterator[str]:
    count = len(resources)
    if rule.id == LABELS:
        bare = sum(map(_has_no_label, resources))
        if bare:
            yield (
                f"no labels are required, and {bare:,} of {count:,} resources have none "
                f"({LABELS}.keys)"
            )
    elif rule.id == REGIONS and resources:
        yield f"any region is allowed for {counted(count, 'resource')} ({REGIONS}.regions)"


def _has_no_label(resource: Resource) -> bool:
    try:
        return not has_label(resource)
    except UndecidedError:
        return False
