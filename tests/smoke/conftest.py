"""Whom the smoke tests ask, and how they say what is wrong.

They run by themselves, with pytest and nothing else:

    APEX_API_TOKEN=... .venv/bin/python -m pytest tests/smoke --base-url https://api.example.com

pytest's exit code is the answer: 0 where all is well, 1 where a critical path is broken, another
one where they could not run.
"""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Generator, Iterator

import pytest

from tests.smoke.client import Api, CheckFailedError, Patience
from tests.smoke.contract import Paths, parse_base_url, parse_headers, parse_token
from tests.smoke.documents import Documents

_API = pytest.StashKey[Api]()


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86400:
        raise argparse.ArgumentTypeError(f"{text!r}: expected seconds, more than 0")
    return seconds


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("smoke", "smoke tests of a deployed API")
    group.addoption("--base-url", metavar="URL", help="the API's address; required")
    group.addoption(
        "--path",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="where the API answers, other than docs/workloads.md has it; more than once",
    )
    group.addoption(
        "--header",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what each request carries besides; more than once",
    )
    for name, usual, meaning in (
        ("--request-timeout", 10.0, "how long one answer may take"),
        ("--poll-timeout", 60.0, "how long what comes late is asked for again"),
        ("--poll-interval", 2.0, "the pause before that is asked for again"),
        ("--run-timeout", 180.0, "how long all tests together may take"),
    ):
        group.addoption(
            name,
            type=_seconds,
            default=usual,
            metavar="SECONDS",
            help=f"{meaning}, {usual:g} s by default",
        )


def pytest_sessionstart(session: pytest.Session) -> None:
    # Whoever ends the run lets it clean up: pytest does so when it is interrupted.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    option = session.config.option
    try:
        session.config.stash[_API] = Api(
            parse_base_url(option.base_url or ""),
            parse_token(os.environ),
            Paths.parse(option.path),
            parse_headers(option.header),
            Patience(
                request=option.request_timeout,
                poll=option.poll_timeout,
                interval=option.poll_interval,
                run=option.run_timeout,
            ),
        )
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A broken path is told in its own sentence, without a traceback; nothing shows the token."""
    report = yield
    api = item.config.stash[_API]
    if call.excinfo and isinstance(call.excinfo.value, CheckFailedError):
        report.longrepr = str(call.excinfo.value)
    if report.longrepr and api.redact(text := str(report.longrepr)) != text:
        report.longrepr = text
    if isinstance(report.longrepr, str):
        report.longrepr = api.redact(report.longrepr)
    report.sections = [(title, api.redact(text)) for title, text in report.sections]
    return report


@pytest.fixture(scope="session")
def api(request: pytest.FixtureRequest) -> Api:
    return request.config.stash[_API]


@pytest.fixture
def documents(api: Api) -> Iterator[Documents]:
    brought = Documents(api)
    yield brought
    brought.delete()
