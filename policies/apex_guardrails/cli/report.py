"""`apex report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from apex_guardrails.cli.delivery import Formats, OutputFile, OutputFolder, delivery
from apex_guardrails.cli.options import Verbose

commands = typer.Typer(rich_markup_mode=None)


@commands.command(
    epilog="\b\nExamples:\n  apex preview --format json --output result.json\n"
    "  apex report --from result.json --format markdown\n"
    "  apex report --from result.json --format sarif,junit --output-dir build/apex\n"
    "  apex report --from result.json --format console\n"
    "  apex report --schema",
)
def report(  # noqa: PLR0913, PLR0917 an option is a parameter
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="The JSON of a judgement.")
    ] = None,
    formats: Formats = None,
    output: OutputFile = None,
    output_dir: OutputFolder = None,
    against: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The JSON of another one: tells which findings are new."),
    ] = None,
    verbose: Verbose = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Prints the JSON Schema of such a JSON instead.")
    ] = False,
) -> None:
    """Renders a judgement again that `apex preview --format json` wrote; as Markdown by default.

    Exit codes: 0 rendered, whatever was decided; 2 wrong usage or an invalid file.
    """
    import json

    from apex_guardrails.judgement.versions import json_schema, read_judgement
    from apex_guardrails.reports import console
    from apex_guardrails.reports.terminal import StandardOutput
    from apex_guardrails.support.errors import UsageError

    if schema:
        typer.echo(json.dumps(json_schema(), indent=2))
        return
    if source is None:
        raise UsageError(
            "--from is missing: name the file that `apex preview --format json --output FILE` wrote"
        )
    default = None if output_dir else ["markdown"]
    wanted = delivery(formats or default, output, output_dir)
    judgement = read_judgement(source)
    if against is not None:
        judgement = judgement.compared_with(read_judgement(against))
    if not wanted.is_anything:
        console.render(judgement, StandardOutput(), is_verbose=verbose)
    wanted.deliver(judgement)
