"""Here, and here alone, coverage follows into the judged programs' processes.

It takes seconds for each program that imports the provider's SDK, and what of ours runs in there
is the runner.
"""

from __future__ import annotations

import pytest

from apex_guardrails.sources.offline import process


@pytest.fixture(autouse=True)
def covered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a program know that its coverage is measured."""
    allowed = (*process.ALLOWED, "COVERAGE_PROCESS_CONFIG")
    monkeypatch.setattr(process, "ALLOWED", allowed)
