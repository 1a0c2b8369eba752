"""The smoke tests, as a program of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from operations.errors import OperationError
from operations.service import Address

_ROOT = Path(__file__).resolve().parents[1]
_PASSED, _FAILED = 0, 1  # pytest's exit codes


@dataclass(frozen=True)
class SmokeResult:
    """What comes of a gate.

    Attributes:
        passed: `None` where too little is known to say.
        reason: Why, for people.
    """

    passed: bool | None
    reason: str


def smoke(address: Address, say: Callable[[str], None]) -> SmokeResult:
    """Whether a revision's four critical paths work. The token is in `APEX_API_TOKEN`.

    Raises:
        OperationError: they could not be run.
    """
    headers = [f"--header={name}={value}" for name, value in address.headers.items()]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/smoke", "--base-url", address.url, *headers],
        cwd=_ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    say(run.stdout)
    if run.returncode not in (_PASSED, _FAILED):
        raise OperationError("the smoke tests could not run: see above")
    passed = run.returncode == _PASSED
    return SmokeResult(passed, "the smoke tests passed" if passed else "a smoke test failed")
