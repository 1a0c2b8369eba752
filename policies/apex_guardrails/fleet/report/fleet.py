"""The report: every view's answer, and what is said above them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apex_guardrails.fleet.report.answers import Answer, answer, backends
from apex_guardrails.fleet.report.grids import Grid, grid
from apex_guardrails.fleet.report.results import Results, Run
from apex_guardrails.fleet.views import View
from apex_guardrails.model.cost import dollars
from apex_guardrails.model.phrases import counted


@dataclass(frozen=True)
class Section:
    """A view as it is shown: as rows or as a heat map.

    Attributes:
        view: what was asked.
        body: what is shown of it.
    """

    view: View
    body: Answer | Grid

    @property
    def answer(self) -> Answer | None:
        """Its rows, where it is no heat map."""
        return self.body if isinstance(self.body, Answer) else None

    @property
    def grid(self) -> Grid | None:
        """The heat map, where it is one."""
        return self.body if isinstance(self.body, Grid) else None

    @property
    def shown(self) -> int:
        """How many rows are shown."""
        return len(self.body.rows if isinstance(self.body, Answer) else self.body.lines)

    @property
    def more(self) -> int:
        """How many are not."""
        return self.body.more

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.shown + self.more


@dataclass(frozen=True)
class Report:
    """What is said of a fleet.

    Attributes:
        place: where its results lie.
        run: the run that it is about.
        summary: the fleet in a line.
        alarms: what is missing, so that nobody takes the report for the whole.
        sections: the views.
        prelude: the SQL that reads the tables.
    """

    place: str
    run: Run
    summary: str
    alarms: Sequence[str]
    sections: Sequence[Section]
    prelude: str


def report(results: Results, wanted: Iterable[View], most: int, most_columns: int) -> Report:
    """Asks views.

    Args:
        results: what is asked.
        wanted: the views.
        most: rows of each that are shown.
        most_columns: columns of a heat map.
    """
    places = backends(results)
    sections = [
        Section(
            view,
            grid(results, view.name, most, most_columns)
            or answer(results, view, most, backends=places),
        )
        for view in wanted
    ]
    return Report(
        place=results.place,
        run=results.run,
        summary=_summary(results),
        alarms=_alarms(results),
        sections=sections,
        prelude=results.prelude,
    )


_SUMMARY_SQL = """
SELECT
  count(*) AS stacks,
  count(DISTINCT s.owner) FILTER (WHERE s.owner <> '') AS teams,
  count(*) FILTER (WHERE s.blocking > 0) AS blocked_stacks,
  coalesce(sum(s.blocking), 0) AS blocking,
  coalesce(sum(s.resources), 0) AS resources,
  sum(s.monthly) AS monthly
FROM stacks AS s JOIN last_run AS l ON l.day = s.day
"""

_ALARMS_SQL = """
SELECT count(DISTINCT e.source) FILTER (WHERE e.rule = '') AS states,
  count(*) FILTER (WHERE e.rule <> '') AS rules
FROM errors AS e JOIN last_run AS l ON l.day = e.day
"""


def _summary(results: Results) -> str:
    row = results.ask(_SUMMARY_SQL).one()
    teams = f" of {counted(row['teams'], 'team')}" if row["teams"] else ""
    blocked = counted(row["blocked_stacks"], "stack")
    said = (
        f"{counted(row['stacks'], 'stack')}{teams} with {counted(row['resources'], 'resource')}: "
        f"{counted(row['blocking'], 'blocking finding')} in {blocked}"
    )
    cost = row["monthly"]
    return f"{said}; {dollars(cost)} USD a month" if cost is not None else said


def _alarms(results: Results) -> list[str]:
    run, row = results.run, results.ask(_ALARMS_SQL).one()
    said = []
    if not run.is_complete:
        said.append(
            f"{run.finished:,} of {counted(run.shards, 'shard')} have finished: "
            "the stacks of the others are missing"
        )
    if row["states"]:
        said.append(f"{counted(row['states'], 'state')} could not be judged")
    if row["rules"]:
        said.append(f"{counted(row['rules'], 'error')} of rules, which are defects of the pack")
    return said
