"""What the configuration of a plan says, by module: its resources, and the calls of modules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from apex_guardrails.sources.plan.records import Key, ModulePath, Record

ModuleNames = tuple[str, ...]


def object_at(holder: Any, key: str) -> dict[str, Any]:
    """What an object has at a key, where that is an object; an empty one else."""
    value = holder.get(key) if isinstance(holder, Mapping) else None
    return value if isinstance(value, dict) else {}


class Configuration:
    """The configuration of a plan, with the resources that it makes."""

    def __init__(self, content: Mapping[str, Any], records: Iterable[Record]) -> None:
        """Takes the `configuration` of a plan."""
        self._root = object_at(content, "root_module")
        self.providers = object_at(content, "provider_config")
        self.variables = object_at(self._root, "variables")
        """The root module's, by name."""
        self._made: defaultdict[tuple[ModulePath, bool, str, str], list[Record]] = defaultdict(list)
        self._below: defaultdict[tuple[ModulePath, str], dict[ModulePath, None]] = defaultdict(dict)
        self._resources: dict[ModuleNames, dict[tuple[str, str, str], dict[str, Any]]] = {}
        for record in records:
            self._made[record.module, record.is_data, record.kind, record.name].append(record)
            for depth, (name, _) in enumerate(record.module):
                self._below[record.module[:depth], name][record.module[: depth + 1]] = None

    def resource(self, record: Record) -> dict[str, Any] | None:
        """What the configuration says of a resource; `None` where it says nothing."""
        names = tuple(name for name, _ in record.module)
        if names not in self._resources:
            items = self.module(names).get("resources")
            self._resources[names] = {
                (str(item.get("mode")), str(item.get("type")), str(item.get("name"))): item
                for item in (items if isinstance(items, list) else ())
                if isinstance(item, dict)
            }
        mode = "data" if record.is_data else "managed"
        return self._resources[names].get((mode, record.kind, record.name))

    def module(self, names: Sequence[str]) -> dict[str, Any]:
        """What it says of a module, by the names of the calls that lead there."""
        module = self._root
        for name in names:
            module = object_at(object_at(object_at(module, "module_calls"), name), "module")
        return module

    def call(self, path: ModulePath) -> dict[str, Any]:
        """What it says of the call that makes a module."""
        *above, name = [name for name, _ in path]
        return object_at(object_at(self.module(above), "module_calls"), name)

    def modules(self, above: ModulePath, name: str, key: Key = None) -> Iterator[ModulePath]:
        """The modules that a call makes: one by its key, or all."""
        for path in self._below.get((above, name), ()):
            if key is None or path[-1][1] == key:
                yield path

    def made(self, module: ModulePath, kind: str, name: str, *, is_data: bool) -> Sequence[Record]:
        """The resources that a block makes in a module."""
        return self._made.get((module, is_data, kind, name), ())
