"""The folder where Pulumi keeps plugins and language hosts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_VERSION: Final = re.compile(r"v(\d+)\.(\d+)\.(\d+)(.*)")


def pulumi_home(outer: Mapping[str, str]) -> Path:
    """Its folder."""
    return Path(outer.get("PULUMI_HOME") or Path.home() / ".pulumi")


def newest_first(home: Path, kind: str) -> list[Path]:
    """The folders of each version of a plugin.

    Args:
        home: Pulumi's folder.
        kind: what the plugin is and of what, such as "language-yaml".
    """
    return sorted(home.glob(f"plugins/{kind}-v*"), key=_by_version)


def _by_version(folder: Path) -> tuple[int, ...]:
    version = _VERSION.search(folder.name)
    return tuple(-int(number) for number in version.groups()[:3]) if version else ()
