"""docs/cost-types.md: what is counted of each resource type and what is not, made from the types.

python -m scripts.cost_types > docs/cost-types.md
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from types import ModuleType
from typing import Final

from apex_guardrails.cost import Usage, packaged_prices
from apex_guardrails.cost.free import is_free
from apex_guardrails.cost.pricing import Estimator
from apex_guardrails.cost.type_names import shorten
from apex_guardrails.cost.types import all_estimators
from apex_guardrails.provider.schema import tokens

INTRODUCTION: Final = """\
# What is counted

Of each resource type: what is billed for, by which prices and assumptions, and what has no price
and is listed as unpriced. [Cost](cost.md) says how they are used. This page is made from the types
by `make generated`.
"""

_OWN: Final = "apex_guardrails.cost."
_GENERAL: Final = ("pricing", "quantities", "prices", "usage", "types", "model", "amounts")
"""Modules that say nothing of a type."""

_PLACEHOLDER: Final = "..."


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_priced(), *_others()]) + "\n"


def _priced() -> Iterator[str]:
    services: dict[str, dict[int, Estimator]] = defaultdict(dict)
    for token, estimator in sorted(all_estimators().items()):
        services[_service(token)].setdefault(id(estimator), estimator)
    units = _units()
    for service, estimators in sorted(services.items()):
        yield f"## {service}\n"
        for estimator in sorted(estimators.values(), key=lambda item: item.tokens):
            yield from _type(estimator, units)


def _type(estimator: Estimator, units: Mapping[str, str]) -> Iterator[str]:
    names = ", ".join(f"`{_name(token)}`" for token in sorted(estimator.tokens))
    module = sys.modules[estimator.components.__module__]
    yield f"### {names}\n"
    for said in (module.__doc__, estimator.components.__doc__):
        yield f"{_first(said)}\n"
    yield "| price | unit |"
    yield "| --- | --- |"
    for pattern in estimator.prices:
        found = sorted({unit for key, unit in units.items() if fnmatchcase(key, pattern)})
        yield f"| `{pattern}` | {', '.join(found) or 'no price yet'} |"
    yield ""
    modules = list(_modules(module))
    assumed = sorted({name for item in modules for name in _texts(item, "assumed")})
    known = [name for name in assumed if name in Usage.model_fields]
    if known:
        yield f"Assumed: {', '.join(f'`{name}`' for name in known)}.\n"
    reasons = sorted({text for item in modules for text in _texts(item, "UnpricedError")})
    if reasons:
        yield "Not counted, and listed as unpriced, where:\n"
        yield from (f"- {reason}" for reason in reasons)
        yield ""


def _units() -> Mapping[str, str]:
    files = packaged_prices().files.values()
    return {key: price.unit for file in files for key, price in file.prices.items()}


def _modules(module: ModuleType) -> Iterator[ModuleType]:
    """The module of a type, and those it is built on that are about what is billed."""
    yield module
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_OWN):
            name = str(node.module)
            if not name.removeprefix(_OWN).startswith(_GENERAL):
                yield sys.modules[name]


def _texts(module: ModuleType, function: str) -> Iterator[str]:
    """The texts that a function or an error is called with."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Call) and node.args and _called(node.func) == function:
            text = _text(node.args[0])
            if text is not None:
                yield text


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _text(node: ast.expr) -> str | None:
    """A text; what is put into it at run time is `...`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (_text(part) or _PLACEHOLDER for part in node.values)
        return "".join(parts)
    return None


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def _others() -> Iterator[str]:
    """What is free, and what nobody prices."""
    priced = all_estimators()
    rest = [token for token in sorted(tokens()) if token not in priced and ":index/" not in token]
    free = [token for token in rest if is_free(token)]
    yield "## Free\n"
    yield "Whatever their use; what they are made for is counted where it is billed.\n"
    yield from _by_service(free)
    yield "## Without a price\n"
    yield "Listed as unpriced, and in no total.\n"
    yield from _by_service([token for token in rest if not is_free(token)])


def _by_service(names: Iterable[str]) -> Iterator[str]:
    found: dict[str, list[str]] = defaultdict(list)
    for token in names:
        found[_service(token)].append(token.rpartition(":")[2])
    yield "| service | types |"
    yield "| --- | --- |"
    for service, types in sorted(found.items()):
        yield f"| {service} | {', '.join(sorted(types))} |"
    yield ""


def _service(token: str) -> str:
    return _name(token).partition(".")[0]


def _name(token: str) -> str:
    """`sql.DatabaseInstance`."""
    return shorten(token).partition(".")[2]


def _first(text: str | None) -> str:
    """The first paragraph, in one line."""
    return " ".join((text or "").split("\n\n")[0].split())


if __name__ == "__main__":
    print(page(), end="")
