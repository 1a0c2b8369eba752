"""Which environment variables a Go program asks for and is not given, or that are not set.

What it makes may depend on them. Go's library cannot be watched: the program's text tells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Final

from apex_guardrails.sources.offline.go_programs.files import GoProgram
from apex_guardrails.sources.offline.launchers.python_variables import MOST, OTHERWISE, SETTING

_ASKED: Final = """
(call_expression
  function: (selector_expression operand: (identifier) @package field: (_) @method)
  (#eq? @package "os")
  (#match? @method "^(Getenv|LookupEnv)$")
  arguments: (argument_list . [(interpreted_string_literal) (raw_string_literal)] @name))
"""


def variables_asked_for(program: GoProgram) -> Mapping[str, str]:
    """File and line where each is first asked for, by its name."""
    found: dict[str, str] = {}
    for file in program.files:
        if b"os." in file.content:
            for call in file.matches(_ASKED):
                name = (call["name"].text or b"").decode("utf-8", "replace").strip('"`')
                found.setdefault(name, f"{file.path}:{call['name'].start_point.row + 1}")
    return found


def about_variables(
    asked: Mapping[str, str],
    given: Collection[str],
    set_here: Collection[str],
    stood_in: Collection[str],
) -> Iterator[str]:
    """What a reader of the result should know.

    Args:
        asked: see `variables_asked_for`.
        given: what the program gets.
        set_here: what is set where `apex` runs.
        stood_in: those of which it gets a placeholder.
    """
    for name, place in islice(asked.items(), MOST):
        if name in stood_in:
            what = "which is set here but not passed to the program, which gets a placeholder"
            yield f"{place}: reads {name}, {what}: {SETTING}"
        elif name in given:
            continue
        elif name in set_here:
            what = "which is set here but not passed to the program"
            yield f"{place}: reads {name}, {what}: {SETTING}"
        else:
            yield f"{place}: reads {name}, which is not set here: {OTHERWISE}"
