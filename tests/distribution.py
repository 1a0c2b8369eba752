"""How the tests are shared out among pytest-xdist's workers."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

_ENGINE = "tests/engine/"
_LONGEST = (
    "tests/engine/test_lifecycle.py",
    "tests/engine/test_restore.py",
    "tests/engine/test_release_whole.py",
    "tests/engine/test_rotation.py::test_the_whole",
    "tests/engine/test_parity.py",
    "tests/engine/test_from_file.py",
    "tests/engine/",
)


class Distribution(LoadFileScheduling):
    """Each file is one worker's, as its tests share what is slow to make.

    Those of the engine share nothing, and take minutes: each is any worker's.
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(_ENGINE) else super()._split_scope(nodeid)


def place(nodeid: str) -> int:
    """Where a test comes: the longest first, so that none of them is what the others wait for."""
    return next(
        (place for place, start in enumerate(_LONGEST) if nodeid.startswith(start)), len(_LONGEST)
    )
