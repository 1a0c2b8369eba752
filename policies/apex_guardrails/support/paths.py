"""Paths in `policy-pack.yaml`, which must not lead out of the project.

Whoever may change the settings, in a pull request perhaps, must not read or write anywhere else.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath


def inside(path: str, expected: str) -> str:
    """A path as it is written.

    Raises:
        ValueError: with what is expected; it leads out of the folder that it is relative to.
    """
    steps = PurePosixPath(path)
    if steps.is_absolute() or ".." in steps.parts or "\\" in path or "\0" in path:
        raise ValueError(expected)
    return path


def leads_into(path: Path, folder: Path) -> bool:
    """Whether a path stays in a folder when its links are followed."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # links in a circle
        return False
