"""What a page's commands are, as a shell reads them: bash runs the page, and nothing else runs.

Every program is a recorder, so that quotes, pipes, substitutions and line continuations need no
parser of ours.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import ROOT, Block, blocks, inline_code

_RECORDER = """
command_not_found_handle() { printf '%s\\0' "$#" "$@" >&9; }
cd() { :; }
"""
_VARIABLES = {"PROJECT": "a-project", "REGION": "us-central1", "ZONE": "us-central1-b"}
"""What docs/runbooks/index.md has its reader set first."""
_PATH = re.compile(r"(?<![\w./$-])[.\w-]+(?:/[\w.-]+)+")
_INLINE = re.compile(r"(gcloud|pulumi|tcld|temporal) [a-z].*")
_READ = re.compile(r"<\s*([\w.-]+)")


@dataclass(frozen=True)
class Call:
    """A program that a page calls, and what with."""

    page: str
    program: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page}: {self.program} {' '.join(self.arguments)}"

    @property
    def words(self) -> list[str]:
        """The arguments before the first option."""
        words = list(self.arguments)
        return words[
            : next((n for n, word in enumerate(words) if word.startswith("-")), len(words))
        ]

    @property
    def options(self) -> list[str]:
        """The options' names, as far as `--`."""
        arguments = self.arguments
        end = arguments.index("--") if "--" in arguments else len(arguments)
        return [
            word.partition("=")[0]
            for word in arguments[:end]
            if word.startswith("-") and word != "-"
        ]


def script(page: str) -> str:
    """A page's commands, one block below the other."""
    return "\n".join(_commands(block) for block in blocks(page))


def _commands(block: Block) -> str:
    if block.language == "sh":
        return block.text
    if block.language == "console":
        return "\n".join(line.removeprefix("$ ") for line in _prompts(block.text))
    return ""


def _prompts(text: str) -> list[str]:
    """The lines that somebody types, with those that a backslash continues."""
    lines: list[str] = []
    typed = False
    for line in text.splitlines():
        if typed or line.startswith("$ "):
            lines.append(line)
            typed = line.endswith("\\")
    return lines


def calls(page: str, folder: Path) -> list[Call]:
    """Every program that a page calls, in its blocks and within its text.

    Args:
        page: Its path in the repository.
        folder: An empty one, for what the commands read and write.

    Raises:
        AssertionError: Bash cannot run the page.
    """
    inline = [code for code in inline_code(page) if _INLINE.fullmatch(code)]
    text = "\n".join([script(page), *inline])
    for name in _READ.findall(text):
        (folder / name).touch()
    # A program with a slash in its name is not looked for on PATH.
    ours = {
        path for path in _PATH.findall(text) if path.startswith(".venv/") or (ROOT / path).is_file()
    }
    functions = "".join(
        f'{path}() {{ command_not_found_handle {path} "$@"; }}\n' for path in sorted(ours)
    )
    record = folder / "calls"
    done = subprocess.run(
        ["/bin/bash", "-c", f"exec 9>>{record}\n{_RECORDER}{functions}{text}"],
        cwd=folder,
        env={"PATH": "/nowhere", "HOME": str(folder), **_VARIABLES},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, f"{page}: {done.stderr}"
    return list(_read(page, record.read_text("utf-8")))


def _read(page: str, recorded: str) -> list[Call]:
    words = recorded.split("\0")[:-1]
    found: list[Call] = []
    while words:
        count = int(words.pop(0))
        program, *arguments = words[:count]
        del words[:count]
        found.append(Call(page, program, tuple(arguments)))
    return found
