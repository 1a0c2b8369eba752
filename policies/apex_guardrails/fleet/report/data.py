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


def csv_pieces(results: Results, view: View) -> Iterator[str]:
    """A view as CSV (RFC 4180), its columns' names in the first line.

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    answer = results.ask(view.sql)
    yield _csv([answer.names])
    for rows in answer.chunks():
        yield _csv([map(_harmless, row) for row in rows])


def json_pieces(results: Results, wanted: Iterable[View]) -> Iterator[str]:
    """One JSON document: the run, and the rows of each view as objects; money is text."""
    run = results.run
    before = run.day_before.isoformat() if run.day_before else None
    yield "{\n"
    yield f'"schema": {VERSION},\n"results": {json.dumps(results.place)},\n'
    yield f'"day": "{run.day}",\n"day_before": {json.dumps(before)},\n'
    yield f'"is_complete": {json.dumps(run.is_complete)},\n"views": {{'
    for number, view in enumerate(wanted):
        answer = results.ask(view.sql)
        names = answer.names
        yield f"{',' if number else ''}\n{json.dumps(view.name)}: ["
        separator = "\n"
        for rows in answer.chunks():
            objects = (dict(zip(names, row, strict=True)) for row in rows)
            yield separator + ",\n".join(json.dumps(item, default=_plain) for item in objects)
            separator = ",\n"
        yield "\n]"
    yield "\n}\n}\n"


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue()


def _harmless(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _plain(value: Decimal | date) -> str:
    return format(value, "f") if isinstance(value, Decimal) else value.isoformat()
