"""A resource type by the name that people write: its token, or as the Python SDK spells it."""

from __future__ import annotations

from collections.abc import Iterable


def shorten(token: str) -> str:
    """`gcp.sql.DatabaseInstance` for `gcp:sql/databaseInstance:DatabaseInstance`."""
    package, _, rest = token.partition(":")
    module, _, name = rest.partition(":")
    return f"{package}.{module.partition('/')[0]}.{name}"


def token_of(name: str, tokens: Iterable[str]) -> str | None:
    """The token that a name stands for: itself, or its short form with or without the package."""
    known = list(tokens)
    if name in known:
        return name
    wanted = name.strip()
    for token in known:
        form = shorten(token)
        if wanted in (form, form.partition(".")[2]):
            return token
    return None
