"""`apex waivers`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from apex_guardrails.cli.options import ProgramFolder, SettingsFile
from apex_guardrails.support.errors import ExitCode

if TYPE_CHECKING:
    from datetime import date

    from apex_guardrails.model import Waiver
    from apex_guardrails.settings import PolicyPackSettings, Scope

waivers = typer.Typer(
    help="Shows the waivers in policy-pack.yaml.", no_args_is_help=True, rich_markup_mode=None
)
commands = typer.Typer(rich_markup_mode=None)
commands.add_typer(waivers, name="waivers")

ALL: Final = "*"
"""The pattern of what is said for all stacks."""


@waivers.command("list")
def list_waivers(settings: SettingsFile = None, program: ProgramFolder = Path()) -> None:
    """Every waiver: what it covers, who answers for it, and until when."""
    from rich.table import Table

    from apex_guardrails.reports.terminal import StandardOutput

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("rule", "resource", "stack", "owner", "days left", "ticket", "reason"):
        table.add_column(column, no_wrap=column not in ("reason", "resource"))
    today = _today()
    for stack, waiver in _scoped(_settings(settings, program, today)):
        days = (waiver.expires - today).days
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
    """Warns about waivers that end soon or are wide; exit code 1 if one has expired.

    A section below stacks that matches no stack of the project is named, too.
    """
    from apex_guardrails.settings import find_wide, without_stack
    from apex_guardrails.sources.judged_project import stack_names

    today = _today()
    content = _settings(settings, program, today)
    has_expired = False
    for stack, waiver in _scoped(content):
        days = (waiver.expires - today).days
        if days > within:
            continue
        has_expired = has_expired or days < 0
        when = f"ends in {days} days" if days >= 0 else "expired"
        where = "" if stack == ALL else f", stack {stack}"
        typer.echo(f"{waiver}{where}: {when} ({waiver.expires.isoformat()}, {waiver.owner})")
    for stack, scope in _scopes(content):
        where = "" if stack == ALL else f"stack {stack}: "
        for line in find_wide(scope.waivers):
            typer.echo(f"{where}{line}")
    for line in without_stack(content, stack_names(program)):
        typer.echo(line)
    raise typer.Exit(ExitCode.VIOLATION if has_expired else ExitCode.OK)


def _today() -> date:
    from datetime import UTC, datetime

    return datetime.now(UTC).date()


def _settings(settings: Path | None, program: Path, today: date) -> PolicyPackSettings:
    from apex_guardrails.pack.rules import known_rules
    from apex_guardrails.settings import load, locate
    from apex_guardrails.sources.offline.project import load_project

    path = locate(None, os.environ, settings) or locate(load_project(program).root, {})
    return load(path, known_rules(), today)


def _scopes(content: PolicyPackSettings) -> list[tuple[str, Scope]]:
    """What is said for all stacks, then by the pattern of others."""
    return [(ALL, content), *content.stacks.items()]


def _scoped(content: PolicyPackSettings) -> list[tuple[str, Waiver]]:
    """Each waiver with the pattern of its stacks."""
    return [(stack, waiver) for stack, scope in _scopes(content) for waiver in scope.waivers]
