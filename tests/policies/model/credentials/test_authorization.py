"""What an `Authorization` header has for a value is a credential under any name."""

from __future__ import annotations

import pytest

from apex_guardrails.model.credentials.texts import sets_credential

TOKEN = "s3cr3t-t0ken-9"


@pytest.mark.parametrize(
    "text",
    [
        "Basic dXNlcjpodW50ZXIyaHVudGVy",
        "basic YTpiMTI=",
        "Bearer 123e4567-e89b-12d3-a456-426614174000",
        f"Bearer {TOKEN}",
        f'curl -H "X-From: Bearer {TOKEN}" https://example.org',
        f'{{"headers": {{"X-From": "Bearer {TOKEN}"}}}}',
        f'{{\\"X-From\\": \\"bearer {TOKEN}\\"}}',
        f"headers:\n  X-From: Bearer {TOKEN}\n",
    ],
)
def test_it_is_found(text: str) -> None:
    assert sets_credential(text) == "Authorization"


@pytest.mark.parametrize("rest", ["${ID}", "$(id)", "{{ id }}", "%s", "<id>", "\ufffc" * 8])
def test_what_is_filled_in_is_none(rest: str) -> None:
    assert sets_credential(f"Bearer {TOKEN}-{rest}") is None
    assert sets_credential(f"Basic {rest}") is None
