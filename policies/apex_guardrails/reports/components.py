"""Which resources a stack has, by component, for a terminal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from rich.markup import escape
from rich.table import Table

from apex_guardrails.judgement.entries import ResourceEntry
from apex_guardrails.support.text import visible


def component_table(groups: dict[str, Counter[str]]) -> Table:
    """A line for each type in each component."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("component", overflow="fold")
    table.add_column("resource type", overflow="fold")
    table.add_column("count", justify="right")
    for name, types in groups.items():
        shown = name or "(no component)"
        for token, count in sorted(types.items()):
            table.add_row(escape(visible(shown)), escape(visible(token)), str(count))
            shown = ""
    return table


def by_component(resources: Iterable[ResourceEntry]) -> dict[str, Counter[str]]:
    """How many resources of each type each component holds, by its name; "" are in none."""
    resources = list(resources)
    components = {
        item.urn: item.name
        for item in resources
        if not item.custom and not item.type.startswith("pulumi:")
    }
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for item in resources:
        if item.is_deployed:
            groups[components.get(item.parent, "")][item.type] += 1
    return dict(sorted(groups.items()))
