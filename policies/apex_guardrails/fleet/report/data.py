"""The views as data, every row of them: CSV and JSON, written row by row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from apex_guardrails.fleet.report.results import Results
from apex_guardrails.fleet.tables import VERSION
from apex_guardrails.fleet.views import View

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet runs."""


def csv_lines(results: Results, view: View) -> Iterator[str]:
    """A view as CSV (RFC 4180), its columns' names in the first line.

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    names, rows = _asked(results, view)
    yield _csv(names)
    for row in rows:
        yield _csv(map(_harmless, row))


def json_lines(results: Results, wanted: Iterable[View]) -> Iterator[str]:
    """One JSON document: the run, and the rows of each view as objects; money is text."""
    run = results.run
    before = run.day_before.isoformat() if run.day_before else None
    yield "{\n"
    yield f'"schema": {VERSION},\n"results": {json.dumps(results.place)},\n'
    yield f'"day": "{run.day}",\n"day_before": {json.dumps(before)},\n'
    yield f'"is_complete": {json.dumps(run.is_complete)},\n"views": {{'
    for number, view in enumerate(wanted):
        names, rows = _asked(results, view)
        yield f"{',' if number else ''}\n{json.dumps(view.name)}: ["
        separator = "\n"
        for row in rows:
            fields = dict(zip(names, row, strict=True))
            yield separator + json.dumps(fields, default=_plain)
            separator = ",\n"
        yield "\n]"
    yield "\n}\n}\n"


def _asked(results: Results, view: View) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    answer = results.ask(view.sql)
    return [name for name, *_ in answer.description or ()], _fetched(answer)


def _fetched(answer: Any) -> Iterator[tuple[Any, ...]]:
    while rows := answer.fetchmany(10_000):
        yield from rows


def _csv(values: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


def _harmless(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _plain(value: Decimal | date) -> str:
    return format(value, "f") if isinstance(value, Decimal) else value.isoformat()
