"""`apex waivers`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policies.cli.options import ProgramFolder, SettingsFile
from policies.errors import ExitCode

if TYPE_CHECKING:
    from policies.model import Waiver

waivers = typer.Typer(
    help="Shows the waivers in policy-pack.yaml.", no_args_is_help=True, rich_markup_mode=None
)
commands = typer.Typer(rich_markup_mode=None)
commands.add_typer(waivers, name="waivers")


@waivers.command("list")
def list_waivers(settings: SettingsFile = None, program: ProgramFolder = Path()) -> None:
    """Every waiver: what it covers, who answers for it, and until when."""
    from rich.table import Table

    from policies.reports.console import StandardOutput

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("rule", "resource", "stack", "owner", "days left", "ticket", "reason"):
        table.add_column(column, no_wrap=column not in ("reason", "resource"))
    for stack, waiver, days in _waivers(settings, program):
        left = str(days) if days >= 0 else "expired"
        table.add_row(
            *(waiver.policy, waiver.resource, stack, waiver.owner, left),
            *(waiver.ticket or "", waiver.reason),
        )
    StandardOutput().print(table, markup=False)


@waivers.command("check")
def check_waivers(
    settings: SettingsFile = None,
    program: ProgramFolder = Path(),
    within: Annotated[int, typer.Option(min=0, help="Days before the end to warn.")] = 30,
) -> None:
    """Warns about waivers that end soon; exit code 1 if one has expired."""
    has_expired = False
    for stack, waiver, days in _waivers(settings, program):
        if days > within:
            continue
        has_expired = has_expired or days < 0
        when = f"ends in {days} days" if days >= 0 else "expired"
        where = "" if stack == "*" else f", stack {stack}"
        typer.echo(f"{waiver}{where}: {when} ({waiver.expires.isoformat()}, {waiver.owner})")
    raise typer.Exit(ExitCode.VIOLATION if has_expired else ExitCode.OK)


def _waivers(settings: Path | None, program: Path) -> list[tuple[str, Waiver, int]]:
    """Each waiver with the pattern of its stacks and the days that it still counts."""
    from datetime import UTC, datetime

    from policies.pack import known_rules
    from policies.settings import load, locate
    from policies.sources.offline import load_project

    path = locate(None, os.environ, settings) or locate(load_project(program).root, {})
    content = load(path, known_rules())
    today = datetime.now(UTC).date()
    scopes = [("*", content.waivers), *((k, v.waivers) for k, v in content.stacks.items())]
    return [
        (stack, waiver, (waiver.expires - today).days)
        for stack, given in scopes
        for waiver in given
    ]
