"""`apex fleet`: thousands of stacks, one answer."""

from __future__ import annotations

import typer

from apex_guardrails.cli.fleet import audit, export, report

commands = typer.Typer(rich_markup_mode=None)
fleet = typer.Typer(
    help="Judges the states of thousands of stacks into tables, and reports what they say.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
for command in (audit, report, export):
    fleet.add_typer(command.commands)
commands.add_typer(fleet, name="fleet")
