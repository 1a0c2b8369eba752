"""What is particular to each secret: which values it takes, and what is done by hand."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from pydantic import SecretStr

from infra.config.secrets import check_value
from operations.errors import OperationError

GENERATED = ("postgres-password", "qdrant-api-key", "jwt-secret-key")
"""Those that nobody but the stack has to know."""
TOLD_FIRST = "neo4j-password"
"""The one that lives in its database, which is told by hand before the workloads get it."""
_HOW_TOLD = (
    f"{TOLD_FIRST}: its database must have the value first (docs/runbooks/neo4j-password.md). When "
    "it has, add --done-by-hand"
)
_AFTERWARDS = {
    "jwt-secret-key": (
        "tokens that were signed with another key are refused: put a new one into APEX_API_TOKEN"
    ),
    "qdrant-api-key": (
        "Qdrant's machine has the key that it had when it started: start it again "
        "(docs/runbooks/secret-rotation.md)"
    ),
}


def check_before(keys: Sequence[str], *, done_by_hand: bool) -> None:
    """Whether secrets may be deployed.

    Raises:
        OperationError: one of them is to be told to a database first, which nobody has said it was.
    """
    if TOLD_FIRST not in keys:
        return
    if len(keys) > 1:
        raise OperationError(f"{TOLD_FIRST}: rotate it alone, docs/runbooks/neo4j-password.md")
    if not done_by_hand:
        raise OperationError(_HOW_TOLD)


def by_hand_afterwards(keys: Sequence[str], qdrant_runtime: str) -> list[str]:
    """What has to be done between a deployment of secrets and the smoke tests, in words."""
    return [
        f"{key}: {what}"
        for key, what in _AFTERWARDS.items()
        if key in keys and (key != "qdrant-api-key" or qdrant_runtime == "vm")
    ]


def generated(key: str) -> SecretStr:
    """A random value.

    Raises:
        OperationError: the secret is somebody else's, who makes it or has to be told it.
    """
    if key not in GENERATED:
        raise OperationError(
            f"{key}: cannot be generated, but {', '.join(GENERATED)} can; "
            "give the value on standard input"
        )
    # 192 random bits. What is before them is there for Cloud SQL, which wants four kinds of
    # characters; hexadecimal digits cannot spell the user's name, which it does not want.
    return accepted(key, f"Aa1-{secrets.token_hex(24)}")


def accepted(key: str, text: str) -> SecretStr:
    """A value as somebody gives it; line ends at its end are not part of it.

    Raises:
        OperationError: the program would not take it. The message does not show it.
    """
    value = text.rstrip("\r\n")
    if not value:
        raise OperationError(f"{key}: no value was given")
    try:
        check_value(key, value)
    except ValueError as error:
        raise OperationError(f"{key}: the value {error}") from None
    return SecretStr(value)
