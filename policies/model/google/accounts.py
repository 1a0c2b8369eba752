"""The service accounts that Google makes by itself."""

from __future__ import annotations

import re

from policies.model.value import Value

_DEFAULT = re.compile(
    r"\d+-compute@developer\.gserviceaccount\.com"
    r"|[^@/]+@appspot\.gserviceaccount\.com"
    r"|\d+@cloudbuild\.gserviceaccount\.com"
)

# How the IAM API names an account; a project of "-" is whichever one it is in.
_RESOURCE_NAME = re.compile(r"^(?:.*/)?projects/[^/]+/serviceAccounts/", re.IGNORECASE)


def is_default_account(email: Value) -> bool:
    """Whether it is the default account of Compute Engine, App Engine or (the older) Cloud Build.

    Whatever runs without an account of its own runs as one of these. Service agents are none of
    them, `PROJECT_NUMBER@cloudservices.gserviceaccount.com` among them: Google acts as those for
    its own services, they cannot be attached to a workload, and need their roles. A numeric id says
    not whose it is.

    Source: IAM documentation, "Types of service accounts" and "Service agents"; Cloud Build
    documentation, "Cloud Build service account"; 2026-11.
    """
    if not isinstance(email, str):
        return False
    return bool(_DEFAULT.fullmatch(_RESOURCE_NAME.sub("", email.strip()).lower()))
