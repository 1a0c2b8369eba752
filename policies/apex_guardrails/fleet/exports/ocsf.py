"""Findings as OCSF compliance findings (class 2003), one JSON document a line.

https://schema.ocsf.io/1.5.0/classes/compliance_finding, read 2026-12-01. The documents are written
as they stand, and tests read them with py-ocsf-models: with millions of findings its models would
take minutes, and it pins one version of a package that others of an installation need, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any, Final

from apex_guardrails.fleet.exports import uuid_of
from apex_guardrails.fleet.report.results import Results

VERSION: Final = "1.5.0"

_CLASS: Final = 2003

_ACTIVITIES: Final = {"Create": 1, "Update": 2, "Close": 3}

_SEVERITIES: Final = {"low": 2, "medium": 3, "high": 4, "critical": 5}

_STATUSES: Final = {"open": (1, "New"), "waived": (3, "Suppressed"), "known": (3, "Suppressed")}
"""By our own: what somebody has accepted is suppressed."""

_RESOLVED: Final = (4, "Resolved")
_ARCHIVED: Final = (5, "Archived")
"""The rule is off: whether it would pass is not known."""

_COMPLIANCE: Final = {"fails": (3, "Fail"), "undecided": (2, "Warning")}
_PASS: Final = (1, "Pass")
_UNKNOWN: Final = (0, "Unknown")

_SQL: Final = """
WITH failed AS (
  SELECT DISTINCT e.backend, e.project, e.stack, e.rule, e.day
  FROM errors AS e WHERE e.kind = 'rule failed'
), judged AS (
  SELECT s.backend, s.project, s.stack, s.time, s.rules_off, s.own_rules FROM stacks AS s
  WHERE s.day = (SELECT day FROM last_run)
), asked AS (
  SELECT f.* FROM findings AS f WHERE f.day = (SELECT day FROM last_run)
), seen AS (
  SELECT f.backend, f.fingerprint, min(f.day) AS first_day, max(f.day) AS last_day
  FROM findings AS f WHERE f.day < (SELECT day FROM last_run)
  GROUP BY f.backend, f.fingerprint
), answered AS (
  -- When a stack was judged before, and, by rule, when one that has failed on it did not fail.
  SELECT s.backend, s.project, s.stack, p.rule, max(s.day) FILTER (WHERE f.day IS NULL) AS day
  FROM stacks AS s
  JOIN (
    SELECT DISTINCT backend, project, stack, rule FROM failed
    UNION ALL SELECT DISTINCT backend, project, stack, NULL FROM stacks
  ) AS p ON p.backend = s.backend AND p.project = s.project AND p.stack = s.stack
  LEFT JOIN failed AS f
    ON f.backend = s.backend AND f.project = s.project AND f.stack = s.stack
    AND f.rule = p.rule AND f.day = s.day
  WHERE s.day < (SELECT day FROM last_run)
  GROUP BY ALL
), earlier AS (
  -- What was left open: nothing has said since that it is gone.
  SELECT f.*
  FROM findings AS f
  JOIN seen AS s
    ON s.backend = f.backend AND s.fingerprint = f.fingerprint AND s.last_day = f.day
  LEFT JOIN answered AS a
    ON a.backend = f.backend AND a.project = f.project AND a.stack = f.stack AND a.rule IS NULL
  LEFT JOIN answered AS r
    ON r.backend = f.backend AND r.project = f.project AND r.stack = f.stack AND r.rule = f.rule
  WHERE NOT coalesce(CASE WHEN r.rule IS NULL THEN a.day ELSE r.day END > f.day, FALSE)
), told AS (
  SELECT a.*, CASE WHEN e.day IS NULL THEN 'Create' ELSE 'Update' END AS activity
  FROM asked AS a
  LEFT JOIN earlier AS e ON e.backend = a.backend AND e.fingerprint = a.fingerprint
  UNION ALL
  SELECT e.*, 'Close' AS activity
  FROM earlier AS e
  ANTI JOIN asked AS a ON a.backend = e.backend AND a.fingerprint = e.fingerprint
  ANTI JOIN failed AS f
    ON f.backend = e.backend AND f.project = e.project AND f.stack = e.stack
    AND f.rule = e.rule AND f.day = (SELECT day FROM last_run)
  SEMI JOIN judged AS j
    ON j.backend = e.backend AND j.project = e.project AND j.stack = e.stack
), packaged AS (
  SELECT DISTINCT r.rule FROM rules AS r WHERE r.day = (SELECT day FROM last_run) AND NOT r.is_own
), texts AS (
  SELECT DISTINCT ON (r.rule) r.* FROM rules AS r
  WHERE r.day <= (SELECT day FROM last_run) ORDER BY r.rule, r.day DESC
)
SELECT
  f.*,
  least(coalesce(s.first_day, f.day), coalesce(f.known_since, f.day)) AS since,
  epoch_ms(j.time) AS judged_at,
  f.activity = 'Close' AND CASE
    WHEN p.rule IS NULL THEN list_contains(string_split(j.own_rules, ' '), f.rule)
    ELSE NOT list_contains(string_split(j.rules_off, ' '), f.rule)
  END AS is_resolved,
  coalesce(t.title, f.rule) AS title, t.why, t.fix, t.controls, t.page
FROM told AS f
LEFT JOIN seen AS s ON s.backend = f.backend AND s.fingerprint = f.fingerprint
LEFT JOIN texts AS t ON t.rule = f.rule
LEFT JOIN packaged AS p ON p.rule = f.rule
LEFT JOIN judged AS j
  ON j.backend = f.backend AND j.project = f.project AND j.stack = f.stack
"""

LOOKS_BACK: Final = ("errors", "findings", "stacks")
"""The tables of which every day is read: when a finding was there first, and when it was closed."""

_FRAMEWORKS_SQL: Final = """
SELECT DISTINCT f.framework, f.name || ' ' || f.version AS title FROM frameworks AS f
WHERE f.day = (SELECT day FROM last_run)
"""


def pieces(results: Results) -> Iterator[str]:
    """One line for each finding of the last run, and for each that is gone since the one before."""
    standards = {row["framework"]: row["title"] for row in results.ask(_FRAMEWORKS_SQL).all()}
    answer = results.ask(_SQL)
    names = answer.names
    for rows in answer.chunks():
        events = (event(dict(zip(names, row, strict=True)), standards, results) for row in rows)
        yield "".join(f"{json.dumps(item, separators=(',', ':'))}\n" for item in events)


def event(row: dict[str, Any], standards: dict[str, str], results: Results) -> dict[str, Any]:
    """A finding as OCSF has it.

    Args:
        row: of the query.
        standards: what frameworks are called, by id.
        results: which run it is of.
    """
    activity = row["activity"]
    (status_id, status), (result_id, result) = _said(row)
    uid = uuid_of(row["backend"], row["fingerprint"])
    stack = f"{row['project']}/{row['stack']}"
    controls = (row["controls"] or "").split()
    at = row["judged_at"] or _start_of(results.run.day)
    return {
        "metadata": {
            "event_code": row["rule"],
            "product": {
                "name": "apex",
                "uid": "apex-guardrails",
                "vendor_name": "Apex Guardrails",
                "version": results.run.versions,
            },
            "uid": f"{uid}-{results.run.day:%Y%m%d}",
            "version": VERSION,
        },
        "category_name": "Findings",
        "category_uid": 2,
        "class_name": "Compliance Finding",
        "class_uid": _CLASS,
        "activity_name": activity,
        "activity_id": _ACTIVITIES[activity],
        "type_uid": _CLASS * 100 + _ACTIVITIES[activity],
        "type_name": f"Compliance Finding: {activity}",
        "time": at,
        "severity_id": _SEVERITIES[row["severity"]],
        "severity": row["severity"].capitalize(),
        "status_id": status_id,
        "status": status,
        "status_code": result.upper(),
        **({} if row["is_resolved"] else {"status_detail": _detail(row)}),
        "message": row["message"],
        "compliance": {
            "control": row["rule"],
            "desc": row["title"],
            "requirements": controls,
            "standards": sorted(
                {
                    standards.get(framework, framework)
                    for framework in (item.partition(":")[0] for item in controls)
                }
            ),
            "status_id": result_id,
        },
        "finding_info": {
            "uid": uid,
            "title": row["title"],
            "desc": row["message"],
            "first_seen_time": _start_of(row["since"]),
            "last_seen_time": _start_of(row["day"]),
            "types": [row["service"]],
        },
        **_remediation(row),
        "resources": [
            {
                "uid": row["urn"],
                "name": row["name"],
                "type": row["type"],
                "namespace": stack,
                **({"group": {"name": row["owner"]}} if row["owner"] else {}),
                "labels": [f"backend:{row['backend']}"],
            }
        ],
    }


def _said(row: dict[str, Any]) -> tuple[tuple[int, str], tuple[int, str]]:
    """The finding's status, and that of what the rule looks for."""
    if row["activity"] != "Close":
        return _STATUSES[row["status"]], _COMPLIANCE[row["outcome"]]
    return (_RESOLVED, _PASS) if row["is_resolved"] else (_ARCHIVED, _UNKNOWN)


def _detail(row: dict[str, Any]) -> str:
    """What somebody has decided about the finding, or what it does."""
    if row["activity"] == "Close":
        return "the rule is off for this stack"
    match row["status"]:
        case "waived":
            until = f" until {row['waived_until']}" if row["waived_until"] else ""
            return f"waived by {row['waiver_owner']}{until}"
        case "known":
            return f"known since {row['known_since']}"
        case _:
            return "blocks the deployment" if row["is_blocking"] else "advice"


def _remediation(row: dict[str, Any]) -> dict[str, Any]:
    if not row["fix"]:
        return {}
    references = {"references": [row["page"]]} if row["page"] else {}
    return {"remediation": {"desc": row["fix"], **references}}


def _start_of(day: date) -> int:
    """Milliseconds since 1970."""
    return int(datetime.combine(day, time(), UTC).timestamp() * 1000)
