"""What the text of a Go program tells of a run, as nothing in the run can be asked."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from apex_guardrails.sources.offline.go_programs.booleans import guessed_booleans
from apex_guardrails.sources.offline.go_programs.callbacks import Places, unrun_callbacks
from apex_guardrails.sources.offline.go_programs.deployments_alone import asked_for_previews
from apex_guardrails.sources.offline.go_programs.files import GoProgram
from apex_guardrails.sources.offline.go_programs.variables import (
    about_variables,
    variables_asked_for,
)

if TYPE_CHECKING:
    from apex_guardrails.sources.offline.registered import Registered


def stood_in(program: GoProgram, withheld: Mapping[str, str]) -> Mapping[str, str]:
    """The variables of which a program gets a placeholder, as it asks for them.

    Args:
        program: its files.
        withheld: placeholders for those that are kept from it, and are credentials.
    """
    asked = variables_asked_for(program) if withheld else {}
    return {name: withheld[name] for name in withheld if name in asked}


def tell(
    program: GoProgram,
    registered: Registered,
    seen: Places,
    given: Collection[str],
    withheld: Collection[str],
) -> None:
    """Adds to what a run has registered.

    Args:
        program: its files.
        registered: what came of the run.
        seen: where the program made something.
        given: the environment variables that it gets.
        withheld: those of which it gets a placeholder.
    """
    stack = registered.stack
    stack.unrun += unrun_callbacks(program, seen)
    stack.guessed += guessed_booleans(program, [answer.token for answer in stack.assumed])
    registered.notes += asked_for_previews(program)
    registered.notes += about_variables(variables_asked_for(program), given, os.environ, withheld)
