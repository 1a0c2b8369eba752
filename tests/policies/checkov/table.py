"""The table in `docs/checkov.md`: every check of Checkov for Google Cloud, and our rule about it.

`make generated` writes it; a test compares.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from apex_guardrails.checkov import find_checkov
from apex_guardrails.controls import peers
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.support.files import write_text
from tests.policies.checkov.agreement import reviewed

PAGE: Final = Path(__file__).parents[3] / "docs" / "checkov.md"
MARK: Final = "<!-- From here on written by `make generated`. -->\n"

_LIST: Final = """
import json
from checkov.common.checks_infra.registry import get_graph_checks_registry
from checkov.terraform.checks.data.registry import data_registry
from checkov.terraform.checks.resource.registry import resource_registry
graph = get_graph_checks_registry("terraform")
graph.load_checks()
found = {}
for registry in (resource_registry, data_registry):
    for checks in (*registry.checks.values(), *registry.wildcard_checks.values()):
        for check in checks:
            found[check.id] = check.name
for check in graph.checks:
    found[check.id] = check.name
print(json.dumps({key: value for key, value in found.items() if "_GCP_" in key}))
"""

_WORDS: Final = {"ours": "ours is right", "checkov": "Checkov is right", "both": "both are right"}


def checks() -> dict[str, str]:
    """The title of every check of the installed Checkov for Google Cloud, by its id."""
    python = find_checkov(os.environ).with_name("python")
    printed = subprocess.run(
        [python, "-c", _LIST], check=True, capture_output=True, text=True, timeout=120
    ).stdout
    found: dict[str, str] = json.loads(printed)
    return {check: " ".join(title.split()) for check, title in found.items()}


def table() -> str:
    """The table as Markdown."""
    remarks = _remarks()
    [peer] = [peer for peer in peers(known_rules()) if peer.id == "checkov"]
    lines = [
        "| check | what it asks for | our rule | where they differ |",
        "| --- | --- | --- | --- |",
    ]
    for check in peer.checks:
        ours = ", ".join(f"[{rule}](rules/{rule}.md)" for rule in check.rules)
        reason = f"{check.why[0].upper()}{check.why[1:]}." if check.why else ""
        remark = remarks.get(check.id, reason)
        lines.append(f"| {check.id} | {check.name.replace('|', '/')} | {ours} | {remark} |")
    return "\n".join(lines) + "\n"


def _remarks() -> Mapping[str, str]:
    found: dict[str, list[str]] = {}
    for item in reviewed():
        for check in item.checks:
            found.setdefault(check, []).append(
                f"{' '.join(item.why.split())} ({_WORDS[item.right]})"
            )
    return {check: " ".join(texts) for check, texts in found.items()}


def page(text: str) -> str:
    """The page with the table as it should be."""
    return text.partition(MARK)[0] + MARK + "\n" + table()


if __name__ == "__main__":
    write_text(PAGE, page(PAGE.read_text("utf-8")))
