"""Assessment results of OSCAL, with the catalog, the profile and the plan that they need.

https://pages.nist.gov/OSCAL/reference/latest/, read 2026-12-01, as compliance-trestle 5 reads it.
Everything has the same UUID whenever the same run is exported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from apex_guardrails.fleet.exports import uuid_of
from apex_guardrails.fleet.report.results import Results
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import nearest
from apex_guardrails.support.text import one_line

VERSION: Final = "1.2.1"

NAMESPACE: Final = "urn:apex-guardrails:fleet"
"""Of properties that OSCAL has no name for."""

Document = dict[str, Any]

_FRAMEWORKS_SQL: Final = """
SELECT f.framework, f.name, f.version, f.source, f.control, f.title, f.unseen, f.rules
FROM frameworks AS f
WHERE f.day = (SELECT day FROM last_run)
ORDER BY f.framework, f.place, f.control
"""

_MOMENT_SQL: Final = """
SELECT string_agg(DISTINCT r.run, ' ' ORDER BY r.run) AS runs,
  strftime(min(r.started), '%Y-%m-%dT%H:%M:%SZ') AS started,
  strftime(max(r.finished), '%Y-%m-%dT%H:%M:%SZ') AS finished
FROM runs AS r JOIN last_run AS l ON l.day = r.day
"""


@dataclass(frozen=True)
class Assessed:
    """A framework that a run is held against.

    Attributes:
        id: ours, such as `cis-gcp-4.0`.
        controls: rows of the table `frameworks`, in the framework's order.
        run: when it was, and what it was about.
    """

    id: str
    controls: Sequence[Document]
    run: Moment

    @property
    def name(self) -> str:
        """With its version."""
        return f"{self.controls[0]['name']} {self.controls[0]['version']}"

    @cached_property
    def ids(self) -> dict[str, str]:
        """OSCAL's ids of the controls, by the framework's own: tokens, no two of them alike."""
        found: dict[str, str] = {}
        for row in self.controls:
            token = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{self.id}_{row['control']}").strip("-")
            while token in found.values():
                token += "_"
            found[row["control"]] = token
        return found

    def uuid(self, *parts: object) -> str:
        """The UUID of something in one of its documents."""
        return uuid_of(self.id, *self.run.key, *parts)

    def metadata(self, title: str) -> Document:
        """What every document begins with."""
        return {
            "title": title,
            "last-modified": self.run.finished,
            "version": self.run.day,
            "oscal-version": VERSION,
        }

    def file(self, kind: str) -> str:
        """The name of one of its documents, which the others have as a reference."""
        return f"{self.id}.{kind}.json"


@dataclass(frozen=True)
class Moment:
    """A run as the documents have it: its shards' ids, its day, and two times in UTC."""

    runs: str
    day: str
    started: str
    finished: str
    apex: str

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other run."""
        return self.runs, self.day


def assessed(results: Results, wanted: Sequence[str]) -> list[Assessed]:
    """The frameworks that are asked for; all of them where none is named.

    Raises:
        UsageError: one is not among the results.
    """
    rows = results.ask(_FRAMEWORKS_SQL).all()
    moment = results.ask(_MOMENT_SQL).one()
    run = Moment(
        runs=moment["runs"],
        day=results.run.day.isoformat(),
        started=moment["started"],
        finished=moment["finished"],
        apex=results.run.versions,
    )
    by_framework: dict[str, list[Document]] = {}
    for row in rows:
        by_framework.setdefault(row["framework"], []).append(row)
    for name in wanted:
        if name not in by_framework:
            hint = nearest(name, by_framework) or f" (known: {', '.join(by_framework)})"
            raise UsageError(f"--framework {name}: no such framework is in the results{hint}")
    return [Assessed(name, by_framework[name], run) for name in wanted or by_framework]


def catalog(of: Assessed) -> Document:
    """Every control of the framework, in our words: a standard's text is its publisher's."""
    return {
        "catalog": {
            "uuid": of.uuid("catalog"),
            "metadata": {
                **of.metadata(of.name),
                "links": [{"href": of.controls[0]["source"], "rel": "reference"}],
            },
            "controls": [_control(of, row) for row in of.controls],
        }
    }


def _control(of: Assessed, row: Document) -> Document:
    token = of.ids[row["control"]]
    objective: Document = {
        "id": f"{token}_obj",
        "name": "assessment-objective",
        "prose": row["title"],
    }
    if row["rules"]:
        objective["props"] = [
            {"name": "rule", "ns": NAMESPACE, "value": rule} for rule in row["rules"].split()
        ]
    if row["unseen"]:
        objective["props"] = [
            *objective.get("props", ()),
            {"name": "unseen", "ns": NAMESPACE, "value": one_line(row["unseen"])},
        ]
    return {
        "id": token,
        "title": row["title"],
        "props": [{"name": "label", "value": row["control"]}],
        "parts": [
            {"id": f"{token}_smt", "name": "statement", "prose": row["title"]},
            objective,
        ],
    }


def profile(of: Assessed) -> Document:
    """The controls that rules give evidence for: what the run is about."""
    chosen = [of.ids[row["control"]] for row in of.controls if row["rules"]]
    imported = {"with-ids": chosen or list(of.ids.values())}
    return {
        "profile": {
            "uuid": of.uuid("profile"),
            "metadata": of.metadata(f"{of.name}: controls that rules look at"),
            "imports": [{"href": of.file("catalog"), "include-controls": [imported]}],
            "merge": {"as-is": True},
        }
    }


def plan(of: Assessed) -> Document:
    """What is done, with what, on what. A fleet has no one system security plan."""
    ssp = of.uuid("ssp")
    return {
        "assessment-plan": {
            "uuid": of.uuid("plan"),
            "metadata": of.metadata(f"{of.name}: assessment of a fleet"),
            "import-ssp": {
                "href": f"#{ssp}",
                "remarks": "The fleet has no one plan; each stack's program is its description.",
            },
            "local-definitions": {"activities": [_activity(of)]},
            "reviewed-controls": {"control-selections": [{"include-all": {}}]},
            "assessment-subjects": [{"type": "inventory-item", "include-all": {}}],
            "back-matter": {
                "resources": [
                    {
                        "uuid": ssp,
                        "title": "The fleet's stacks",
                        "description": "Programs of Pulumi, and the states of what they deployed.",
                    },
                    {
                        "uuid": of.uuid("profile-reference"),
                        "title": "The profile",
                        "rlinks": [{"href": of.file("profile")}],
                    },
                ]
            },
        }
    }


def _activity(of: Assessed) -> Document:
    return {
        "uuid": of.uuid("activity"),
        "title": "apex fleet audit",
        "description": "Rules look at every resource in the state of every stack.",
        "props": [{"name": "method", "value": "TEST"}],
    }


def documents(of: Assessed) -> Iterator[tuple[str, Document]]:
    """The names and texts of the three that the results rest on."""
    yield of.file("catalog"), catalog(of)
    yield of.file("profile"), profile(of)
    yield of.file("assessment-plan"), plan(of)
