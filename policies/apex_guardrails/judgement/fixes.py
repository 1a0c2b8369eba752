"""Fixes in the language of the program: rules say them in Python's words.

`Set settings.ip_configuration to ipv4_enabled=False` is `Set settings.ipConfiguration to
ipv4Enabled: false` in TypeScript, and `Set Settings.IpConfiguration to Ipv4Enabled:
pulumi.Bool(false)` in Go, and `Set settings.ip_configuration to ipv4_enabled = false` in HCL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePath
from typing import Final

from apex_guardrails.model import Resource
from apex_guardrails.provider.schema import has_input
from apex_guardrails.support.names import camel_case, exported, snake_case

_CONSTANTS: Final = {"True": "true", "False": "false"}

_SETTINGS: Final = frozenset({"cost", "offline"})
"""Sections of `policy-pack.yaml` that fixes name keys of."""

_PIECE: Final = re.compile(
    r"""
    (?<![\w."/-]) (?P<path>[a-z]\w*(?:\[\])?(?:\.[a-z]\w*(?:\[\])?)*)   # an input, or a path to one
    (?:
        =(?P<value>True|False|"[^"]*"|\d+\.\d+|\d+)(?![\w/-])          # set to a constant
        | (?P<other>=)(?=[\[{<a-z.])                                     # or to something else
        | (?![\w/=-])
    )
    | "[^"]*"                                                            # a text of the program
    | \b(?:True|False)\b
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class _Language:
    """How a language spells what a fix names.

    Attributes:
        name: an input's name, by the provider's.
        value: what stands for a constant, as Python writes it.
        phrases: what is called otherwise, by what it is called in Python.
        sets: what stands between a name and its value.
        literal: what stands for lists and mappings of texts in a whole fix.
    """

    name: Callable[[str], str]
    value: Callable[[str], str]
    phrases: Mapping[str, str] = field(default_factory=dict)
    sets: str = ": "
    literal: Callable[[str], str] = str


def fix_in(language: str, fix: str) -> str:
    """A fix as programmers in a language would say it; as it is where the language has no words.

    Args:
        language: what the program's files end with, such as ".ts".
        fix: the rule's.
    """
    words = _LANGUAGES.get(language)
    return fix if words is None else _said(words, fix)


def language_of(resources: Iterable[Resource]) -> str:
    """What the files of a program end with; "" where no resource says where it stands."""
    positions = (resource.position for resource in resources)
    return next((PurePath(place.file).suffix for place in positions if place), "")


def _said(words: _Language, fix: str) -> str:
    for phrase, said in words.phrases.items():
        fix = fix.replace(phrase, said)

    def spelt(match: re.Match[str]) -> str:
        path, value = match["path"], match["value"]
        if path is None:
            return _CONSTANTS.get(match[0], match[0])
        if not ("_" in path or "=" in match[0]) or not _is_input(path):
            return match[0]
        name = ".".join(map(words.name, map(camel_case, path.split("."))))
        if value is not None:
            return f"{name}{words.sets}{words.value(value)}"
        return f"{name}{words.sets}" if match["other"] else name

    return words.literal(_PIECE.sub(spelt, fix))


@cache
def _is_input(path: str) -> bool:
    """Whether a path's last name is one of the provider's; others are settings, flags, metrics."""
    return path.partition(".")[0] not in _SETTINGS and has_input(
        camel_case(path.rpartition(".")[2]).removesuffix("[]")
    )


def _as_json(value: str) -> str:
    return _CONSTANTS.get(value, value)


def _as_go(value: str) -> str:
    kind = "String" if value.startswith('"') else "Float64" if "." in value else "Int"
    kind = "Bool" if value in _CONSTANTS else kind
    return f"pulumi.{kind}({_as_json(value)})"


_MAPPING: Final = re.compile(r'(?<=: )\{("[^"]+"): ?("[^"]+")\}')
_LIST: Final = re.compile(r'(?<=: )\[("[^"]+")\]')


def _with_go_literals(fix: str) -> str:
    fix = _MAPPING.sub(r"pulumi.StringMap{\1: pulumi.String(\2)}", fix)
    return _LIST.sub(r"pulumi.StringArray{pulumi.String(\1)}", fix)


def _as_it_is(name: str) -> str:
    return name


_TYPESCRIPT: Final = _Language(
    _as_it_is,
    _as_json,
    {
        "opts=ResourceOptions(protect=True)": "{ protect: true } as the options",
        "config.require_secret": "config.requireSecret",
        "pulumi.Output.secret": "pulumi.secret",
    },
)
_GO: Final = _Language(
    exported,
    _as_go,
    {
        "opts=ResourceOptions(protect=True)": "pulumi.Protect(true)",
        "config.require_secret": "config.RequireSecret",
        "pulumi.Output.secret": "pulumi.ToSecret",
    },
    literal=_with_go_literals,
)
_YAML: Final = _Language(
    _as_it_is,
    _as_json,
    {
        "opts=ResourceOptions(protect=True)": "protect: true in its options",
        "pulumi.Output.secret": "fn::secret",
    },
)
_HCL: Final = _Language(
    snake_case,
    _as_json,
    {
        "opts=ResourceOptions(protect=True)": "lifecycle { prevent_destroy = true }",
        "secret config (config.require_secret)": "a sensitive variable",
        "secret config": "a sensitive variable",
        "random.RandomPassword": "random_password",
        "RandomPassword": "random_password",
    },
    " = ",
)

TERRAFORM: Final = ".tf"
_LANGUAGES: Final[Mapping[str, _Language]] = {
    **dict.fromkeys((".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"), _TYPESCRIPT),
    ".go": _GO,
    **dict.fromkeys((".yaml", ".yml"), _YAML),
    TERRAFORM: _HCL,
}
"""By what a program's files end with."""
