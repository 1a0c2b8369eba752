"""Calls of tools that take their time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any
from unittest import mock

import anyio
from mcp.types import CallToolRequestParams, CallToolResult, TextContent

from apex_guardrails.agents.confines import Confines
from apex_guardrails.agents.server import Calls
from apex_guardrails.agents.tools import Starts, Tools


class Slow(Tools):
    """A tool that runs until its program is stopped, and one that answers at once."""

    def __init__(self, root: Path) -> None:
        super().__init__(Confines.of(root), 1)
        self.said: list[str] = []
        self._stopped = Event()

    def stop(self) -> None:
        """What ends a program."""
        self.said.append("stopped")
        self._stopped.set()

    def run(
        self, name: str, arguments: Mapping[str, Any] | None, starts: Starts = lambda _: None
    ) -> Mapping[str, Any]:
        assert arguments is None
        self.said.append(f"{name} begins")
        if name == "hangs":
            starts(mock.Mock(stop=self.stop))
            self._stopped.wait()
        self.said.append(f"{name} ends")
        return {"name": name}


def answers(calls: Calls, *names: str) -> dict[str, CallToolResult]:
    """What calls that are made at the same time answer."""
    found: dict[str, CallToolResult] = {}

    async def ask_for(name: str) -> None:
        asked = CallToolRequestParams(name=name)
        found[name] = await calls.call_tool(mock.Mock(), asked)

    async def all_of_them() -> None:
        async with anyio.create_task_group() as group:
            for name in names:
                group.start_soon(ask_for, name)

    anyio.run(all_of_them)
    return found


def refusal(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text if result.is_error else ""


def test_the_next_call_has_all_its_time_and_begins_when_the_last_has_ended(tmp_path: Path) -> None:
    tools = Slow(tmp_path)
    found = answers(Calls(tools, seconds=3), "hangs", "answers")
    assert refusal(found["hangs"]) == "hangs: took longer than 3 s"
    assert not refusal(found["answers"])
    assert tools.said == [
        "hangs begins",
        "stopped",
        "hangs ends",
        "answers begins",
        "answers ends",
    ]
