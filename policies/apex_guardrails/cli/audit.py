"""`apex audit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apex_guardrails.cli.delivery import Formats, OutputFile, OutputFolder, delivery
from apex_guardrails.cli.options import CostBase, SettingsFile, Verbose
from apex_guardrails.support.errors import ExitCode, worst

if TYPE_CHECKING:
    from apex_guardrails.judgement.model import Judgement

commands = typer.Typer(rich_markup_mode=None)


@commands.command(
    epilog="\b\nExamples:\n  pulumi stack export --stack production > production.json\n"
    "  apex audit production.json\n  apex audit dev.json staging.json production.json\n"
    "  pulumi stack export --show-secrets | apex audit -\n"
    "  apex audit *.json --output-dir build/apex",
)
def audit(  # noqa: PLR0913, PLR0917 an option is a parameter
    states: Annotated[
        list[Path],
        typer.Argument(
            metavar="STATE...",
            help="Files of `pulumi stack export`; - is standard input.",
            show_default=False,
        ),
    ],
    program: Annotated[
        Path | None,
        typer.Option(
            help="The folder with the Pulumi.yaml whose policy-pack.yaml counts; else the nearest "
            "one of the state's project."
        ),
    ] = None,
    settings: SettingsFile = None,
    cost_base: CostBase = None,
    formats: Formats = None,
    output: OutputFile = None,
    output_dir: OutputFolder = None,
    verbose: Verbose = False,
) -> None:
    """Judges stacks that exist already, from their exported state.

    Neither the program, nor a login, nor a cloud account is needed, and nothing is changed.

    Exit codes: 0 in order; 1 a mandatory rule fails; 2 wrong usage, or a state that cannot be read
    (the others are judged all the same); 4 the pack failed; 5 over a limit of the cost, and nothing
    else.
    """
    from apex_guardrails.reports import console
    from apex_guardrails.reports.terminal import Page, StandardOutput
    from apex_guardrails.runs.audit import audit as audited
    from apex_guardrails.support.errors import UsageError

    wanted = delivery(formats, output, output_dir)
    if cost_base is not None and len(states) > 1:
        raise UsageError("--cost-base: is of one stack; cost.base may be set for several")
    if wanted.formats and wanted.folder is None and len(states) > 1:
        raise UsageError("--format: several states need --output-dir, the folder for their files")
    page = Page(StandardOutput())
    codes: list[ExitCode] = []
    lines: list[str] = []
    in_full = wanted.is_anything
    for number, outcome in enumerate(
        audited(states, program, settings, cost_base, in_full=in_full)
    ):
        if outcome.result is None:
            codes.append(ExitCode.USAGE)
            lines.append(f"{outcome.file}: not evaluated")
            typer.echo(f"apex: {outcome.error}", err=True)
            continue
        judgement = outcome.result.judgement
        if not wanted.is_printed:
            if number:
                page.line()
            root = outcome.result.root
            console.render(judgement, page.console, root=root, is_verbose=verbose)
        wanted.deliver(judgement)
        codes.append(ExitCode(judgement.exit_code))
        lines.append(f"{outcome.file}: {_summary(judgement)}")
    if len(states) > 1:
        page.line(f"\n{len(states)} states:")
        for line in lines:
            page.line(f"  {line}")
    raise typer.Exit(worst(codes))


def _summary(judgement: Judgement) -> str:
    project = f"{judgement.project}, " if judgement.project else ""
    return f"{project}{judgement.summary}"
