"""Writes the small document in every format, to be compared with."""

from __future__ import annotations

from pathlib import Path

from policies.reports.formats import FORMATS, write_reports
from tests.policies.reports.documents import small

FOLDER = Path(__file__).with_name("golden")

if __name__ == "__main__":
    write_reports(small(), FOLDER, FORMATS)
