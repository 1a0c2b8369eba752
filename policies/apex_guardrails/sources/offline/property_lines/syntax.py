"""Other languages, by tree-sitter: a further one is an entry of `LANGUAGES`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tree_sitter import Language, Node, Parser, Query, QueryCursor


@dataclass(frozen=True)
class Grammar:
    """How a language is read.

    Attributes:
        language: gives tree-sitter's grammar for it, whose package is loaded only then.
        names: what a program writes for a property, by the provider's name.
        query: captures each `@name` that is set, and each `@call`.
    """

    language: Callable[[], object]
    names: Callable[[str], Sequence[str]]
    query: str


_ECMASCRIPT: Final = """
(pair key: (property_identifier) @name)
(pair key: (string (string_fragment) @name))
(shorthand_property_identifier) @name
(assignment_expression left: (member_expression property: (property_identifier) @name))
(assignment_expression left: (subscript_expression index: (string (string_fragment) @name)))
(new_expression) @call
(call_expression) @call
"""


_IN_GO: Final = """
(keyed_element . (literal_element (identifier) @name))
(keyed_element . (literal_element (interpreted_string_literal (_) @name)))
(assignment_statement left: (expression_list (selector_expression field: (_) @name)))
(call_expression) @call
"""


def _as_it_is(name: str) -> Sequence[str]:
    return (name,)


def _typescript() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_typescript()


def _with_jsx() -> object:
    """JavaScript is a part of it, which has no casts in angle brackets either."""
    import tree_sitter_typescript

    return tree_sitter_typescript.language_tsx()


def _exported(name: str) -> Sequence[str]:
    """A field's name, or a key's in a map."""
    return (f"{name[:1].upper()}{name[1:]}", name)


def _go() -> object:
    import tree_sitter_go

    return tree_sitter_go.language()


_GO: Final = Grammar(_go, _exported, _IN_GO)
_TYPESCRIPT: Final = Grammar(_typescript, _as_it_is, _ECMASCRIPT)
_JAVASCRIPT: Final = Grammar(_with_jsx, _as_it_is, _ECMASCRIPT)

LANGUAGES: Final = {
    ".go": _GO,
    **dict.fromkeys((".ts", ".mts", ".cts"), _TYPESCRIPT),
    **dict.fromkeys((".tsx", ".jsx", ".js", ".mjs", ".cjs"), _JAVASCRIPT),
}
"""By the ending of a file's name."""


class SyntaxSource:
    """A parsed file. Where it is not valid, what could be read of it counts."""

    def __init__(self, content: bytes, grammar: Grammar) -> None:
        language = Language(grammar.language())
        tree = Parser(language).parse(content)
        found = QueryCursor(Query(language, grammar.query)).captures(tree.root_node)
        self._names = grammar.names
        self._set = found.get("name", [])
        self._calls = found.get("call", [])

    def lines_setting(self, name: str) -> list[int]:
        """The lines on which a member of an object is set that is called so."""
        names = {spelt.encode() for spelt in self._names(name)}
        return sorted(_first_line(node) for node in self._set if node.text in names)

    def call_at(self, line: int) -> range:
        """The lines of the outermost call that begins on a line."""
        ends = [node.end_point.row + 1 for node in self._calls if _first_line(node) == line]
        return range(line, max(ends, default=line - 1) + 1)


def _first_line(node: Node) -> int:
    return node.start_point.row + 1
