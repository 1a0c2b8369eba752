"""`apex new-rule` and `apex init`: files to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from apex_guardrails.cli.options import ProgramFolder

commands = typer.Typer(rich_markup_mode=None)


@commands.command(
    "new-rule",
    epilog="\b\nExample:\n  apex new-rule sql-data-api-off "
    "--type gcp:sql/databaseInstance:DatabaseInstance \\\n    --input settings.dataApiAccess",
)
def new_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Such as sql-no-public-ip.")],
    token: Annotated[str, typer.Option("--type", help="The resource type that it is about.")],
    path: Annotated[str, typer.Option("--input", help="The input that it reads.")],
    severity: Annotated[str, typer.Option(help="low, medium, high or critical.")] = "medium",
    rules: Annotated[Path, typer.Option(help="The folder of the rules.")] = Path(
        "policies/apex_guardrails/rules"
    ),
) -> None:
    """Writes the file of a new rule, with cases, to be filled in."""
    from apex_guardrails.model import Severity
    from apex_guardrails.pack.rules import known_rules
    from apex_guardrails.scaffold import rule_file
    from apex_guardrails.support.errors import UsageError
    from apex_guardrails.support.files import write_text

    if severity not in list(Severity):
        raise UsageError(f"--severity {severity}: must be one of {', '.join(Severity)}")
    if not rules.is_dir():
        raise UsageError(f"{rules}: there is no such folder; --rules names the folder of the rules")
    below, text = rule_file(rule_id, token, path, Severity(severity))
    if any(rule.id == rule_id for rule in known_rules()):
        raise UsageError(f"{rule_id}: is already a rule; `apex explain {rule_id}` shows it")
    write_text(rules / below, text, replace=False)
    package = rules / below.parent / "__init__.py"
    if not package.exists():
        write_text(package, f'"""The rules of {below.parent}."""\n')
    typer.echo(f"{rules / below}: fill in what is marked FILL IN; the pack's tests run its cases")


@commands.command()
def init(
    program: ProgramFolder = Path(),
) -> None:
    """Writes a first policy-pack.yaml for a program; changes nothing that is there."""
    from apex_guardrails.scaffold import settings_file
    from apex_guardrails.settings import SETTINGS_FILE
    from apex_guardrails.sources.offline.project import load_project
    from apex_guardrails.support.files import write_text

    project = load_project(program)
    path = project.root / SETTINGS_FILE
    write_text(path, settings_file(project.stacks()), replace=False)
    typer.echo(f"{path}: written; `apex preview` applies it")
