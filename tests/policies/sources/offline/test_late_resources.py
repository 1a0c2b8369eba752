"""What a program registers after its end is an error, never left out in silence."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.policies.judged import RAW, Apex, judged

PROGRAM = textwrap.dedent(RAW) + textwrap.dedent(
    """
    import asyncio, atexit, threading, time

    def build():
        Raw("late", "gcp:compute/network:Network", {})

    def build_with_a_loop():
        asyncio.set_event_loop(asyncio.new_event_loop())
        build()

    def swallow():
        try:
            build()
        except BaseException:
            pass

    async def in_a_task():
        await asyncio.sleep(0.5)
        build()

    class Builder(threading.Thread):
        def run(self):
            time.sleep(0.5)
            build_with_a_loop()
    """
)
MADE = "__main__.py:6: gcp:compute/network:Network (late) is made after the program has ended"


@pytest.mark.parametrize(
    ("end", "text"),
    [
        ("atexit.register(build)", MADE),
        ("atexit.register(swallow)", MADE),
        ("threading._register_atexit(build_with_a_loop)", MADE),
        (
            "asyncio.get_event_loop().run_in_executor(None, lambda: (time.sleep(0.5), swallow()))",
            MADE,
        ),
        ("Builder().start()", MADE),
        (
            "threading.Thread(target=lambda: (time.sleep(9), build()), daemon=True).start()",
            "the program has ended, but its thread <lambda> has not",
        ),
        (
            "task = asyncio.get_event_loop().create_task(in_a_task())",
            "the program has ended, but its task in_a_task has not: wait for it",
        ),
    ],
    ids=["atexit", "swallowed", "thread-exit", "executor", "thread", "daemon", "task"],
)
def test_what_is_made_after_the_end_is_an_error(
    apex: Apex, tmp_path: Path, end: str, text: str
) -> None:
    outcome = apex.preview(judged(tmp_path, f"{PROGRAM}\n{end}\n"))
    outcome.expect(3, "the program failed", text, "0 resources evaluated")


def test_what_is_waited_for_is_judged(apex: Apex, tmp_path: Path) -> None:
    program = f"{PROGRAM}\npulumi.run(in_a_task)\n"
    apex.preview(judged(tmp_path, program)).expect(0, "1 resource evaluated")


def test_a_thread_that_makes_nothing_is_waited_for(apex: Apex, tmp_path: Path) -> None:
    program = f"{PROGRAM}\nbuild()\nthreading.Thread(target=lambda: time.sleep(1)).start()\n"
    apex.preview(judged(tmp_path, program)).expect(0, "1 resource evaluated")


def test_what_a_library_leaves_running_is_no_error(apex: Apex, tmp_path: Path) -> None:
    program = (
        f"{PROGRAM}\nbuild()\nthreading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n"
        "task = asyncio.get_event_loop().create_task(asyncio.sleep(9))\n"
    )
    apex.preview(judged(tmp_path, program)).expect(0, "1 resource evaluated")
