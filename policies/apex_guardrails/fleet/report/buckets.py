"""Results that lie in a bucket: what a report reads of them is copied once, and asked here.

DuckDB has a client for buckets of its own, but fetches it when it is first used, finds no default
credentials of Google Cloud, and would list and open every file again for each table of the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import obstore
from obstore.exceptions import BaseError

from apex_guardrails.fleet.results import Results as Destination
from apex_guardrails.fleet.states import reason
from apex_guardrails.fleet.tables import TABLES
from apex_guardrails.fleet.views import View
from apex_guardrails.support.errors import UsageError

_AT_ONCE: Final = 8
"""Files that are copied side by side."""

_LOOKS_BACK: Final[Mapping[str, str]] = {"by_day": "stacks", "oldest_violations": "findings"}
"""Views that read all days of a table; every other one reads two."""


@dataclass(frozen=True)
class Span:
    """The days that a report is about.

    Attributes:
        last: the day of the last run.
        before: of the run before it; `None` where there is none.
        first: the oldest one that is read.
    """

    last: date
    before: date | None
    first: date

    @classmethod
    def of(cls, days: Iterable[date], day: date | None, history: int | None) -> Span | None:
        """Of the days on which runs were; `None` where there are none.

        Args:
            days: of the runs.
            day: the run to report; else the last one.
            history: days before it that are read; `None` for all.
        """
        known = sorted({it for it in days if day is None or it <= day})
        if not known:
            return None
        before = known[-2] if len(known) > 1 else None
        first = known[0] if history is None else known[-1] - timedelta(days=history)
        return cls(known[-1], before, min(first, before or first))

    def has(self, day: date, *, looks_back: bool) -> bool:
        """Whether a table's files of a day are read."""
        return self.first <= day <= self.last if looks_back else day in (self.last, self.before)


def day_of(path: str) -> date | None:
    """The day of a file, by its folder `day=2026-12-01`; `None` where it is none of ours."""
    found = [part[4:] for part in path.split("/") if part.startswith("day=")]
    try:
        return date.fromisoformat(found[0])
    except (IndexError, ValueError):
        return None


def looking_back(views: Iterable[View]) -> set[str]:
    """The tables of which the views read all days."""
    return {_LOOKS_BACK[view.name] for view in views if view.name in _LOOKS_BACK}


def copy(
    found: Destination, into: Path, whole: AbstractSet[str], day: date | None, history: int | None
) -> None:
    """Copies two days of each table, and all days of those that are to be whole.

    Raises:
        UsageError: one cannot be read, or there is no room for it.
    """
    runs = found.list("runs")
    span = Span.of((it for path in runs if (it := day_of(path))), day, history)
    if span is None:
        return
    paths = [
        path
        for table in TABLES
        for path in (runs if table == "runs" else found.list(table))
        if (of := day_of(path)) and span.has(of, looks_back=table in whole)
    ]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(lambda path: _copy(found, path, into / path), paths):
            pass


def _copy(found: Destination, path: str, file: Path) -> None:
    at = f"{found.path}/{path}".lstrip("/")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as written:
            written.writelines(_pieces(found, at))
    except (BaseError, OSError) as error:
        raise UsageError(f"{found.place.address(at)}: cannot be read: {reason(error)}") from None


def _pieces(found: Destination, at: str) -> Iterator[bytes]:
    for piece in obstore.get(found.place.store(), at).stream():
        yield bytes(piece)
