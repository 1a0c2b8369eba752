"""A program that stands in for Checkov: it answers what a test wants to be answered."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

ANSWER = """
import json, os, sys
from pathlib import Path
plan = json.loads(Path(sys.argv[sys.argv.index("-f") + 1]).read_text())
skipped = sys.argv[sys.argv.index("--skip-check") + 1] if "--skip-check" in sys.argv else ""
resources = plan["planned_values"]["root_module"]["resources"]
failed = [
    {{
        "check_id": check, "check_name": "Ensure it is right", "file_path": "/plan.json",
        "resource": address, "guideline": None, "severity": None,
        "check_class": "checkov.terraform.checks.resource.gcp.Right",
        "check_result": {{"evaluated_keys": [key]}},
    }}
    for check, address, key in {failed!r}
    if check not in skipped
]
print(json.dumps({{
    "summary": {{"parsing_errors": 0, "resource_count": len(resources), "checkov_version": "3.0"}},
    "results": {{"failed_checks": failed}},
}}))
"""


def program(folder: Path, code: str) -> Path:
    """A program of that Python code."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "checkov"
    path.write_text(f"#!{sys.executable}\n{code}", "utf-8")
    path.chmod(0o755)
    return path


def checkov(folder: Path, *failed: Sequence[str]) -> Path:
    """A Checkov that lets some checks fail: each an id, an address and a field."""
    return program(folder, ANSWER.format(failed=[list(item) for item in failed]))
