"""Which service accounts Google makes by itself."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.gcp.accounts import is_default_account
from apex_guardrails.model import UNKNOWN


@pytest.mark.parametrize(
    ("email", "made"),
    [
        ("1234-compute@developer.gserviceaccount.com", True),
        ("shop@appspot.gserviceaccount.com", True),
        ("example.org:shop@appspot.gserviceaccount.com", True),
        ("shop.example.org@appspot.gserviceaccount.com", True),
        ("1234@cloudbuild.gserviceaccount.com", True),
        ("1234-COMPUTE@Developer.gserviceaccount.com", True),
        ("projects/-/serviceAccounts/1234-compute@developer.gserviceaccount.com", True),
        (
            "//iam.googleapis.com/projects/p/serviceAccounts/p@appspot.gserviceaccount.com",
            True,
        ),
        ("1234@cloudservices.gserviceaccount.com", False),
        ("service-1234@gcp-sa-cloudbuild.iam.gserviceaccount.com", False),
        ("service-1234@compute-system.iam.gserviceaccount.com", False),
        ("101234567890123456789", False),
        ("api@shop.iam.gserviceaccount.com", False),
        ("x-compute@developer.gserviceaccount.com", False),
        ("1234-compute@developer.gserviceaccount.com.example.org", False),
        (UNKNOWN, False),
        (None, False),
    ],
)
def test_default_accounts(email: Any, *, made: bool) -> None:
    assert is_default_account(email) is made
