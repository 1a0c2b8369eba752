"""`apex new-rule` and `apex init`: files to begin with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from apex_guardrails.cli.options import ProgramFolder

if TYPE_CHECKING:
    from apex_guardrails.sources.offline.project import Project

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


@commands.command(
    epilog="\b\nExamples:\n  apex init\n  apex init --program infra\n  apex init --agents"
)
def init(
    program: ProgramFolder = Path(),
    agents: Annotated[
        bool,
        typer.Option(
            "--agents",
            help="Also write AGENTS.md and a skill for coding agents at the repository's root.",
        ),
    ] = False,
) -> None:
    """Writes a first policy-pack.yaml for a program; changes nothing that is there.

    It finds out by itself where the program is, below this folder too, which stacks it has, and
    which regions and labels their config names.
    """
    from apex_guardrails.runs.doctor import programs
    from apex_guardrails.scaffold import look_at, settings_file
    from apex_guardrails.settings import SETTINGS_FILE
    from apex_guardrails.support.errors import UsageError
    from apex_guardrails.support.files import write_text

    found = programs(program)
    if len(found) > 1:
        folders = ", ".join(str(each.file.parent) for each in found)
        raise UsageError(f"{program}: several programs are below; --program names one: {folders}")
    project = found[0]
    path = project.root / SETTINGS_FILE
    about = look_at(project)
    if agents:
        _write_for_agents(project, about.stacks)
    if agents and os.path.lexists(path):
        typer.echo(f"{path}: already exists, and was left as it is")
        return
    write_text(path, settings_file(about), replace=False)
    here = "" if project.root == Path.cwd() else f" --program {project.file.parent}"
    stack = f" --stack {about.stacks[0]}" if about.stacks and "dev" not in about.stacks else ""
    typer.echo(f"{path}: written; `apex preview{here}{stack}` applies it")


def _write_for_agents(project: Project, stacks: Sequence[str]) -> None:
    from apex_guardrails.judgement.circumstances import repository_root
    from apex_guardrails.scaffold import agent_files
    from apex_guardrails.support.files import write_text

    root = repository_root(project.root)
    below = PurePosixPath(project.root.relative_to(root.resolve()).as_posix())
    for name, text in agent_files(below, stacks).items():
        if os.path.lexists(root / name):
            typer.echo(f"{root / name}: already exists, and was left as it is")
        else:
            write_text(root / name, text, replace=False)
            typer.echo(f"{root / name}: written")
