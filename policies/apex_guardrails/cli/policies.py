"""`apex policies` and `apex explain`: the rules of the pack."""

from __future__ import annotations

import enum
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from apex_guardrails.cli.options import ProgramFolder, SettingsFile, Timeout
from apex_guardrails.support.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apex_guardrails.controls import Framework
    from apex_guardrails.model import Rule

RuleId = Annotated[str, typer.Argument(metavar="RULE", help="Such as sql-no-public-ip.")]

commands = typer.Typer(rich_markup_mode=None)
policies = typer.Typer(
    help="Shows the rules of the pack.", no_args_is_help=True, rich_markup_mode=None
)
commands.add_typer(policies, name="policies")


_ABOUT_PROGRAMS: Final = {
    "stack": "--stack",
    "program": "--program",
    "settings": "--settings",
    "framework": "--framework",
    "timeout": "--timeout",
    "run": "--run and --no-run",
}
"""Options of `apex policies coverage` that say nothing of other tools: parameters and names."""


class CoverageFormat(enum.StrEnum):
    """How `apex policies coverage` shows it."""

    TABLE = "table"
    JSON = "json"


@policies.command(
    "list", epilog="\b\nExamples:\n  apex policies list\n  apex policies list --profile strict"
)
def list_policies(
    program: ProgramFolder = Path(),
    settings: SettingsFile = None,
    profile: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The levels in a profile: recommended, strict, a framework, or a file.",
        ),
    ] = None,
) -> None:
    """Every rule: its id, severity, default level and title; own_rules of the settings included."""
    from apex_guardrails.pack.rules import checked_rules
    from apex_guardrails.support.text import visible

    rules = _with_own(checked_rules(), program, settings)
    if profile is None:
        levels = {rule.id: rule.by_default for rule in rules}
    else:
        from apex_guardrails.settings import named

        levels = named(profile, rules, "--profile")
    rows = [(rule.id, rule.severity, levels[rule.id], visible(rule.title)) for rule in rules]
    names = "rule", "severity", "level", "title"
    widths = [max(map(len, column)) for column in list(zip(names, *rows, strict=True))[:-1]]
    # Rich lays a table out in more time than everything else takes together.
    head, *lines = ("  ".join((*map(str.ljust, row, widths), row[-1])) for row in (names, *rows))
    typer.echo(
        "\n".join((typer.style(head, dim=True), *lines)),
        color=False if os.environ.get("NO_COLOR") else None,
    )


@policies.command(
    "test", epilog="\b\nExit codes:\n  0  all cases go as they say\n  4  one does not"
)
def prove_policies(program: ProgramFolder = Path(), settings: SettingsFile = None) -> None:
    """Runs the cases of every rule; own_rules of the settings included."""
    from apex_guardrails.pack.rules import proven_rules

    rules = _with_own(proven_rules(), program, settings)
    cases = sum(len(rule.cases) for rule in rules)
    typer.echo(f"{len(rules)} rules: all {cases:,} cases go as they say")


class ShownLanguage(enum.StrEnum):
    """A language that programs are shown in."""

    PYTHON = "python"
    TYPESCRIPT = "typescript"
    GO = "go"
    YAML = "yaml"


LanguageOption = Annotated[
    ShownLanguage | None,
    typer.Option(
        "--language",
        "-l",
        help="What the fix and the programs are written in; else what Pulumi.yaml here says, or "
        "Python.",
    ),
]


@commands.command(
    epilog="\b\nExamples:\n  apex explain sql-no-public-ip\n"
    "  apex explain sql-no-public-ip --language typescript",
)
def explain(
    rule_id: RuleId,
    language: LanguageOption = None,
    program: ProgramFolder = Path(),
    settings: SettingsFile = None,
) -> None:
    """All about one rule: what it wants, why, how to mend the program, and what passes."""
    show_policy(rule_id, language, program, settings)


@policies.command("show")
def show_policy(
    rule_id: RuleId,
    language: LanguageOption = None,
    program: ProgramFolder = Path(),
    settings: SettingsFile = None,
) -> None:
    """All about one rule."""
    from apex_guardrails.pack.rules import known_rules
    from apex_guardrails.scaffold.explained import explained, language_here
    from apex_guardrails.support.errors import UsageError
    from apex_guardrails.support.mistakes import nearest

    rules = {rule.id: rule for rule in _with_own(known_rules(), program, settings)}
    rule = rules.get(rule_id)
    if rule is None:
        hint = nearest(rule_id.lower(), rules) or "; `apex policies list` shows them all"
        raise UsageError(f"{rule_id}: there is no such rule{hint}")
    # Not through a console, which makes spaces of Go's tabs.
    for line in explained(rule, language or language_here(program)):
        typer.echo(line)


@policies.command(
    epilog="\b\nExamples:\n  apex policies coverage --stack production\n"
    "  apex policies coverage --framework cis-gcp-4.0 --format json\n"
    "  apex policies coverage --no-run\n"
    "  apex policies coverage --peers",
)
def coverage(  # noqa: PLR0913, PLR0917 an option is a parameter
    context: typer.Context,
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack to judge.")] = "dev",
    program: ProgramFolder = Path(),
    settings: SettingsFile = None,
    framework: Annotated[
        str | None, typer.Option(metavar="ID", help="One framework alone, such as cis-gcp-4.0.")
    ] = None,
    output: Annotated[
        CoverageFormat, typer.Option("--format", help="For people or programs.")
    ] = CoverageFormat.TABLE,
    timeout: Timeout = 300,
    run: Annotated[
        bool,
        typer.Option(
            "--run/--no-run", help="Whether to run the program; else only the mapping is shown."
        ),
    ] = True,
    peers: Annotated[
        bool,
        typer.Option(
            "--peers",
            help="Other tools' checks instead, without a program: how many the rules cover.",
        ),
    ] = False,
) -> None:
    """Every control of the frameworks: which rules are evidence for it, and what they say.

    Runs the program offline as `apex preview` does. A rule that passes is evidence for a control,
    and no proof of it.

    Exit codes: 0 shown, whatever the rules say; 1 with --peers: a check that was covered no longer
    is; 2 wrong usage or an invalid file; 3 the program failed, and what is shown is not all; 4 the
    pack failed.
    """
    if peers:
        _show_peers(context, output)
        return
    from apex_guardrails import controls
    from apex_guardrails.cli.tables.coverage import as_json, render
    from apex_guardrails.pack.rules import proven_rules
    from apex_guardrails.reports.terminal import StandardOutput
    from apex_guardrails.runs.preview import preview_offline

    chosen = _frameworks(framework)
    result = preview_offline(program, stack, settings, timeout, in_full=False) if run else None
    rules = () if result else _with_own(proven_rules(), program, settings)
    covered = controls.coverage(chosen, result.said if result else controls.not_run(rules))
    if output is CoverageFormat.JSON:
        typer.echo(as_json(covered, result))
    else:
        render(covered, result, StandardOutput())
    code = ExitCode(result.judgement.exit_code) if result else ExitCode.OK
    raise typer.Exit(ExitCode.OK if code in (ExitCode.VIOLATION, ExitCode.OVER_BUDGET) else code)


def _show_peers(context: typer.Context, output: CoverageFormat) -> None:
    """What the rules cover of other tools' checks.

    Raises:
        UsageError: an option is given, too, that is about a program or a framework.
        typer.Exit: with 1, a check that was covered no longer is.
    """
    from apex_guardrails import controls
    from apex_guardrails.cli.tables.peers import as_json, render
    from apex_guardrails.pack.rules import proven_rules
    from apex_guardrails.reports.terminal import StandardOutput
    from apex_guardrails.support.errors import UsageError

    for name, option in _ABOUT_PROGRAMS.items():
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise UsageError(f"--peers is about other tools: leave out {option}")
    found = controls.peers(proven_rules())
    gone = list(controls.lost(found, controls.recorded()))
    if output is CoverageFormat.JSON:
        typer.echo(as_json(found, gone))
    else:
        render(found, StandardOutput())
    for line in gone:
        typer.echo(f"apex: {line}", err=True)
    if gone:
        raise typer.Exit(ExitCode.VIOLATION)


def _frameworks(name: str | None) -> list[Framework]:
    """The framework of that name, or all."""
    from apex_guardrails.controls import frameworks
    from apex_guardrails.support.errors import UsageError
    from apex_guardrails.support.mistakes import nearest

    known = frameworks()
    if name is None:
        return list(known.values())
    if name not in known:
        hint = nearest(name, known) or f" (known: {', '.join(known)})"
        raise UsageError(f"--framework {name}: there is no such framework{hint}")
    return [known[name]]


@policies.command("schema")
def schema(program: ProgramFolder = Path(), settings: SettingsFile = None) -> None:
    """The JSON Schema of policy-pack.yaml, for editors."""
    import json

    from apex_guardrails.pack.rules import proven_rules
    from apex_guardrails.settings import json_schema

    rules = _with_own(proven_rules(), program, settings)
    typer.echo(json.dumps(json_schema(rules), indent=2))


@policies.command("pages")
def pages(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder for the pages.")],
    program: ProgramFolder = Path(),
    settings: SettingsFile = None,
) -> None:
    """Writes a Markdown page for each rule, and an index of them."""
    from apex_guardrails.pack.rules import proven_rules
    from apex_guardrails.scaffold.rule_pages import rule_pages
    from apex_guardrails.support.files import write_texts

    rules = _with_own(proven_rules(), program, settings)
    write_texts({output / name: text for name, text in rule_pages(rules).items()})


def _with_own(rules: Sequence[Rule], program: Path, settings: Path | None) -> Sequence[Rule]:
    """The pack's rules, with those that the settings of a program name.

    Raises:
        UsageError: a file or folder is missing.
        PackError: a folder of rules is broken.
    """
    from apex_guardrails.settings import known_by, locate

    return known_by(locate(program, os.environ, settings), rules)
