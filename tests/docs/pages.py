"""The pages that people read, and what their code blocks hold.

`sh` is commands alone, to be copied. `console` is commands after `$ ` with what they print below;
`...` there stands for any text, on a line of its own for any lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PAGES = [
    path.relative_to(ROOT).as_posix()
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "AGENTS.md",
        ROOT / "policies/apex_guardrails/scaffold/for_agents/SKILL.md",
        *sorted((ROOT / "docs").glob("*.md")),
        ROOT / "docs/grafana/README.md",
        *sorted((ROOT / "docs/runbooks").rglob("*.md")),
        *sorted((ROOT / "examples").glob("*/README.md")),
    )
]


@dataclass(frozen=True)
class Block:
    """A code block of a page."""

    page: str
    line: int
    language: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command line, and what the page says it prints; `None` where it says nothing."""

    place: str
    line: str
    expected: str | None


@cache
def _tokens(page: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse((ROOT / page).read_text("utf-8"))


def blocks(page: str) -> list[Block]:
    """Every code block; one that is only indented has no language."""
    return [
        Block(page, (token.map or [0])[0] + 1, token.info.split(" ")[0], token.content)
        for token in _tokens(page)
        if token.type in {"fence", "code_block"}
    ]


def inline_code(page: str) -> list[str]:
    """Every piece of code within the text."""
    return [
        " ".join(child.content.split())
        for token in _tokens(page)
        for child in token.children or ()
        if child.type == "code_inline"
    ]


def commands(page: str) -> Iterator[Command]:
    """Every command of a page, in order."""
    for block in blocks(page):
        place = f"{page}:{block.line}"
        joined = re.sub(r"\\\n\s*", "", block.text)
        if block.language == "sh":
            yield from (Command(place, line, None) for line in joined.splitlines() if line)
        elif block.language == "console":
            for shown in re.split(r"^\$ ", joined, flags=re.MULTILINE)[1:]:
                line, _, output = shown.partition("\n")
                yield Command(place, line, output)


def is_recipe(block: Block) -> bool:
    """Whether a block is a CI's own file, and nothing of ours."""
    is_file = block.language == "yaml" and not block.text.startswith("- ")
    return block.page == "docs/ci.md" and (is_file or block.language == "groovy")


def is_as_shown(expected: str, said: str) -> bool:
    """Whether an output is what a page shows, but for what `...` stands for."""
    pattern = "".join(
        r"(?:.*\n)*" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + "\n"
        for line in expected.splitlines()
    )
    return (
        re.fullmatch(pattern, said if said.endswith("\n") or not said else said + "\n") is not None
    )
