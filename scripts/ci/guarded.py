"""What a verdict rests on: a change to it is shown, and is the code owners' to approve."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

GUARDED: Final = (
    ".github/",
    ".ci/",
    "Makefile",
    "action.yml",
    "policies/",
    "policy-baseline.json",
    "policy-pack.yaml",
    "pyproject.toml",
    "scripts/",
    "uv.lock",
)
"""Files, and folders with a slash at the end; .github/CODEOWNERS names the same."""


def guarded(paths: Iterable[str]) -> list[str]:
    """Those of the changed paths that a verdict rests on, sorted."""
    return sorted(
        {
            path
            for path in paths
            if any(path == item or (item[-1] == "/" and path.startswith(item)) for item in GUARDED)
        }
    )
