"""`apex lsp`."""

from __future__ import annotations

from typing import Annotated

import typer

from apex_guardrails.cli.options import Timeout

commands = typer.Typer(rich_markup_mode=None)


@commands.command(epilog="\b\nExamples:\n  apex lsp\n  apex lsp --stack production")
def lsp(
    stack: Annotated[
        str | None,
        typer.Option(
            "--stack", "-s", help="The stack; the only one or dev if left out.", show_default=False
        ),
    ] = None,
    timeout: Timeout = 120,
) -> None:
    """Shows findings in an editor, on standard input and output (Language Server Protocol).

    The program that a saved file belongs to is judged at each save. It ends with the editor.
    """
    from importlib.util import find_spec

    from apex_guardrails.support.errors import UsageError

    if find_spec("pygls") is None:
        raise UsageError("apex lsp needs the extra lsp: pip install 'apex-guardrails[lsp]'")
    from apex_guardrails.editor.server import serve

    serve(stack, timeout)
