"""Code that takes too long is ended, and nothing else."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from types import SimpleNamespace

import pytest

from apex_guardrails.support import time_limits
from apex_guardrails.support.time_limits import TookTooLongError, time_limit


def forever() -> None:
    while True:
        pass


def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(TookTooLongError), time_limit(0.01):
        forever()


def test_no_handler_of_exceptions_holds_it_back() -> None:
    def stubborn() -> None:
        while True:
            with suppress(Exception):
                forever()

    with pytest.raises(TookTooLongError), time_limit(0.01):
        stubborn()


def test_it_is_the_inner_limit_that_is_over_first() -> None:
    with time_limit(600):
        with pytest.raises(TookTooLongError), time_limit(0.01):
            forever()
        assert sum(range(100)) == 4950


def test_another_thread_is_ended_in_its_own() -> None:
    ended = threading.Event()

    def run() -> None:
        try:
            with time_limit(0.01):
                forever()
        except TookTooLongError:
            ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert ended.is_set()


def test_what_is_done_in_time_is_left_alone_ever_after(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_limit(600):
        done = time.monotonic()
    monkeypatch.setattr(time_limits, "time", SimpleNamespace(monotonic=later, sleep=time.sleep))
    while time.monotonic() - done < 0.3:
        pass


def later() -> float:
    return time.monotonic() + 3600


def test_the_watching_ends_and_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limits, "_WATCH", time_limits._Watch())
    before = set(threading.enumerate())
    with time_limit(600):
        [watching] = set(threading.enumerate()) - before
    watching.join(60)
    assert not watching.is_alive()

    with pytest.raises(TookTooLongError), time_limit(0.01):
        forever()
