"""Where a Go program asks whether this is a preview: what it makes otherwise is not seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from apex_guardrails.sources.offline.go_programs.files import GoProgram

_ASKED: Final = """
(call_expression
  function: (selector_expression operand: (_) @context field: (field_identifier) @method)
  (#eq? @method "DryRun"))
"""


def asked_for_previews(program: GoProgram) -> Iterator[str]:
    """What a reader of the result should know."""
    for file in program.files:
        if b".DryRun" not in file.content:
            continue
        for found in file.matches(_ASKED):
            if program.is_context(found["context"]):
                yield (
                    f"{file.path}:{found['method'].start_point.row + 1}: the program asks whether "
                    "this is a preview: what it makes in a deployment alone is not seen"
                )
