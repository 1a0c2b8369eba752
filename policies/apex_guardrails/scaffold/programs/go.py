"""A case's program in Go."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from apex_guardrails.provider.schema import tokens
from apex_guardrails.scaffold.programs.case_program import (
    Array,
    Elsewhere,
    FromConfig,
    Joined,
    Made,
    Marked,
    NoProgramError,
    Object,
    Output,
    Program,
    class_of,
)
from apex_guardrails.scaffold.programs.layout import Group, Layout, Node
from apex_guardrails.support.names import camel_case, exported, snake_case

_LAYOUT: Final = Layout(indent="\t", is_aligned=True)
_DEPTH: Final = 2
"""How deep the statements of a program are indented."""

_SDK: Final = "github.com/pulumi/pulumi/sdk/v3/go/pulumi"
_GCP: Final = "github.com/pulumi/pulumi-gcp/sdk/v9/go/gcp"
_OTHERS: Final = {
    "random": "github.com/pulumi/pulumi-random/sdk/v4/go/random",
    "time": "github.com/pulumiverse/pulumi-time/sdk/go/time",
}

_TAKEN: Final = frozenset(
    {
        *("cfg", "config", "ctx", "err", "gcp", "main", "platform", "provider", "pulumi"),
        *("break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough"),
        *("for", "func", "go", "goto", "if", "import", "interface", "map", "package", "range"),
        *("return", "select", "struct", "switch", "type", "var"),
    }
)
"""Words that no resource's variable may be, beside the imported packages."""

_ELEMENTS: Final = {
    "eries": "eries",
    "Axes": "Axis",
    "sses": "ss",
    "tatuses": "tatus",
    "xes": "x",
    "ches": "ch",
    "ies": "y",
    "ss": "ss",
    "s": "",
}
"""What the last letters of a list's name are in the type of its elements; the first that fit."""

_OUTPUTS: Final = {
    "string": "platform.GetStringOutput({})",
    "number": "platform.GetIntOutput({})",
    "bool": "platform.GetOutput({}).AsBoolOutput()",
    "list": "platform.GetOutput({}).AsStringArrayOutput()",
    "map": "platform.GetOutput({}).AsStringMapOutput()",
}
"""Another stack's output, by the type of the input that takes it."""


def go_source(program: Program) -> str:
    """The program, as gofmt formats it.

    Raises:
        NoProgramError: it has something whose type in Go the provider's schema does not tell.
    """
    return _Source(program).text()


class _Source:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._values = list(program.values())
        self._packages = {item.token: _package(item.token) for item in program.resources}
        self._has_err = False

    def text(self) -> str:
        imports = {_SDK, *self._packages.values()}
        if self._program.provider is not None:
            imports.add(_GCP)
        if self._has(FromConfig):
            imports.add(f"{_SDK}/config")
        body = [
            *self._before(),
            *(self._resource(item) for item in self._program.resources),
            *(
                f"ctx.Export({_quoted(name)}, {_LAYOUT.written(self._plain(value), depth=_DEPTH)})"
                for name, value in self._program.exports.items()
            ),
            "return nil",
        ]
        return (
            "package main\n\nimport (\n"
            + "".join(f"\t{_quoted(path)}\n" for path in sorted(imports))
            + ")\n\nfunc main() {\n\tpulumi.Run(func(ctx *pulumi.Context) error {\n"
            + "".join(f"\t\t{statement}\n" for statement in body)
            + "\t})\n}\n"
        )

    def _has(self, kind: type) -> bool:
        return any(isinstance(value, kind) for value in self._values)

    def _before(self) -> Iterator[str]:
        """What the resources need."""
        if self._has(FromConfig):
            yield 'cfg := config.New(ctx, "")'
        if self._has(Elsewhere):
            reference = 'pulumi.NewStackReference(ctx, "example/platform/production", nil)'
            yield self._checked("platform", reference)
        if self._program.provider is not None:
            members = self._members("Provider", "gcp", self._program.provider)
            made = Group(
                'gcp.NewProvider(ctx, "provider", &gcp.ProviderArgs{', members, "})", is_split=True
            )
            yield self._checked("provider", _LAYOUT.written(made, depth=_DEPTH))

    def _checked(self, target: str, call: str) -> str:
        """The statement with the check of its error; `err` is declared once."""
        sets = "=" if target == "_" and self._has_err else ":="
        self._has_err = True
        return f"{target}, err {sets} {call}\n\t\tif err != nil {{\n\t\t\treturn err\n\t\t}}"

    def _resource(self, item: Made) -> str:
        package = self._packages[item.token].rpartition("/")[2]
        *_, name = class_of(item.token)
        options = ""
        if item.has_provider:
            options += ", pulumi.Provider(provider)"
        if item.is_protected:
            options += ", pulumi.Protect(true)"
        opening = f"{package}.New{name}(ctx, {_quoted(item.name)}, "
        call = f"{opening}nil{options})"
        if members := self._members(name, package, item.inputs):
            opening = f"{opening}&{package}.{name}Args{{"
            made = Group(opening, members, f"}}{options})", is_split=True)
            call = _LAYOUT.written(made, depth=_DEPTH)
        is_used = item.name in self._program.referenced
        return self._checked(self._variable(item.name) if is_used else "_", call)

    def _members(self, kind: str, package: str, made: Object) -> list[tuple[str, Node]]:
        return [
            (f"{exported(name)}: ", self._member(value, f"{kind}{exported(name)}", package))
            for name, value in made.members.items()
        ]

    def _member(self, value: Any, kind: str, package: str) -> Node:
        """The value of an input.

        Args:
            value: the input's.
            kind: the type of an object there, without `Args`.
            package: the one that its types are in.
        """
        if isinstance(value, Object):
            opening = f"&{package}.{_called(kind, package)}Args{{"
            return Group(opening, self._members(kind, package, value), "}", is_split=True)
        if isinstance(value, Array) and value.has_objects:
            element = _element(kind)
            parts = [("", self._member(part, element, package)) for part in value.elements]
            opening = f"{package}.{_called(element, package)}Array{{"
            return Group(opening, parts, "}", is_split=True)
        if isinstance(value, Mapping) and not value:
            return "pulumi.StringMap{}"
        if isinstance(value, Array) and not value.elements:
            return "pulumi.StringArray{}"
        return self._plain(value)

    def _plain(self, value: Any) -> Node:
        """A value that is no object of the SDK's."""
        match value:
            case Array():
                parts = [("", self._plain(element)) for element in value.elements]
                return Group(f"pulumi.{_common(value.elements)}Array{{", parts, "}")
            case Mapping():
                members = [(f"{_quoted(key)}: ", self._plain(part)) for key, part in value.items()]
                opening = f"pulumi.{_common(value.values())}Map{{"
                return Group(opening, members, "}", is_split=True)
            case Marked():
                return self._marked(value.content)
            case _:
                return self._scalar(value)

    def _marked(self, content: Any) -> Node:
        kind = f"{_common(content.values())}Map" if isinstance(content, Mapping) else _kind(content)
        opening, closing = "pulumi.ToSecret(", f").(pulumi.{kind}Output)"
        made = self._plain(content)
        if isinstance(made, str):
            return f"{opening}{made}{closing}"
        return replace(made, opening=opening + made.opening, closing=made.closing + closing)

    def _scalar(self, value: Any) -> str:
        match value:
            case Elsewhere() if value.type in _OUTPUTS:
                name = f"pulumi.String({_quoted(camel_case(value.output))})"
                return _OUTPUTS[value.type].format(name)
            case FromConfig(is_secret=True):
                return f"cfg.RequireSecret({_quoted(value.key)})"
            case FromConfig():
                return f"pulumi.String(cfg.Require({_quoted(value.key)}))"
            case Output():
                taken = f"{self._variable(value.resource)}.{_attribute(value.attribute)}"
                unmarked = f"pulumi.Unsecret({taken}).(pulumi.StringOutput)"
                return unmarked if value.is_unmarked else taken
            case Joined():
                return self._joined(value)
            case bool():
                return f"pulumi.Bool({str(value).lower()})"
            case str() | int() | float():
                return f"pulumi.{_kind(value)}({_quoted(value)})"
        raise NoProgramError("a value whose type in Go is not known")

    def _joined(self, value: Joined) -> str:
        known = [part.replace("%", "%%") if isinstance(part, str) else "%v" for part in value.parts]
        others = [self._scalar(part) for part in value.parts if not isinstance(part, str)]
        return f"pulumi.Sprintf({', '.join([_quoted(''.join(known)), *others])})"

    def _variable(self, name: str) -> str:
        variable = camel_case(re.sub(r"\W+", "_", snake_case(name)).strip("_"))
        packages = {path.rpartition("/")[2] for path in self._packages.values()}
        return f"{variable}Resource" if variable in _TAKEN | packages else variable


def _package(token: str) -> str:
    """The import path of a type's package."""
    package, modules, name = class_of(token)
    if package == "gcp":
        return "/".join([_GCP, *modules])
    if package not in _OTHERS or name == "Provider":
        raise NoProgramError(f"a resource of {package}")
    return _OTHERS[package]


@cache
def _resources() -> frozenset[tuple[str, str]]:
    """The package and the class of every resource type."""
    classes = (class_of(token) for token in tokens())
    return frozenset((modules[-1], name) for _, modules, name in classes if modules)


def _called(kind: str, package: str) -> str:
    """What Go calls the type of an object: one of a resource's name is called otherwise."""
    return f"{kind}Type" if (package, kind) in _resources() else kind


def _element(kind: str) -> str:
    """The type of the elements of a list, such as `InstanceDisk` of `InstanceDisks`."""
    for ending, single in _ELEMENTS.items():
        if kind.endswith(ending):
            return kind.removesuffix(ending) + single
    return kind


def _common(values: Any) -> str:
    """The type that all values have; "" for several, which a list or map of any type takes."""
    kinds = {_kind(value) for value in values}
    return kinds.pop() if len(kinds) == 1 else ""


def _kind(value: Any) -> str:
    if isinstance(value, Marked):
        return _kind(value.content)
    if isinstance(value, bool):
        return "Bool"
    if isinstance(value, int):
        return "Int"
    if isinstance(value, float):
        return "Float64"
    return "" if isinstance(value, Array | Mapping | Object) else "String"


def _attribute(name: str) -> str:
    return "ID()" if name == "id" else exported(name)


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
