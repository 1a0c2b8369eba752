"""What no rule could look at in a stack, and why: counts by type, not a line for each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from policies.model import ANY_TYPE, EnforcedRule, EnforcementLevel, ResourceType, Stack

MOST: Final = 8
"""Types that are named in one line; the rest is counted."""

_DYNAMIC: Final = "dynamic"
_REASONS: Final = {
    _DYNAMIC: "of dynamic providers, which do what their code says",
    "google-native": "of google-native, while the rules are about gcp",
}


def unjudged(stack: Stack, rules: Iterable[EnforcedRule]) -> Iterator[str]:
    """What no rule in force is about, by provider; a rule that is about any type does not count.

    Components and providers are left out: what they make is judged by itself.
    """
    in_force = [
        item.rule
        for item in rules
        if item.level is not EnforcementLevel.DISABLED and item.rule.on != ANY_TYPE
    ]
    counts: Counter[str] = Counter()
    types: dict[str, ResourceType] = {}
    for resource in stack:
        token = resource.type.token
        if resource.custom and not token.startswith("pulumi:"):
            counts[token] += 1
            types[token] = resource.type
    groups: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for token, count in counts.items():
        if not any(rule.is_about(types[token]) for rule in in_force):
            groups[_group(token)][token] = count
    for name in sorted(groups, key=lambda name: (name == "gcp", name)):
        yield _line(name, groups[name])


def _group(token: str) -> str:
    """What shares a line: a provider, or all dynamic ones."""
    package, module, *_ = [*token.split(":"), "", ""]
    return _DYNAMIC if module.startswith("dynamic") else package


def _line(name: str, types: Mapping[str, int]) -> str:
    total = sum(types.values())
    resources = f"{total:,} resource{'' if total == 1 else 's'}"
    reason = _REASONS.get(name, f"of {name} that only rules about every type looked at")
    often = sorted(types, key=lambda token: (-types[token], token))
    named = [f"{token} ({types[token]:,})" for token in often[:MOST]]
    more = len(often) - MOST
    if more > 0:
        named.append(f"{more:,} more types")
    return f"{resources} {reason}: {', '.join(named)}"
