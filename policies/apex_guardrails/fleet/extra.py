"""What the package's extra `fleet` brings."""

from __future__ import annotations

from importlib.util import find_spec

from apex_guardrails.support.errors import UsageError


def need(*modules: str) -> None:
    """Says what to install where a module is missing.

    Raises:
        UsageError: one is.
    """
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"apex fleet needs {', '.join(missing)}, which the package's extra brings: "
            "pip install 'apex-guardrails[fleet]'"
        )
