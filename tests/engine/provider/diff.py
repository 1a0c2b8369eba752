"""What differs between a resource as it is and as the program wants it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any, NamedTuple

from apex_guardrails.provider.schema import Field
from tests.engine.provider.check import Fields
from tests.engine.provider.values import Properties, is_object


class Change(NamedTuple):
    """One property (`settings.tier`, `disks[0].size`) that was added, removed or changed."""

    path: str
    old: Any
    new: Any
    replaces: bool
    """It cannot be changed in place."""


def shrinks(type_: str, change: Change) -> bool:
    """Whether it makes smaller what can only grow, so that another one has to be made."""
    match f"{type_.rpartition(':')[2]} {change.path}", change.old, change.new:
        case "Disk size" | "DatabaseInstance settings.diskSize", float(old), float(new):
            return new < old
        case "Subnetwork ipCidrRange", str(old), str(new):
            return not IPv4Network(old).subnet_of(IPv4Network(new))
    return False


def diff(fields: Fields, olds: Properties, news: Properties, path: str = "") -> Iterator[Change]:
    for key in sorted(olds.keys() | news.keys()):
        yield from changes(fields.get(key, Field()), olds.get(key), news.get(key), path + key)


def changes(field: Field, old: Any, new: Any, path: str) -> Iterator[Change]:
    nested = field.get("fields", {})
    replaces = field.get("forceNew", False)
    if nested and is_object(old) and is_object(new):
        inner = diff(nested, old, new, f"{path}.")
        yield from (change._replace(replaces=replaces or change.replaces) for change in inner)
    elif nested and isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from changes(field, before, after, f"{path}[{index}]")
    elif old != new:
        yield Change(path, old, new, replaces)
