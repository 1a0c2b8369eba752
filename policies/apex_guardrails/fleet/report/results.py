"""A folder of results as tables of DuckDB: which runs are in it, and the SQL that reads them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from apex_guardrails.fleet.tables import TABLES, VERSION, VERSION_FILE
from apex_guardrails.fleet.views import LAST_RUN, View, read_view, views
from apex_guardrails.support.errors import UsageError

if TYPE_CHECKING:
    import duckdb

    from apex_guardrails.fleet.results import Results as Destination

MEMORY: Final = "1GB"
"""What DuckDB may take; what needs more is written to a temporary folder."""

_AUDIT: Final = "`apex fleet audit SOURCE --results DEST` writes one"


@dataclass(frozen=True)
class Run:
    """The last run.

    Attributes:
        day: on which it was.
        day_before: of the run before it; `None` where there is none.
        shards: into how many parts it was split.
        finished: how many of these have finished.
        versions: the versions of apex that judged.
    """

    day: date
    day_before: date | None
    shards: int
    finished: int
    versions: str

    @property
    def is_complete(self) -> bool:
        """Whether every shard has finished."""
        return self.finished == self.shards


@dataclass(frozen=True)
class Results:
    """Results that can be asked.

    Attributes:
        place: where they lie, as the user said it.
        connection: has every table, and `last_run`, as a view.
        prelude: the SQL that made these views.
        run: the last run.
    """

    place: str
    connection: duckdb.DuckDBPyConnection
    prelude: str
    run: Run

    def ask(self, sql: str) -> Answered:
        """Runs a query.

        Raises:
            UsageError: the files cannot be read, or memory and disk are used up.
        """
        with _said_of(self.place):
            return Answered(self.place, self.connection.execute(sql))


@dataclass(frozen=True)
class Answered:
    """What a query answers, read as it is asked for; the next query ends it."""

    place: str
    cursor: duckdb.DuckDBPyConnection

    @property
    def names(self) -> list[str]:
        """Of the columns."""
        return [name for name, *_ in self.cursor.description or ()]

    @property
    def kinds(self) -> list[str]:
        """DuckDB's types of the columns, such as `DECIMAL(38,6)`."""
        return [str(kind) for _, kind, *_ in self.cursor.description or ()]

    def chunks(self, size: int = 5_000) -> Iterator[list[tuple[Any, ...]]]:
        """The rows, so many at a time.

        Raises:
            UsageError: as `Results.ask`.
        """
        while True:
            with _said_of(self.place):
                rows = self.cursor.fetchmany(size)
            if not rows:
                return
            yield rows

    def all(self) -> list[dict[str, Any]]:
        """Every row, by its columns' names."""
        names = self.names
        return [dict(zip(names, row, strict=True)) for rows in self.chunks() for row in rows]

    def one(self) -> dict[str, Any]:
        """The only row."""
        [row] = self.all()
        return row


@contextmanager
def _said_of(place: str) -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        said = str(error).partition("\n")[0]
        raise UsageError(f"{place}: cannot be read: {said}") from None


@contextmanager
def opened(
    place: str,
    day: date | None = None,
    history: int | None = None,
    wanted: Iterable[View] | None = None,
    whole: Iterable[str] = (),
) -> Iterator[Results]:
    """The results below a folder, or in a bucket.

    Args:
        place: the folder or bucket, as `apex fleet audit --results` was told it.
        day: the run to report; else the last one.
        history: days before it that are read; else all.
        wanted: the views that will be asked; else all.
        whole: tables of which every day will be asked.

    Raises:
        UsageError: nothing is there, no run is in it, or another schema.
    """
    import duckdb

    from apex_guardrails.fleet.report import buckets

    found = checked(place)
    with tempfile.TemporaryDirectory(prefix="apex-fleet-") as name:
        folder = found.shown
        if not found.place.is_local:
            folder = f"{name}/results"
            asked = views().values() if wanted is None else wanted
            looked_back = {*whole, *buckets.looking_back(asked)}
            buckets.copy(found, Path(folder), looked_back, day, history)
            if not (Path(folder) / "runs").is_dir():
                raise _no_run(place, day)
        with duckdb.connect(config=_config(name)) as connection:
            with _said_of(place):
                # It would stand between the rows of a pipe.
                connection.execute("SET enable_progress_bar = false")
                connection.execute(_prelude(folder, day, history))
                run = _last_run(place, connection, day)
            yield Results(place, connection, _prelude(found.shown, day, history), run)


def shown_sql(place: str, view: View, day: date | None = None, history: int | None = None) -> str:
    """What answers a view, for DuckDB as it stands: nothing else is needed.

    Raises:
        UsageError: as `opened`.
    """
    prelude = _prelude(checked(place).shown, day, history)
    return f"{prelude}\n-- {view.title}. {view.text}\n{view.sql};\n"


def _config(spilled: str) -> dict[str, Any]:
    return {
        "memory_limit": MEMORY,
        "temp_directory": spilled,
        "preserve_insertion_order": "false",
        # Nothing is fetched: what reads Parquet is built in.
        "autoinstall_known_extensions": "false",
        # Times are told as they are in the tables, wherever they are read.
        "TimeZone": "UTC",
    }


def checked(place: str) -> Destination:
    """The folder, if it holds results of this schema.

    Raises:
        UsageError: it does not, or cannot be read.
    """
    from apex_guardrails.fleet.results import UNKNOWN_VERSION
    from apex_guardrails.fleet.results import Results as Opened

    found = Opened(place)
    version = found.version()
    if version is None:
        raise UsageError(f"{place}: holds no results of a fleet; {_AUDIT}")
    if version == UNKNOWN_VERSION:
        raise UsageError(f'{place}: {VERSION_FILE} in it is not {{"schema": {VERSION}}}; {_AUDIT}')
    if version != VERSION:
        raise UsageError(
            f"{place}: has tables of schema version {version!r}, and this apex reads {VERSION}: "
            "use the apex that wrote them, or another folder"
        )
    if not found.list("runs"):
        raise _no_run(place, None)
    return found


def _prelude(folder: str, day: date | None, history: int | None) -> str:
    """The SQL that makes a view of each table, and `last_run`."""
    pattern = _as_pattern(folder)
    statements = [_view_of(table, pattern, "") for table in TABLES]
    if day is not None:
        statements.append(_view_of("runs", pattern, f" WHERE day <= DATE '{day}'"))
    last_run = read_view(LAST_RUN)
    statements.append(f"CREATE OR REPLACE TEMP VIEW {LAST_RUN} AS\n{last_run.sql};")
    if history is not None:
        # At least the two days that are compared.
        first = f"coalesce(least(day - {history}, day_before), day)"
        since = f" WHERE day >= (SELECT {first} FROM {LAST_RUN})"  # noqa: S608 a number
        statements += [_view_of(table, pattern, since) for table in ("stacks", "findings")]
    return "\n".join(statements)


def _view_of(table: str, pattern: str, condition: str) -> str:
    files = _text(f"{pattern}/{table}/day=*/*.parquet")
    return (
        f"CREATE OR REPLACE TEMP VIEW {table} AS SELECT * FROM read_parquet("  # noqa: S608 quoted
        f"{files}, hive_partitioning = true, hive_types = {{'day': DATE}}){condition};"
    )


def _as_pattern(folder: str) -> str:
    """A folder's name as a pattern that means just this folder."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in folder)


def _text(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


_LAST_RUN_SQL: Final = """
SELECT l.day, l.day_before, min(r.shards), max(r.shards), count(DISTINCT r.shard),
  string_agg(DISTINCT r.apex, ', ' ORDER BY r.apex)
FROM last_run AS l JOIN runs AS r ON r.day = l.day GROUP BY l.day, l.day_before
"""


def _last_run(place: str, connection: duckdb.DuckDBPyConnection, day: date | None) -> Run:
    found: Sequence[Any] | None = connection.execute(_LAST_RUN_SQL).fetchone()
    if found is None:
        raise _no_run(place, day)
    last, day_before, fewest, most, finished, versions = found
    if day not in (None, last):
        raise UsageError(f"{place}: no run of {day} is in it; the one before it is of {last}")
    if fewest != most:
        raise UsageError(
            f"{place}: the run of {last} is there in {fewest} shards and in {most}, so its stacks "
            "would count twice: remove the files of one"
        )
    return Run(last, day_before, most, finished, versions)


def _no_run(place: str, day: date | None) -> UsageError:
    before = f" on {day} or before it" if day else ""
    return UsageError(f"{place}: no run has finished in it{before}; {_AUDIT}")
