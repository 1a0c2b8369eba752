"""What distributions that are installed beside the pack bring for it."""

from __future__ import annotations

import sysconfig
from collections.abc import Iterator
from importlib.metadata import EntryPoint, distributions


def entry_points(group: str) -> Iterator[EntryPoint]:
    """The entry points of a group, in the environment's own folders.

    What lies in the working directory or on PYTHONPATH may belong to the program under judgement,
    which must bring nothing.
    """
    folders = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    for distribution in distributions(path=sorted(folders)):
        yield from distribution.entry_points.select(group=group)
