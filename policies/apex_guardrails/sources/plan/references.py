"""What the expressions of an input refer to, through variables and outputs of modules.

A plan has the references of an expression and not the expression, and no local values at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from apex_guardrails.sources.plan.configuration import Configuration, object_at
from apex_guardrails.sources.plan.records import Key, ModulePath, Record

_NO_RESOURCES: Final = frozenset({"path", "terraform", "self", "count"})
_STEP: Final = re.compile(r'\.?([^.\[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_MARK: Final = re.compile(r"[.\[]")

Steps = tuple[str | int, ...]


class _Scope(NamedTuple):
    """Where an expression stands.

    Attributes:
        module: the module that it is in.
        key: which one of those that `count` or `for_each` make it is evaluated for.
        each: what `for_each` goes through.
    """

    module: ModulePath
    key: Key = None
    each: Mapping[str, Any] = {}


@dataclass
class References:
    """What an input's expressions refer to.

    Attributes:
        addresses: of resources and data sources.
        has_locals: whether a local value is among them, which may be made of anything.
    """

    configuration: Configuration
    addresses: set[str] = field(default_factory=set)
    has_locals: bool = False
    _seen: set[tuple[ModulePath, str]] = field(default_factory=set)

    @classmethod
    def of(cls, configuration: Configuration, record: Record, expressions: Any) -> References:
        """What expressions of a resource refer to."""
        found = cls(configuration)
        each = object_at(configuration.resource(record), "for_each_expression")
        found._follow(_Scope(record.module, record.key, each), expressions)
        return found

    @classmethod
    def depends_on(cls, configuration: Configuration, record: Record) -> References:
        """What a resource waits for by `depends_on`, its modules' too."""
        found = cls(configuration)
        resource = configuration.resource(record) or {}
        found._take(_Scope(record.module, record.key), resource.get("depends_on"))
        for depth, (_, key) in enumerate(record.module):
            call = configuration.call(record.module[: depth + 1])
            found._take(_Scope(record.module[:depth], key), call.get("depends_on"))
        return found

    def _follow(self, scope: _Scope, expressions: Any) -> None:
        """Takes in what is referred to anywhere below some expressions."""
        pending = [expressions]
        while pending:
            item = pending.pop()
            if isinstance(item, list):
                pending += item
            elif isinstance(item, dict):
                self._take(scope, item.get("references"))
                pending += [value for name, value in item.items() if name != "constant_value"]

    def _take(self, scope: _Scope, references: Any) -> None:
        if not isinstance(references, list):
            return
        for text in _exact([text for text in references if isinstance(text, str)]):
            if (scope.module, text) not in self._seen:
                self._seen.add((scope.module, text))
                self._one(scope, _steps(text))

    def _one(self, scope: _Scope, steps: Steps) -> None:
        head, *rest = steps or ("",)
        module = scope.module
        if head == "local":
            self.has_locals = True
        elif head == "each":
            self._follow(_Scope(module, scope.key), scope.each)
        elif head == "var":
            if rest and module:
                call = self.configuration.call(module)
                each = object_at(call, "for_each_expression")
                above = _Scope(module[:-1], module[-1][1], each)
                self._follow(above, object_at(call, "expressions").get(str(rest[0])))
        elif head == "module":
            if rest:
                self._output(module, str(rest[0]), rest[1:])
        elif head not in _NO_RESOURCES:
            is_data = head == "data"
            kind, name, *key = rest if is_data and len(rest) > 1 else [*steps, "", ""]
            made = self.configuration.made(module, str(kind), str(name), is_data=is_data)
            self.addresses |= _chosen(made, key, scope.key)

    def _output(self, module: ModulePath, name: str, rest: Sequence[str | int]) -> None:
        """Takes in what an output of a module below is made of: `module.a["b"].c`."""
        keys = {path[-1][1] for path in self.configuration.modules(module, name)}
        key: Key = None
        if rest and rest[0] in keys:
            key, *rest = rest
        for path in self.configuration.modules(module, name, key):
            outputs = object_at(self.configuration.module([part for part, _ in path]), "outputs")
            for output in [str(rest[0])] if rest else list(outputs):
                self._follow(_Scope(path), object_at(object_at(outputs, output), "expression"))


def _chosen(made: Iterable[Record], rest: Sequence[str | int], key: Key) -> set[str]:
    """Those of a block's resources that a reference means: one by its key, or all."""
    made = list(made)
    named = {record.address for record in made if rest and record.key == rest[0]}
    # `google_x.y[each.key]` is told as all of them.
    own = {record.address for record in made if key is not None and record.key == key}
    return named or own or {record.address for record in made}


def _exact(references: Sequence[str]) -> list[str]:
    """The references without those that another one begins with: of `a.b.id` and `a.b`, the first.

    A reference is followed by each that it begins with, down to the resource itself.
    """
    begins = {text[: mark.start()] for text in references for mark in _MARK.finditer(text)}
    return [text for text in references if text not in begins]


def _steps(reference: str) -> Steps:
    """The steps of a reference such as `module.a["b"].c`."""
    steps: list[str | int] = []
    for match in _STEP.finditer(reference):
        name, number, text = match.groups()
        if number is not None:
            steps.append(int(number[:9]))
        else:
            steps.append(name if name is not None else _ESCAPED.sub(r"\1", text))
    return tuple(steps)
