"""`apex mcp`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(rich_markup_mode=None)


@commands.command(epilog="\b\nExamples:\n  apex mcp\n  apex mcp --root infra --timeout 60")
def mcp(
    root: Annotated[
        Path, typer.Option(help="The folder outside of which no path is taken.")
    ] = Path(),
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that a program may take.")] = 120,
) -> None:
    """Serves tools for coding agents on standard input and output (Model Context Protocol).

    evaluate_program, explain_rule, estimate_cost, what_changes, list_waivers: they read, run the
    program that is named, and change nothing. It ends with its input.
    """
    from importlib.util import find_spec

    from apex_guardrails.support.errors import UsageError

    if find_spec("mcp") is None:
        raise UsageError("apex mcp needs the extra mcp: pip install 'apex-guardrails[mcp]'")
    from apex_guardrails.agents.confines import Confines

    confines = Confines.of(root)
    from apex_guardrails.agents.server import serve

    serve(confines, timeout)
