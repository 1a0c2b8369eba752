"""Address groups (Network Security API): named lists of ranges that rules refer to.

Firewall policy rules name them by their id, `projects/P/locations/L/addressGroups/NAME` or
`organizations/O/...` (Cloud NGFW documentation, "Address groups"); expressions of Cloud Armor by
their name alone, and by another function those of the organization (Cloud Armor documentation,
"Custom rules language attributes"; both 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from apex_guardrails.gcp.admitted import Admitted, of_ranges, ranges_at
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.gcp.types import NETWORKSECURITY_ADDRESS_GROUP
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import UNKNOWN, Value, unwrap
from apex_guardrails.model.view import DependenciesUnknownError, View

Range: TypeAlias = "tuple[str, Value]"
"""A range and the path in a rule that names it, itself or by its group."""


def items_of(group: Resource, path: str) -> list[Range]:
    """The ranges of a group, for a rule that names it at a path."""
    return [(path, text) for _, text in ranges_at(group, "items")]


def find_in_text(stack: Stack, text: str) -> Iterator[Resource]:
    """The groups of the stack whose id a text is."""
    *_, kind, parent, locations, location, collection, name = ["", "", "", "", "", *text.split("/")]
    if locations != "locations" or collection != "addressGroups":
        return
    for group in stack.once(_by_name).get(name, ()):
        if group.peek("location") == location:
            of_kind, _, owner = str(group.peek("parent") or "projects/").partition("/")
            # A project has a number, too, which the program need not know.
            if kind == of_kind and (
                not owner or owner == parent or (kind == "projects" and parent.isdigit())
            ):
                yield group


def find_by_name(stack: Stack, name: str, *, of_organization: bool) -> Iterator[Resource]:
    """The groups of the stack of a name, those of an organization or those of a project."""
    for group in stack.once(_by_name).get(name, ()):
        is_theirs = str(group.peek("parent")).startswith("organizations/")
        if is_theirs is of_organization:
            yield group


def _by_name(stack: Stack) -> dict[str, list[Resource]]:
    groups: dict[str, list[Resource]] = {}
    for group in stack.of_type(NETWORKSECURITY_ADDRESS_GROUP):
        name = group.peek("name")
        if isinstance(name, str):
            groups.setdefault(name, []).append(group)
    return groups


def admitted_with_groups(
    given: View, path: str, others: Iterable[Range], limits: WideRanges, at: str
) -> Admitted:
    """How much of the internet the groups at a path admit together with other ranges.

    Groups from elsewhere are not known. Which group an output is of is known as exactly as Pulumi
    tells: the groups that a rule refers to; where there are several, what is true of each is true.

    Args:
        given: what has the list of groups.
        path: where.
        others: ranges that the rule admits besides.
        limits: how much is too much.
        at: the path of all of them.

    Raises:
        DependenciesUnknownError: a group is another resource's output, or none of those that are
            known, and the source does not know the whole stack yet.
    """
    known = list(others)
    value = given.peek(path, omitted=())
    if value is UNKNOWN:
        value = [UNKNOWN]
    outputs: list[str] = []
    for index, element in enumerate(value if isinstance(value, Sequence) else ()):
        here = given.at(f"{path}[{index}]").path
        text = unwrap(element)
        groups = list(find_in_text(given.resource.stack, text)) if isinstance(text, str) else []
        if groups:
            known += [item for group in groups for item in items_of(group, here)]
        elif text is UNKNOWN:
            outputs.append(here)
        else:
            # The group may come after the rule, as a text makes nothing wait for it.
            _require_the_whole_stack(given.resource)
            known.append((here, UNKNOWN))
    if not outputs:
        return of_ranges(known, limits, at)
    return _with_outputs(given.resource, outputs, known, limits, at)


def _require_the_whole_stack(resource: Resource) -> None:
    if resource.property_dependencies is None:
        raise DependenciesUnknownError


def _with_outputs(
    resource: Resource, outputs: Sequence[str], known: list[Range], limits: WideRanges, at: str
) -> Admitted:
    sources = list(resource.sources(outputs[0]))
    groups = [source for source in sources if source.type.token == NETWORKSECURITY_ADDRESS_GROUP]
    # Another resource of Google's has no output that names a group; a stack's outputs may.
    is_foreign = any(source.type.package != "gcp" for source in sources)
    if is_foreign or len(outputs) > len(groups):
        return of_ranges([*known, (outputs[0], UNKNOWN)], limits, at)
    together = of_ranges(
        [*known, *(item for group in groups for item in items_of(group, outputs[0]))], limits, at
    )
    if together.is_certainly_not_public or len(outputs) == len(groups) == 1:
        return together
    each = [of_ranges([*known, *items_of(group, outputs[0])], limits, at) for group in groups]
    if all(found.share for found in each):
        return each[0]
    return of_ranges([*known, (outputs[0], UNKNOWN)], limits, at)
