"""Writes the small document in every format, to be compared with."""

from __future__ import annotations

import json
from pathlib import Path

from apex_guardrails.reports.formats import formats
from apex_guardrails.settings import ReportFormat
from tests.policies.reports.documents import small

_IN_ONE_LINE = {ReportFormat.SARIF, ReportFormat.GITLAB_CODE_QUALITY, ReportFormat.GITLAB_SAST}
FOLDER = Path(__file__).with_name("golden")


def file_of(name: ReportFormat) -> Path:
    """Where a format's is kept."""
    return FOLDER / f"shop.dev{formats()[name].suffix}"


def shown(name: ReportFormat) -> str:
    """The small document in a format, by lines, so that a difference can be read."""
    text = formats()[name].render(small())
    return json.dumps(json.loads(text), indent=2) + "\n" if name in _IN_ONE_LINE else text


if __name__ == "__main__":
    for one in formats():
        file_of(one).write_text(shown(one), "utf-8")
