"""The resources of a plan or a state, one by one, as Terraform has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from apex_guardrails.sources.documents.form import Form, quote

Key = str | int | None
ModulePath = tuple[tuple[str, Key], ...]
"""The modules that a resource is in, each with which one it is of those that a call makes."""

_MODULE: Final = re.compile(r'module\.([^.\[\]]+)(?:\[(?:(\d+)|"((?:[^"\\]|\\.)*)")\])?(?:\.|$)')


@dataclass(frozen=True, slots=True)
class Record:
    """A resource, or a data source, as it will be or is.

    Attributes:
        address: such as `module.db["a"].google_sql_user.app[0]`.
        module: the modules that it is in.
        kind: Terraform's type.
        name: its name in the configuration.
        key: which one it is of those that `count` or `for_each` make.
        provider: the last part of its provider's name.
        values: what is known of it.
        sensitive: what of that is secret.
        depends_on: the addresses that a state notes.
    """

    address: str
    module: ModulePath
    kind: str
    name: str
    key: Key
    provider: str
    is_data: bool
    values: Mapping[str, Any]
    sensitive: Any
    depends_on: tuple[str, ...] = ()


def module_path(address: str) -> ModulePath:
    """The modules in a module's address."""
    path: list[tuple[str, Key]] = []
    for match in _MODULE.finditer(address):
        number, text = match[2], match[3]
        key: Key = int(number[:9]) if number is not None else text
        path.append((match[1], key))
    return tuple(path)


def records(values: Mapping[str, Any] | None, form: Form, at: str) -> Iterator[Record]:
    """The resources in a root module and those below it.

    Args:
        values: what has the root module: a plan's `planned_values`, a state's `values`.
        form: complains.
        at: its place in the file.

    Raises:
        UsageError: a part of it is not what Terraform writes.
    """
    root = form.member(values or {}, "root_module", dict, at)
    pending = [] if root is None else [(root, f"{at}: root_module")]
    while pending:
        module, here = pending.pop()
        address = form.member(module, "address", str, here) or ""
        for number, item in enumerate(form.member(module, "resources", list, here) or ()):
            place = f"{here}: resources[{number}]"
            if not isinstance(item, dict):
                form.wrong(place, "", dict, item)
            if item.get("deposed_key") is None:
                yield _record(item, address, form, place)
        for number, child in enumerate(form.member(module, "child_modules", list, here) or ()):
            place = f"{here}: child_modules[{number}]"
            if not isinstance(child, dict):
                form.wrong(place, "", dict, child)
            pending.append((child, place))


def _record(item: Mapping[str, Any], module: str, form: Form, at: str) -> Record:
    address = form.needed(item, "address", str, at)
    at = f"{at} ({quote(address)})"
    key = item.get("index")
    if isinstance(key, bool) or not isinstance(key, str | int | None):
        form.wrong(at, "index", "a text or a number", key)
    provider = form.member(item, "provider_name", str, at) or ""
    return Record(
        address,
        module_path(module),
        form.needed(item, "type", str, at),
        form.needed(item, "name", str, at),
        key,
        provider.rpartition("/")[2],
        form.member(item, "mode", str, at) == "data",
        form.member(item, "values", dict, at) or {},
        item.get("sensitive_values"),
        tuple(form.texts(item.get("depends_on"), f"{at}: depends_on")),
    )
