"""OSCAL's assessment results of a run, written as they are read: a fleet's are too large to hold.

A stack is an inventory item. An observation says in which stacks a control has one result, and a
finding what that means for the control in the whole fleet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final

from apex_guardrails.fleet.exports.oscal import NAMESPACE, Assessed, Document
from apex_guardrails.fleet.report.results import Results
from apex_guardrails.model.phrases import counted
from apex_guardrails.support.text import one_line

_STACKS_SQL: Final = """
SELECT s.backend, s.project, s.stack, s.owner FROM stacks AS s
WHERE s.day = (SELECT day FROM last_run)
ORDER BY s.backend, s.project, s.stack
"""

_CONTROLS_SQL: Final = """
SELECT c.control, c.result, c.backend, c.project, c.stack, c.failing FROM controls AS c
WHERE c.day = (SELECT day FROM last_run) AND c.framework = '{framework}'
ORDER BY c.control, c.result, c.backend, c.project, c.stack
"""

_WORST_FIRST: Final = ("rule failed", "fails", "undecided", "waived", "passes")

_REASONS: Final = {"passes": "pass", "fails": "fail"}
"""OSCAL's, by our result; what is neither is `other`."""

_SAID: Final = {
    "rule failed": "A rule failed, so that it is not known.",
    "fails": "A rule that is evidence for it does not pass in a stack.",
    "undecided": "A rule could not decide in a stack.",
    "waived": "What does not pass has a waiver.",
    "passes": "Every rule that is evidence for it passes. That is evidence, and no proof.",
}


def pieces(results: Results, of: Assessed) -> Iterator[str]:
    """The document, piece by piece."""
    head: Document = {
        "uuid": of.uuid("results"),
        "metadata": of.metadata(f"{of.name}: results of a fleet, {of.run.day}"),
        "import-ap": {"href": of.file("assessment-plan")},
    }
    yield f'{{"assessment-results":{_open(head)},"results":['
    result: Document = {
        "uuid": of.uuid("result"),
        "title": f"Run of {of.run.day}",
        "description": f"What rules of apex {of.run.apex} say of the controls of {of.name}.",
        "start": of.run.started,
        "end": of.run.finished,
        "reviewed-controls": {"control-selections": [{"include-all": {}}]},
    }
    yield _open(result)
    stacks = (json.dumps(_item(of, row)) for row in _rows(results, _STACKS_SQL))
    yield from _in_list(',"local-definitions":{"inventory-items":[', stacks, "]}")
    found: dict[str, dict[str, int]] = {}
    yield from _in_list(',"observations":[', _observations(results, of, found))
    yield from _in_list(',"findings":[', map(json.dumps, _findings(of, found)))
    yield "}]}}\n"


def _open(document: Document) -> str:
    """A document without its last brace, for more to follow."""
    return json.dumps(document).removesuffix("}")


def _rows(results: Results, sql: str) -> Iterator[Document]:
    answer = results.ask(sql)
    names = answer.names
    return (dict(zip(names, row, strict=True)) for rows in answer.chunks() for row in rows)


def _in_list(opening: str, items: Iterator[str], closing: str = "]") -> Iterator[str]:
    """A list; nothing where it would be empty, as OSCAL has no empty ones."""
    separator = opening
    for item in items:
        yield separator + item
        separator = ","
    if separator != opening:
        yield closing


def _item(of: Assessed, row: Document) -> Document:
    name = one_line(f"{row['project']}/{row['stack']}")
    owner = one_line(row["owner"])
    return {
        "uuid": _stack(of, row),
        "description": f"Stack {name} in {one_line(row['backend'])}",
        "props": [
            {"name": "asset-id", "value": name},
            *([{"name": "owner", "ns": NAMESPACE, "value": owner}] if owner else ()),
        ],
    }


def _stack(of: Assessed, row: Document) -> str:
    return of.uuid("stack", row["backend"], row["project"], row["stack"])


def _observations(
    results: Results, of: Assessed, found: dict[str, dict[str, int]]
) -> Iterator[str]:
    """Observations, and in `found` how many stacks have which result, by control."""
    rows = _rows(results, _CONTROLS_SQL.format(framework=of.id.replace("'", "''")))
    for (control, result), stacks in groupby(rows, key=itemgetter("control", "result")):
        if control not in of.ids:
            continue
        count = failing = 0
        head: Document = {
            "uuid": of.uuid("observation", control, result),
            "title": f"{control}: {result}",
            "description": _SAID.get(result, result),
            "methods": ["TEST"],
            "types": ["control-objective"],
            "collected": of.run.finished,
        }
        parts = [f'{_open(head)},"subjects":[']
        for row in stacks:
            subject = {"subject-uuid": _stack(of, row), "type": "inventory-item"}
            parts.append(f"{',' if count else ''}{json.dumps(subject)}")
            count, failing = count + 1, failing + row["failing"]
        said = f"{counted(failing, 'finding')} in {counted(count, 'stack')}"
        parts.append(f'],"relevant-evidence":{json.dumps([{"description": said}])}}}')
        found.setdefault(control, {})[result] = count
        yield "".join(parts)


def _findings(of: Assessed, found: dict[str, dict[str, int]]) -> Iterator[Document]:
    for control, counts in found.items():
        worst = min(counts, key=_WORST_FIRST.index)
        said = ", ".join(
            f"{counted(counts[it], 'stack')}: {it}" for it in _WORST_FIRST if it in counts
        )
        yield {
            "uuid": of.uuid("finding", control),
            "title": f"{of.name}, {control}",
            "description": f"{_SAID[worst]} {said}.",
            "target": {
                "type": "objective-id",
                "target-id": f"{of.ids[control]}_obj",
                "status": {
                    "state": "satisfied" if worst == "passes" else "not-satisfied",
                    "reason": _REASONS.get(worst, "other"),
                },
            },
            "related-observations": [
                {"observation-uuid": of.uuid("observation", control, result)} for result in counts
            ],
        }
