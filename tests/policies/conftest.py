"""What tests of whole runs need."""

import pytest

from tests.policies.judged import apex

__all__ = ["apex", "unproven"]


@pytest.fixture
def unproven(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules have no cases, or not the right ones: they are asked all the same."""
    monkeypatch.setattr("apex_guardrails.pack.rules.run_cases", lambda _rules: ())
