"""`apex` alone: judges the one stack of the program here, or says what could be done."""

from __future__ import annotations

from pathlib import Path

import typer

from apex_guardrails.support.errors import ExitCode

_NO_PROGRAM = """\
Decides, before anything is deployed, whether a Pulumi program may be deployed.

There is no Pulumi.yaml in this folder.
  apex preview --program DIR   judges the program in another folder
  apex preview --all           judges every program below this folder
  apex audit STATE.json        judges what `pulumi stack export` wrote
  apex explain RULE            tells all about one rule
  apex --help                  lists every command"""

_DOCTOR = "apex doctor         says what is missing to run the program"
_EXPLAIN = "apex explain RULE   tells all about a rule, with a program that passes"
_FIX = "apex fix            shows what can be mended in the program's own lines"
_INIT = "apex init           writes a policy-pack.yaml: levels, budget, waivers"
_HELP = "apex --help         lists every command"


def first_contact(folder: Path) -> ExitCode:
    """What `apex` without a command does in a folder; the exit code.

    Raises:
        UsageError: its `Pulumi.yaml` is not valid.
    """
    from apex_guardrails.settings import SETTINGS_FILE
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
    typer.echo(
        f"Runs {project.name} offline and judges {which}: `apex preview --stack {stack}`\n"
        "Nothing is deployed; no cloud account and no Pulumi CLI is needed.",
        err=True,
    )
    code = _judged(stack)
    commands = _next(code, has_settings=(project.root / SETTINGS_FILE).is_file())
    typer.echo("\n  ".join(["\nnext:", *commands]), err=True)
    return code


def _next(code: ExitCode, *, has_settings: bool) -> list[str]:
    """The commands that help after a run."""
    found = [_DOCTOR] if code is ExitCode.PROGRAM_FAILED else [_EXPLAIN, _FIX]
    return [*found, *(() if has_settings else (_INIT,)), _HELP]


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
        return ExitCode(leaving.exit_code)
    return ExitCode.OK
