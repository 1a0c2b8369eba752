"""Puts a deployed API under load, and says whether it stands it.

    APEX_API_TOKEN=... .venv/bin/python -m tests.load --base-url https://api.example.com

Exit codes: 0 it does, 1 it does not, 2 the test could not run.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.load.plan import KINDS, Plan, Sample
from tests.load.verdict import Check, Limits, judge, junit
from tests.smoke.contract import Paths, parse_base_url, parse_token

ROOT = Path(__file__).parents[2]
LOCUST = ROOT / ".venv-load/bin/locust"
STOP_TIMEOUT = 30
"""Seconds that the users get at the end, to finish what they are at and remove their documents."""


class _CannotRunError(Exception):
    """Why there is no verdict, for the operator."""


def _number(kind: Callable[[str], float], least: float, most: float) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        try:
            number = kind(text)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text!r}: expected {least:g} to {most:g}")
        return number

    return parse


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("tests.load", allow_abbrev=False)
    limits = Limits()
    add = parser.add_argument
    add("--base-url", metavar="URL", default="", help="the API's address; required")
    add("--path", action="append", default=[], metavar="NAME=PATH", help="as for the smoke tests")
    add("--users", type=_number(int, 1, 1000), default=10, help="users at a time: 10")
    add("--duration", type=_number(int, 1, 86400), default=300, help="seconds: 300")
    add("--requests", type=_number(int, 1, 10**7), help="end after so many already")
    add("--pause", type=_number(float, 0, 60), default=2.0, help="seconds between requests: 2")
    add("--request-timeout", type=_number(float, 0.001, 300), default=30.0, help="seconds: 30")
    add("--p95", type=_number(float, 0.001, 300), default=limits.p95, help="limit in seconds: 1")
    add("--errors", type=_number(float, 1e-6, 1), default=limits.errors, help="limit, of 1: 0.01")
    add("--min-requests", type=_number(int, 1, 10**7), default=limits.requests, help="100")
    add("--output", type=Path, default=ROOT / "build/load", help="folder of the reports")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        checks = _run(options)
    except (_CannotRunError, ValueError, OSError) as error:
        print(f"load: {error}", file=sys.stderr)
        return 2
    junit(checks).write(str(options.output / "junit.xml"))
    for check in checks:
        passed = "ok  " if check.passed else "FAIL"
        print(f"  {passed}  {check.kind}: {check.found} (limit: {check.limit})")
    print(f"load: {options.output / 'report.html'} and junit.xml have the details")
    return 0 if all(check.passed for check in checks) else 1


def _run(options: argparse.Namespace) -> list[Check]:
    base_url = parse_base_url(options.base_url)
    parse_token(os.environ)
    if not LOCUST.exists():
        raise _CannotRunError("Locust is not installed; make load installs it, into .venv-load")
    folder: Path = options.output.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("report.html", "junit.xml", "samples.jsonl", "locust.log"):
        (folder / name).unlink(missing_ok=True)
    plan = Plan(
        paths=Paths.parse(options.path),
        pause=options.pause,
        requests=options.requests,
        request_timeout=options.request_timeout,
        samples=folder / "samples.jsonl",
    )
    print(f"load: {options.users} users ask {base_url} for {options.duration} s", flush=True)
    _locust(plan, base_url, folder, options)
    with plan.samples.open(encoding="utf-8") as lines:
        samples = Sample.read(lines)
    limits = Limits(p95=options.p95, errors=options.errors, requests=options.min_requests)
    return judge(samples, KINDS, limits)


def _locust(plan: Plan, base_url: str, folder: Path, options: argparse.Namespace) -> None:
    """Runs Locust to its end.

    Raises:
        _CannotRunError: It failed, or was ended from outside.
    """
    # What Locust would read of a machine's own settings is left out.
    environment = {name: value for name, value in os.environ.items() if "LOCUST_" not in name}
    environment |= {**plan.environment(), "PYTHONPATH": str(ROOT)}
    command = [
        *(str(LOCUST), "--locustfile", str(ROOT / "tests/load/locustfile.py"), "--headless"),
        *("--host", base_url, "--users", str(options.users), "--spawn-rate", str(options.users)),
        *("--run-time", f"{options.duration}s", "--stop-timeout", str(STOP_TIMEOUT)),
        *("--html", str(folder / "report.html"), "--only-summary", "--exit-code-on-error", "0"),
    ]
    with (
        (folder / "locust.log").open("w") as log,
        subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        ) as locust,
    ):
        try:
            code = locust.wait()
        except KeyboardInterrupt:
            locust.terminate()
            locust.wait()
            raise _CannotRunError("ended from outside") from None
    if code:
        raise _CannotRunError(f"Locust failed with {code}: {folder / 'locust.log'} says why")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
