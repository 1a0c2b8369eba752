"""`apex` alone: judges the one stack of the program here, or says what could be done."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from apex_guardrails.support.errors import ExitCode, as_shown

_NO_PROGRAM = """\
Decides, before anything is deployed, whether a Pulumi program may be deployed.

There is no Pulumi.yaml in this folder.
  apex preview --program DIR   judges the program in another folder
  apex preview --all           judges every program below this folder
  apex audit STATE.json        judges what `pulumi stack export` wrote
  apex explain RULE            tells all about one rule
  apex --help                  lists every command"""

_NEXT = """\
next:
  apex explain RULE   tells all about a rule, with a program that passes
  apex fix            shows what can be mended in the program's own lines
  apex init           writes a policy-pack.yaml: levels, budget, waivers
  apex --help         lists every command"""


def first_contact(folder: Path) -> ExitCode:
    """What `apex` without a command does in a folder; the exit code.

    Raises:
        UsageError: its `Pulumi.yaml` is not valid.
    """
    from apex_guardrails.sources.offline.project import DEFAULT_STACK, PROJECT_FILES, load_project

    if not any((folder / name).exists() for name in PROJECT_FILES):
        typer.echo(_NO_PROGRAM)
        return ExitCode.USAGE
    project = load_project(folder)
    stacks = project.stacks()
    if len(stacks) > 1:
        typer.echo(_several(project.name, stacks))
        return ExitCode.USAGE
    stack = stacks[0] if stacks else DEFAULT_STACK
    which = f"its one stack, {stack}" if stacks else f"a stack {stack}, as none has a file"
    sys.stderr.write(
        as_shown(
            f"runs {project.name} offline and judges {which}: `apex preview --stack {stack}`\n"
            "  Nothing is deployed; no cloud account and no Pulumi CLI is needed."
        )
    )
    sys.stderr.flush()
    return _judged(stack)


def _several(project: str, stacks: list[str]) -> str:
    """The commands of which one is meant."""
    width = max(map(len, stacks))
    lines = [f"{project} has {len(stacks)} stacks. Name one, or judge them all:"]
    lines += [f"  apex preview --stack {stack:{width}}" for stack in stacks]
    return "\n".join([*map(str.rstrip, lines), "  apex preview --all"])


def _judged(stack: str) -> ExitCode:
    from apex_guardrails.cli.preview import preview

    try:
        preview(stack=stack)
    except typer.Exit as leaving:
        code = ExitCode(leaving.exit_code)
    else:
        code = ExitCode.OK
    typer.echo(f"\n{_NEXT}", err=True)
    return code
