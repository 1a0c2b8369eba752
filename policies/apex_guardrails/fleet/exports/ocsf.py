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

from apex_guardrails.fleet.report.results import Results

VERSION: Final = "1.5.0"

_CLASS: Final = 2003

_ACTIVITIES: Final = {"Create": 1, "Update": 2, "Close": 3}

_SEVERITIES: Final = {"low": 2, "medium": 3, "high": 4, "critical": 5}

_STATUSES: Final = {"open": (1, "New"), "waived": (3, "Suppressed"), "known": (3, "Suppressed")}
"""By our own: what somebody has accepted is suppressed."""

_RESOLVED: Final = (4, "Resolved")

_COMPLIANCE: Final = {"fails": (3, "Fail"), "undecided": (2, "Warning")}
_PASS: Final = (1, "Pass")

_SQL: Final = """
WITH asked AS (
  SELECT f.*, 'Create' AS activity FROM findings AS f
  WHERE f.day = (SELECT day FROM last_run)
), earlier AS (
  SELECT f.* FROM findings AS f WHERE f.day = (SELECT day_before FROM last_run)
), closed AS (
  SELECT e.*, 'Close' AS activity
  FROM earlier AS e
  SEMI JOIN (SELECT * FROM stacks WHERE day = (SELECT day FROM last_run)) AS s
    ON s.backend = e.backend AND s.project = e.project AND s.stack = e.stack
  ANTI JOIN asked AS a ON a.backend = e.backend AND a.fingerprint = e.fingerprint
), seen AS (
  SELECT f.backend, f.fingerprint, min(f.day) AS first_day
  FROM findings AS f WHERE f.day < (SELECT day FROM last_run)
  GROUP BY f.backend, f.fingerprint
), texts AS (
  SELECT DISTINCT ON (r.rule) r.* FROM rules AS r
  WHERE r.day <= (SELECT day FROM last_run) ORDER BY r.rule, r.day DESC
), judged AS (
  SELECT s.backend, s.project, s.stack, s.time FROM stacks AS s
  WHERE s.day = (SELECT day FROM last_run)
)
SELECT
  f.* EXCLUDE (activity),
  CASE WHEN f.activity = 'Create' AND s.first_day IS NOT NULL THEN 'Update' ELSE f.activity END
    AS activity,
  least(coalesce(s.first_day, f.day), coalesce(f.known_since, f.day)) AS since,
  epoch_ms(j.time) AS judged_at,
  coalesce(t.title, f.rule) AS title, t.why, t.fix, t.controls, t.page
FROM (SELECT * FROM asked UNION ALL SELECT * FROM closed) AS f
LEFT JOIN seen AS s ON s.backend = f.backend AND s.fingerprint = f.fingerprint
LEFT JOIN texts AS t ON t.rule = f.rule
LEFT JOIN judged AS j
  ON j.backend = f.backend AND j.project = f.project AND j.stack = f.stack
"""

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
    is_closed = activity == "Close"
    status_id, status = _RESOLVED if is_closed else _STATUSES[row["status"]]
    result_id, result = _PASS if is_closed else _COMPLIANCE[row["outcome"]]
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
            "uid": f"{row['fingerprint']}-{results.run.day:%Y%m%d}",
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
        **({} if is_closed else {"status_detail": _detail(row)}),
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
            "uid": row["fingerprint"],
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


def _detail(row: dict[str, Any]) -> str:
    """What somebody has decided about the finding, or what it does."""
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
