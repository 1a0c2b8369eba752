"""The `apex` command: parses, calls, exits.

What is slow to import is imported where it is needed, so that help and mistakes are answered at
once.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from policies.errors import ApexError, ExitCode, PackError

if TYPE_CHECKING:
    from policies.reports import Report

app = typer.Typer(
    name="apex",
    help="Decides, before anything is deployed, whether a Pulumi program may be deployed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Boxes and colours in help would cost a tenth of a second at every start.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
policies = typer.Typer(
    help="Shows the rules of the pack.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(policies, name="policies")


def _version(asked: bool) -> None:
    if asked:
        from policies.pack import pack_file

        typer.echo(f"apex {pack_file()['version']}")
        raise typer.Exit


@app.callback()
def _apex(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    pass


@app.command(
    epilog="\b\nExamples:\n  apex preview\n  apex preview --stack production\n"
    "  apex preview --program ../other --settings policy-pack.yaml",
)
def preview(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack to judge.")] = "dev",
    program: Annotated[
        Path, typer.Option(help="The folder with the program's Pulumi.yaml.")
    ] = Path(),
    settings: Annotated[
        Path | None,
        typer.Option(
            help="The settings file; else $APEX_SETTINGS, else policy-pack.yaml beside Pulumi.yaml."
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that the program may take.")] = 300,
) -> None:
    """Runs a Pulumi program offline and judges what it would deploy.

    Neither the Pulumi CLI, nor a login, nor a cloud account is needed.

    Exit codes: 0 may be deployed; 1 a mandatory rule fails; 2 wrong usage or an invalid file;
    3 the program failed; 4 the pack failed.
    """
    from policies.preview import preview_offline
    from policies.reports import console as report_console

    report = preview_offline(program, stack, settings, timeout)
    report_console.render(report, report_console.StandardOutput())
    raise typer.Exit(_exit_code(report))


def _exit_code(report: Report) -> ExitCode:
    if report.decision.errors:
        return ExitCode.PACK_FAILED
    if report.program_errors or not report.is_complete:
        return ExitCode.PROGRAM_FAILED
    return ExitCode.OK if report.is_allowed else ExitCode.VIOLATION


@policies.command("list")
def list_policies() -> None:
    """Every rule: its id, severity, default level and title."""
    from rich.table import Table

    from policies.pack import proven_rules
    from policies.reports.console import StandardOutput

    console = StandardOutput()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("rule", "severity", "level", "title"):
        table.add_column(column, no_wrap=column != "title")
    for rule in proven_rules():
        table.add_row(rule.id, rule.severity, rule.level, rule.title)
    console.print(table)


@policies.command("show")
def show_policy(
    rule_id: Annotated[str, typer.Argument(metavar="RULE", help="Such as sql-no-public-ip.")],
) -> None:
    """All about one rule."""
    from policies.documents import nearest
    from policies.errors import UsageError
    from policies.pack import proven_rules
    from policies.reports.console import StandardOutput

    rules = {rule.id: rule for rule in proven_rules()}
    rule = rules.get(rule_id)
    if rule is None:
        hint = nearest(rule_id, rules) or "; `apex policies list` shows them all"
        raise UsageError(f"{rule_id}: there is no such rule{hint}")
    console = StandardOutput()
    for line in rule.describe():
        console.print(line, markup=False, soft_wrap=True)


def main() -> int:
    """Runs `apex` and returns its exit code; whatever a user can cause is one clear message."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    try:
        app()
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
    raise SystemExit(128 + number)


def _say(message: str, code: ExitCode) -> ExitCode:
    sys.stderr.write(f"apex: {message}\n")
    return code
