"""Which service accounts Google makes by itself."""

from __future__ import annotations

from typing import Any

import pytest

from policies.model import UNKNOWN
from policies.model.google.accounts import is_default_account


@pytest.mark.parametrize(
    ("email", "made"),
    [
        ("1234-compute@developer.gserviceaccount.com", True),
        ("shop@appspot.gserviceaccount.com", True),
        ("api@shop.iam.gserviceaccount.com", False),
        ("x-compute@developer.gserviceaccount.com", False),
        ("1234-compute@developer.gserviceaccount.com.example.org", False),
        (UNKNOWN, False),
        (None, False),
    ],
)
def test_default_accounts(email: Any, *, made: bool) -> None:
    assert is_default_account(email) is made
