"""The service accounts that Google makes by itself."""

from __future__ import annotations

import re

from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, Value
from apex_guardrails.model.view import View

_DEFAULT = re.compile(
    r"\d+-compute@developer\.gserviceaccount\.com"
    r"|[^@/]+@appspot\.gserviceaccount\.com"
    r"|\d+@cloudbuild\.gserviceaccount\.com"
)

MACHINE_ACCOUNT = "serviceAccount.email"
"""Where a machine names its account."""

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


def runs_as_default(machine: Resource) -> bool:
    """Whether a machine runs as the default account of Compute Engine, or as another of these.

    Without a block there is no token, and so no account. A block without an email is the default
    account's (the provider's page of compute.Instance, 2026-11).
    """
    if not machine.is_set("serviceAccount"):
        return False
    email = account_at(machine, MACHINE_ACCOUNT, omitted="default")
    return email in ("", "default") or is_default_account(email)


def account_at(resource: View, path: str, *, omitted: Value = None) -> Value:
    """The account that an input names; one whose domain is known has 0 for what is not.

    Whose an address is, its end says: `PROJECT_NUMBER-compute@...` is put together in programs.
    """
    given = resource.peek(path, omitted=omitted)
    if given is not UNKNOWN:
        return given
    parts = resource.known_parts(path) or (None,)
    return "".join(part or "0" for part in parts) if "@" in (parts[-1] or "") else UNKNOWN
