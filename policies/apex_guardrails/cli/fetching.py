"""`apex prices fetch`: Google's public catalogue, as a file for `apex prices import`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(rich_markup_mode=None)


@commands.command(
    "fetch",
    epilog="\b\nExamples:\n  apex prices fetch --output catalogue.json\n"
    '  apex prices fetch --service "Cloud SQL" --output cloud-sql.json\n'
    "  apex prices import catalogue.json --prices-dir prices",
)
def fetch(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file that is written.")],
    service: Annotated[
        list[str] | None,
        typer.Option(help='Such as "Cloud SQL"; may be repeated. Else those that have prices.'),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Another https address of googleapis.com, or one of this machine."
        ),
    ] = None,
) -> None:
    """Reads Google's public catalogue of prices, and writes it for `apex prices import`.

    Beside it only `apex comment` and `apex fleet` go online. The environment variable
    APEX_GOOGLE_API_KEY holds an API key of a project in which the Cloud Billing API is enabled; it
    is neither shown nor stored.
    When something fails, nothing is written.

    Exit codes: 0 written; 2 no key, a key that is refused, no network, or a file that cannot be
    written.
    """
    from apex_guardrails.cost.catalog.mapping import read_mapping
    from apex_guardrails.cost.catalog.online import ENDPOINT, KEY_VARIABLE, Catalog
    from apex_guardrails.support.errors import UsageError
    from apex_guardrails.support.files import write_text
    from apex_guardrails.support.mistakes import nearest

    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        raise UsageError(
            f"{KEY_VARIABLE} is not set: it must hold an API key of a project in which the Cloud "
            "Billing API is enabled"
        )
    catalog = Catalog(key, endpoint or ENDPOINT)
    services = catalog.services()
    for title in service or ():
        if title not in services:
            hint = nearest(title, services) or f" (it has {len(services)})"
            raise UsageError(f"--service {title}: there is no such service in the catalogue{hint}")
    wanted = sorted(service or {entry.service for entry in read_mapping()})
    if missing := [title for title in wanted if title not in services]:
        raise UsageError(
            f"the catalogue lacks {', '.join(missing)}, whose prices are used here\n"
            "  --service reads others alone"
        )
    pages: list[str] = []
    for title in wanted:
        found = list(catalog.skus(services[title]))
        pages += found
        typer.echo(f"{title}: {len(found)} page{'s' if len(found) > 1 else ''}")
    write_text(output, "[\n" + ",\n".join(pages) + "\n]\n")
    typer.echo(f"written: {output}; `apex prices import {output}` reads it")
