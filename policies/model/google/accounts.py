"""The service accounts that Google makes by itself."""

from __future__ import annotations

import re

from policies.model.value import Value

_DEFAULT = re.compile(
    r"^\d+-compute@developer\.gserviceaccount\.com$|@appspot\.gserviceaccount\.com$"
)


def is_default_account(email: Value) -> bool:
    """Whether it is the default account of Compute Engine or App Engine.

    Source: IAM documentation, "Types of service accounts", 2026-11.
    """
    return isinstance(email, str) and bool(_DEFAULT.search(email))
