"""How far a judgement reaches: what rules are about, and what was left not evaluated."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from apex_guardrails.model.assumed import UnrunCallback
from apex_guardrails.model.phrases import counted, listed
from apex_guardrails.model.policy import ANY_TYPE, Rule
from apex_guardrails.model.resource_type import ResourceType, name_of, type_of

if TYPE_CHECKING:
    from apex_guardrails.model.stack import Stack

MOST: Final = 8
"""Types that are named in one line; the rest is counted."""

GOOGLE: Final = "gcp"
DYNAMIC: Final = "dynamic providers"

NOTHING: Final = "has nothing to judge"
NO_RULE: Final = "was not evaluated: no rule is about any of its resources"
"""What is said in place of a verdict where nothing was evaluated, and nothing is wrong."""

_GENERAL: Final = frozenset({"cost", "deletion", "labels", "locations"})
"""Services whose rules ask the same of nearly every type, and so say little about one."""

_IN_PASSING: Final = frozenset(
    {
        "credentials-generated-not-shown",
        "stack-public-entry-declared",
        "vpc-network-has-firewall",
    }
)
"""Rules that look at many types for one thing: a cluster's network, and not the cluster."""


def says_what_is_evaluated(rules: Iterable[Rule]) -> Callable[[ResourceType], bool]:
    """Whether a type is evaluated: whether a rule is about it, and not about all there are.

    Args:
        rules: those that are asked.
    """
    own = [
        rule
        for rule in rules
        if not (rule.on == ANY_TYPE or rule.service in _GENERAL or rule.id in _IN_PASSING)
    ]
    # Nearly all rules name their types: they need not be asked about every other.
    known = {token: True for rule in own for token in rule.types or ()}
    asking = [rule for rule in own if rule.types is None]

    def is_evaluated(resource_type: ResourceType) -> bool:
        token = resource_type.token
        if token not in known:
            known[token] = any(rule.is_about(resource_type) for rule in asking)
        return known[token]

    return is_evaluated


def provider_of(token: str) -> str:
    """The provider that a type belongs to, as people speak of it; all dynamic ones are one."""
    package, module, *_ = [*token.split(":"), "", ""]
    return DYNAMIC if module.startswith("dynamic") else package


@dataclass(frozen=True)
class Reach:
    """What of a stack was evaluated; components and providers aside, as what they make is counted.

    Attributes:
        evaluated: resources of types that a rule in force is about. A rule about every type makes
            none: what it finds in one of them says nothing of the rest of it.
        not_evaluated: how many others there are of each type, by the provider.
        read: how many resources that exist already the program reads, by type.
        imported: URNs of the resources that this deployment takes over as they are.
        ignored: URNs of those of which a rule could not decide, as what it reads is in
            `ignore_changes`.
        off: types that rules are about, all of which are off.
        not_run: how many components of each type were not run, with all that they make.
        unrun: functions that were not run, and may make resources.
    """

    evaluated: int = 0
    not_evaluated: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    read: Mapping[str, int] = field(default_factory=dict)
    imported: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    off: frozenset[str] = frozenset()
    not_run: Counter[str] = field(default_factory=Counter)
    unrun: tuple[UnrunCallback, ...] = ()

    @classmethod
    def of(
        cls,
        stack: Stack,
        rules: Iterable[Rule],
        ignored: Iterable[str] = (),
        *,
        off: Iterable[Rule] = (),
    ) -> Reach:
        """The reach of a judgement.

        Args:
            stack: what was evaluated.
            rules: those that were in force.
            ignored: URNs, see the attribute.
            off: the other rules.
        """
        is_evaluated = says_what_is_evaluated(rules)
        has_rules = says_what_is_evaluated(off)
        types_off: set[str] = set()
        evaluated = 0
        read = Counter(stack.read)
        groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
        imported: list[str] = []
        for resource in stack.deployed():
            token = resource.type.token
            if resource.is_read:
                read[token] += 1
                continue
            same = resource.equivalent
            if is_evaluated(resource.type) or (same is not None and is_evaluated(same.type)):
                evaluated += 1
            else:
                groups[provider_of(token)][token] += 1
                if has_rules(resource.type):
                    types_off.add(token)
            if resource.is_imported:
                imported.append(resource.urn)
        order = sorted(groups, key=lambda name: (name == GOOGLE, name))
        return cls(
            evaluated,
            {name: groups[name] for name in order},
            read,
            tuple(sorted(imported)),
            tuple(sorted(set(ignored))),
            frozenset(types_off),
            Counter(map(type_of, stack.not_run)),
            tuple(stack.unrun),
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that could have been evaluated."""
        return not (self.evaluated or self.not_evaluated or self.not_run or self.unrun)

    def counts(self) -> str:
        """How many resources were evaluated and how many not, for the line with the verdict."""
        left_out = [
            f"{sum(types.values()):,} of {name}" for name, types in self.not_evaluated.items()
        ]
        total = self.evaluated + sum(sum(types.values()) for types in self.not_evaluated.values())
        of_all = f"{self.evaluated:,} of " if total > self.evaluated else ""
        parts = [
            f"{of_all}{counted(total, 'resource')} evaluated",
            *([f"{', '.join(left_out)} not evaluated"] if left_out else []),
            *(
                [f"{counted(sum(self.not_run.values()), 'component')} not run"]
                if self.not_run
                else []
            ),
            *([f"{counted(len(self.unrun), 'function')} not run"] if self.unrun else []),
            *([f"{sum(self.read.values()):,} only read"] if self.read else []),
            *([f"{len(self.imported):,} imported"] if self.imported else []),
            *([f"{len(self.ignored):,} with ignored changes"] if self.ignored else []),
        ]
        return "; ".join(parts)

    def lines(self) -> Iterator[str]:
        """What was not evaluated, a line for each provider, and what is only read."""
        for name, types in self.not_evaluated.items():
            off = {token: count for token, count in types.items() if token in self.off}
            others = {token: count for token, count in types.items() if token not in self.off}
            for group, reason in ((others, _reason(name)), (off, _OFF)):
                if group:
                    number = counted(sum(group.values()), "resource")
                    yield f"{number} {reason}: {format_types(group)}"
        if self.not_run:
            number = counted(self.not_run.total(), "component")
            yield f"{number} not run here, with all that it makes: {format_types(self.not_run)}"
        if self.unrun:
            number = counted(len(self.unrun), "function")
            names = [callback.label for callback in self.unrun]
            yield f"{number} not run, with all resources made there: {listed(names, MOST)}"
        if self.read:
            total = sum(self.read.values())
            exist = "resource that exists" if total == 1 else "resources that exist"
            yield f"{total:,} {exist} already and only read: {format_types(self.read)}"

    def notes(self) -> Iterator[str]:
        """What a reader must know of resources that were evaluated."""
        if self.imported:
            names = [name_of(urn) for urn in self.imported]
            yield (
                f"{counted(len(names), 'resource')} imported: {listed(names, MOST)}; evaluated is "
                "what the program says, and what is there already is not known"
            )


def format_types(types: Mapping[str, int]) -> str:
    """Types and how often each is there, the most frequent first; of many, the rest is counted."""
    often = sorted(types, key=lambda token: (-types[token], token))
    return listed([f"{token} ({types[token]:,})" for token in often], MOST, noun="types")


_OFF: Final = "of types whose rules are all off"


def _reason(provider: str) -> str:
    if provider == DYNAMIC:
        return "of dynamic providers, which do what their code says"
    if provider == "google-native":
        return "of google-native, which is discontinued, while the rules are about gcp"
    if provider == GOOGLE:
        return "of Google types without a rule of their own"
    return f"of {provider} that only rules about every type looked at"
