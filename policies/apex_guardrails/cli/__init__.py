"""The `apex` command: parses, calls, exits. One file per command, or per group of them.

What is slow to import is imported where it is needed, so that help and mistakes are answered at
once.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from apex_guardrails.cli import (
    audit,
    baseline,
    comment,
    cost,
    doctor,
    export,
    fix,
    fleet,
    lsp,
    mcp,
    pack,
    policies,
    preview,
    prices,
    record,
    report,
    scaffold,
    waivers,
)
from apex_guardrails.support.errors import ApexError, ExitCode, Interruption, PackError, as_shown
from apex_guardrails.support.streams import usable_streams

_PATIENCE_SECONDS = 10
"""After a signal, what is under way has so long to end."""

app = typer.Typer(
    name="apex",
    help="Decides, before anything is deployed, whether a Pulumi program may be deployed.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    # Boxes and colours in help would cost a tenth of a second at every start.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    *(preview, fix, audit, fleet, report, cost, prices, export, record, doctor),
    *(policies, pack, scaffold, waivers, baseline, comment, mcp, lsp),
):
    app.add_typer(command.commands)


def _version(asked: bool) -> None:
    if asked:
        from apex_guardrails.pack.about import pack_info

        typer.echo(f"apex {pack_info()['version']}")
        raise typer.Exit


@app.callback()
def _apex(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 its callback hears it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        from apex_guardrails.cli.first_contact import first_contact

        raise typer.Exit(first_contact(Path()))


def main() -> int:
    """Runs `apex` and returns its exit code; whatever a user can cause is one clear message."""
    with usable_streams():
        return _run()


def _run() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except ApexError as error:
        return _say(str(error), error.exit_code)
    except SystemExit as leaving:
        if leaving.code in (ExitCode.INTERRUPTED, ExitCode.TERMINATED):
            return _say("interrupted", ExitCode(leaving.code))
        return leaving.code if isinstance(leaving.code, int) else 0
    except Exception as error:
        if os.environ.get("APEX_DEBUG"):
            raise
        defect = PackError(
            f"unexpected {type(error).__name__}; this is a defect of apex, and nothing was "
            "decided. APEX_DEBUG=1 shows the traceback."
        )
        return _say(str(defect), defect.exit_code)
    return ExitCode.OK


def _leave(number: int, _frame: object) -> NoReturn:
    """Ends everything that is under way, the judged program among it, on a signal."""
    # Python ignores what is raised in a finalizer or a callback, so it is raised again until it is
    # heard.
    signal.signal(signal.SIGALRM, lambda *_: _leave(number, None))
    signal.alarm(_PATIENCE_SECONDS)
    raise Interruption(128 + number)


def _say(message: str, code: ExitCode) -> ExitCode:
    sys.stderr.write(as_shown(message))
    return code
