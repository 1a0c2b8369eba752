"""The members of grants that are everybody, however they are spelled."""

from __future__ import annotations

import re
from functools import lru_cache

from apex_guardrails.model.value import Value, unwrap

ALL_USERS, ALL_AUTHENTICATED_USERS = PUBLIC = ("allUsers", "allAuthenticatedUsers")
"""The members that mean everybody, and everybody with any Google account."""

_EVERYBODY = {
    **{member.lower(): member for member in PUBLIC},
    "principalset://goog/public:all": ALL_USERS,
}
"""By spelling. The last is what newer kinds of policies call everybody (IAM documentation,
"Principal identifiers", 2026-11)."""

# BigQuery's forms (the provider's page of bigquery.DatasetIamMember, 2026-11).
_KIND = re.compile(r"^(?:iamMember|specialGroup):", re.IGNORECASE)


def everybody(member: Value) -> str:
    """Which of `PUBLIC` a member is, however it is spelled; "" for anybody else.

    `domain:` is not everybody, of whatever domain: Google takes none that is not an organization's.
    """
    member = unwrap(member)
    return _everybody(member) if isinstance(member, str) else ""


@lru_cache(maxsize=4096)
def _everybody(member: str) -> str:
    return _EVERYBODY.get(_name(member).strip(), "")


def _name(member: str) -> str:
    """A member, or how one begins, as it is compared."""
    return _KIND.sub("", member.strip()).lower()


def may_begin_everybody(text: str) -> bool:
    """Whether a member that begins with a text may be everybody."""
    return any(public.startswith(_name(text)) for public in _EVERYBODY)


def is_public(member: Value) -> bool:
    """Whether a member is everybody."""
    return bool(everybody(member))
