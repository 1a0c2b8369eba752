"""`apex prices`: how old prices are, what a type is billed by, and newer ones from Google."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apex_guardrails.cli import fetching
from apex_guardrails.cli.options import SettingsFile
from apex_guardrails.support.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apex_guardrails.cost import PriceFile, Prices
    from apex_guardrails.settings import PriceSettings

commands = typer.Typer(rich_markup_mode=None)
prices = typer.Typer(
    help="Shows, checks and renews the prices of estimates.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
prices.add_typer(fetching.commands)
commands.add_typer(prices, name="prices")

Stack = Annotated[
    str, typer.Option("--stack", "-s", help="The stack whose settings count: its prices.")
]


@prices.command("check", epilog="\b\nExample:\n  apex prices check --older-than 365")
def check(
    older_than: Annotated[
        int | None,
        typer.Option(metavar="DAYS", min=0, help="Days; else cost.prices.max_age."),
    ] = None,
    settings: SettingsFile = None,
    stack: Stack = "dev",
) -> None:
    """Says how old prices are, which are too old, and which are of low confidence.

    Exit codes: 0 no price is too old, or nobody says what that is; 1 one is; 2 wrong usage or an
    invalid file.
    """
    from datetime import UTC, datetime

    from apex_guardrails.cli.tables.prices import show_ages
    from apex_guardrails.cost.ages import find_too_old, find_uncertain, sort_by_age
    from apex_guardrails.reports.terminal import StandardOutput

    section, folder = _settings(settings, stack)
    most = section.max_age if older_than is None else older_than
    today = datetime.now(UTC).date()
    book = section.book(folder)
    old = [] if most is None else find_too_old(book, today, most)
    show_ages(sort_by_age(book, today), old, find_uncertain(book, today), most, StandardOutput())
    raise typer.Exit(ExitCode.VIOLATION if old else ExitCode.OK)


@prices.command(
    "show",
    epilog="\b\nExamples:\n  apex prices show gcp.sql.DatabaseInstance\n"
    "  apex prices show gcp:redis/instance:Instance --region us-central1",
)
def show(
    name: Annotated[
        str, typer.Argument(metavar="TYPE", help="Such as gcp.sql.DatabaseInstance, or its token.")
    ],
    region: Annotated[str | None, typer.Option(help="One region alone.")] = None,
    settings: SettingsFile = None,
    stack: Stack = "dev",
) -> None:
    """What a resource type is billed by: prices with unit, region, source, date and confidence."""
    from apex_guardrails.cli.tables.prices import show_type
    from apex_guardrails.cost.free import is_free
    from apex_guardrails.cost.prices import GLOBAL, WORLDWIDE
    from apex_guardrails.cost.types import all_estimators
    from apex_guardrails.reports.terminal import StandardOutput

    token = _token(name)
    section, folder = _settings(settings, stack)
    estimator = all_estimators().get(token)
    if estimator is None:
        what = "is free, whatever its use" if is_free(token) else "has no price: it is unpriced"
        typer.echo(f"{token}: {what}")
        return
    book = section.book(folder)
    places = sorted(book.files) if region is None else [_region(region, book), GLOBAL, WORLDWIDE]
    rows = [
        (place, key, price)
        for place in places
        if place in book.files
        for key, price in sorted(book.files[place].prices.items())
        if estimator.uses(key)
    ]
    if not rows:
        typer.echo(f"{token}: has no price in {region or 'any region'}: it is unpriced there")
        return
    show_type(token, rows, StandardOutput())


@prices.command(
    "import",
    epilog="\b\nExamples:\n  apex prices import cloud-sql.json --dry-run\n"
    "  apex prices import export.json --region europe-west1 --prices-dir prices",
)
def import_prices(  # noqa: PLR0913, PLR0917 each is an option of its own
    file: Annotated[Path, typer.Argument(help="Pages of services.skus.list, as JSON.")],
    region: Annotated[
        list[str] | None,
        typer.Option(help="A region; may be repeated. Else those that have prices already."),
    ] = None,
    prices_dir: Annotated[
        Path | None,
        typer.Option(help="Where the price files are written; else the folder cost.prices names."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Shows all, and writes nothing.")] = (
        False
    ),
    settings: SettingsFile = None,
    stack: Stack = "dev",
) -> None:
    """Reads prices out of an export of Google's Cloud Billing Catalog.

    What is found is written into price files, one for each region; their other prices stay. An
    export that is not valid changes nothing.

    Exit codes: 0 shown or written; 2 wrong usage, or a file that is not valid.
    """
    from datetime import UTC, datetime

    from apex_guardrails.cli.tables.prices import show_import, show_skipped
    from apex_guardrails.cost.catalog import merge, read_export
    from apex_guardrails.cost.price_files import price_text
    from apex_guardrails.reports.terminal import StandardOutput
    from apex_guardrails.support.files import write_texts

    section, folder = _settings(settings, stack)
    target = _target(prices_dir, section, folder)
    written = _written(target)
    book = section.book(folder) if section.path else _packaged()
    book = book.overridden(written.values())
    export = read_export(file)
    exported = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
    wanted = [_plausible(item) for item in region] if region else _regions(book)
    found = merge(export.skus, wanted, book, written, exported, export.unused)
    if not dry_run:
        write_texts(
            {target / f"{place}.json": price_text(found.files[place]) for place in found.files}
        )
    verb = "would be written" if dry_run else "written"
    console = StandardOutput()
    show_import(found, lambda place: f"{verb}: {target / place}.json", console)
    show_skipped(export.skipped, console)
    if not export.is_whole:
        typer.echo("note: the export has a next page (nextPageToken), so it is incomplete")
    if found.files and not dry_run and prices_dir is not None and section.path is None:
        typer.echo(f"policy-pack.yaml makes them count: cost: {{prices: {target}}}")


def _settings(given: Path | None, stack: str) -> tuple[PriceSettings, Path]:
    """What the settings say of prices, and the folder that their path is relative to."""
    from datetime import UTC, datetime

    from apex_guardrails.pack.rules import known_rules
    from apex_guardrails.settings import cost_for, load, locate

    today = datetime.now(UTC).date()
    content = load(locate(Path(), os.environ, given), known_rules(), today)
    return cost_for(content, stack).prices, content.folder


def _token(name: str) -> str:
    from apex_guardrails.cost.free import is_free
    from apex_guardrails.cost.type_names import shorten, token_of
    from apex_guardrails.cost.types import all_estimators
    from apex_guardrails.provider.schema import tokens
    from apex_guardrails.support.errors import UsageError
    from apex_guardrails.support.mistakes import nearest

    known = sorted({*tokens(), *all_estimators()})
    token = token_of(name, known)
    if token is not None:
        return token
    if ":" in name and is_free(name):
        return name
    hint = nearest(name, [*(shorten(item) for item in known), *known])
    raise UsageError(
        f"{name}: there is no such resource type{hint or '; such as gcp.sql.DatabaseInstance'}"
    )


def _region(name: str, book: Prices) -> str:
    from apex_guardrails.support.errors import UsageError
    from apex_guardrails.support.mistakes import nearest

    if name not in book.files:
        known = ", ".join(sorted(book.files))
        hint = nearest(name, book.files) or f" (known: {known})"
        raise UsageError(f"--region {name}: there are no prices for it{hint}")
    return name


def _plausible(name: str) -> str:
    import re

    from apex_guardrails.support.errors import UsageError

    if not re.fullmatch("[a-z]+-[a-z]+[0-9]+", name):
        raise UsageError(f"--region {name}: is not a region such as us-central1")
    return name


def _packaged() -> Prices:
    from apex_guardrails.cost import packaged_prices

    return packaged_prices()


def _regions(book: Prices) -> Iterable[str]:
    return list(book.files)


def _target(given: Path | None, section: PriceSettings, folder: Path) -> Path:
    from apex_guardrails.support.errors import UsageError

    if given is None and section.path is None:
        raise UsageError(
            "no folder to write to: name one with --prices-dir DIR, or with cost.prices in "
            "policy-pack.yaml"
        )
    target = given if given is not None else folder / str(section.path)
    if target.is_file():
        what = "--prices-dir" if given else "cost.prices"
        raise UsageError(
            f"{target}: is a file; {what} must name a folder with one file for each region"
        )
    return target


def _written(target: Path) -> dict[str, PriceFile]:
    """The price files that are in a folder already."""
    from apex_guardrails.cost import load_prices

    if not any(target.glob("*.json")):
        return {}
    return dict(load_prices(target).files)
