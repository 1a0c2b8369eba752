"""What is asked of the tables, as SQL: one file each, with its title and what it says above it.

The views read the tables of `fleet.tables` by their names, and their column `day`: the partition of
a file's folder. They keep to what DuckDB and BigQuery both know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent

LAST_RUN: Final = "last_run"
"""The view that the others read: which days they are about."""

_ORDER: Final = (
    "by_day",
    "teams",
    "stacks_by_service",
    "controls_by_team",
    "new_findings",
    "oldest_violations",
    "waivers_ending",
    "cost_by_team",
    "unpriced",
    "not_judged",
)


@dataclass(frozen=True)
class View:
    """One table of the report.

    Attributes:
        name: what options, and a data warehouse, call it.
        title: its heading.
        text: what it says, in a sentence or two.
        sql: the query, without a semicolon.
    """

    name: str
    title: str
    text: str
    sql: str

    @property
    def unsorted(self) -> str:
        """The query without its order, which a count does not need."""
        return self.sql.rpartition("\nORDER BY")[0]


@cache
def views() -> Mapping[str, View]:
    """Every view of the report by its name, in the report's order."""
    return {name: read_view(name) for name in _ORDER}


@cache
def read_view(name: str) -> View:
    """A view from its file."""
    lines = (FOLDER / f"{name}.sql").read_text("utf-8").splitlines()
    comments = [line.removeprefix("-- ") for line in lines if line.startswith("-- ")]
    sql = "\n".join(lines[len(comments) :])
    return View(name, comments[0], " ".join(comments[1:]), sql)
