"""What programs that tree-sitter reads have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Language, Node, Parser

COMMENT = rb"//[^\n]*|/\*.*?\*/"
"""Of the languages that took it from C; with `re.DOTALL` for what goes over several lines."""


def parsed(content: bytes, language: Callable[[], object]) -> Node:
    """The root of a file's tree.

    Raises:
        ValueError: it is not UTF-8, or not in the language.
    """
    content.decode("utf-8")
    root = Parser(Language(language())).parse(content).root_node
    if root.has_error:
        raise ValueError("is not valid")
    return root


def walk(root: Node) -> Iterator[Node]:
    """Every node below one, and itself."""
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending += node.children


def parts(node: Node | None) -> list[Node]:
    """What a node is made of, without brackets, commas and comments."""
    return [item for item in node.named_children if item.type != "comment"] if node else []


def text_of(node: Node) -> str:
    """What stands there."""
    return (node.text or b"").decode()


def literal_text(node: Node, kind: str) -> str | None:
    """What a string literal stands for; `None` for what is none, or has escapes.

    Args:
        node: a node.
        kind: what the language's grammar calls its string literals.
    """
    if node.type != kind:
        return None
    inner = text_of(node)[1:-1]
    return None if "\\" in inner else inner


def span(node: Node) -> tuple[int, int]:
    """Where it begins and ends, in bytes."""
    return node.start_byte, node.end_byte


def line_of(node: Node) -> int:
    """The line on which it begins, counted from 1."""
    return node.start_point.row + 1
