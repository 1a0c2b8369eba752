"""One line of advice instead of what some rules would say of every resource.

Which labels a resource must carry and where it may be is a matter of the house: without settings
nobody is held to another one's style, but what could be asked for is said once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from apex_guardrails.gcp.labels import has_label
from apex_guardrails.model import Resource, Rule, Stack, UndecidedError
from apex_guardrails.model.phrases import counted
from apex_guardrails.settings.policy_pack import PolicyPackSettings, unnamed

LABELS: Final = "labels-required-keys"
REGIONS: Final = "locations-allowed-regions"


class HouseStyle:
    """What the resources of a stack could be asked for if settings said so.

    Args:
        settings: those that count.
        rules: all that there are.
        stack: its name.
    """

    def __init__(self, settings: PolicyPackSettings, rules: Iterable[Rule], stack: str) -> None:
        self._unnamed = {rule.id: rule for rule in unnamed(settings, rules, stack)}
        self._is_bare: dict[Resource, bool] = {}

    def look_at(self, resource: Resource) -> bool:
        """Whether a resource has none of the labels that it could have.

        Once it was looked at, it is known: for whoever has its inputs at hand only now.
        """
        is_bare = self._is_bare.get(resource)
        if is_bare is None:
            rule = self._unnamed.get(LABELS)
            is_about = rule is not None and rule.is_about(resource.type)
            is_bare = self._is_bare[resource] = is_about and _has_no_label(resource)
        return is_bare

    def advice(self, stack: Stack) -> list[str]:
        """One line, or none, once the stack is whole."""
        said = [text for rule in self._unnamed.values() for text in self._said(rule, stack)]
        if not said:
            return []
        return [f"{'; '.join(said)}; `apex init` writes a policy-pack.yaml to fill in"]

    def _said(self, rule: Rule, stack: Stack) -> Iterator[str]:
        types = Counter(resource.type for resource in stack)
        count = sum(number for kind, number in types.items() if rule.is_about(kind))
        if rule.id == LABELS:
            bare = sum(map(self.look_at, stack))
            if bare:
                yield (
                    f"no labels are required, and {bare:,} of {count:,} resources have none "
                    f"({LABELS}.keys)"
                )
        elif rule.id == REGIONS and count:
            yield f"any region is allowed for {counted(count, 'resource')} ({REGIONS}.regions)"


def _has_no_label(resource: Resource) -> bool:
    try:
        return not has_label(resource)
    except UndecidedError:
        return False
