"""Writes what the provider's functions return, as the installed `pulumi_gcp` declares it.

    python -m scripts.function_results

Run it after a new version of pulumi-gcp is locked. `apex_guardrails.provider.functions` says what a
form is.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pulumi_gcp

from apex_guardrails.provider.functions import FUNCTIONS_FILE
from apex_guardrails.sources.offline.launchers.python_results import form_of

_CALL = re.compile(r"pulumi\.runtime\.invoke\('([^']+)', __args__, opts=opts, typ=(\w+)\)")


def lines() -> Iterator[str]:
    """A line of JSON for each function."""
    root = Path(pulumi_gcp.__file__ or "").parent
    for file in root.rglob("*.py"):
        for token, name in _CALL.findall(file.read_text(encoding="utf-8")):
            parts = file.relative_to(root).with_suffix("").parts
            module = importlib.import_module(".".join(("pulumi_gcp", *parts)))
            result = form_of(getattr(module, name))
            yield json.dumps({"token": token, "result": result}, separators=(",", ":"))


def main() -> int:
    """Writes the table."""
    FUNCTIONS_FILE.write_text("\n".join(sorted(lines())) + "\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
