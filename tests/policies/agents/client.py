"""An agent: the SDK's own client, which talks to a real `apex mcp` over its standard streams."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, StdioServerParameters, stdio_client
from mcp.types import ListToolsResult, TextContent

from apex_guardrails.agents.bounds import LARGEST
from tests.policies.judged import OUR_FRAME, command


@dataclass(frozen=True)
class Answer:
    """What a tool answered, or why it did not."""

    is_refused: bool
    text: str
    content: Any

    def refuses(self, *texts: str) -> None:
        """It is refused, in a line or two that say these."""
        assert self.is_refused, self.text
        assert self.content is None
        assert not OUR_FRAME.search(self.text)
        for text in texts:
            assert text in self.text, self.text

    @property
    def said(self) -> Mapping[str, Any]:
        """The answer, which is the same for clients that read texts alone."""
        assert not self.is_refused, self.text
        assert json.loads(self.text) == self.content
        assert len(self.text) <= LARGEST + 1
        assert isinstance(self.content, dict)
        return self.content


Call = tuple[str, Mapping[str, Any]]


def ask(root: Path, *calls: Call, options: tuple[str, ...] = ()) -> list[Answer]:
    """What the tools answer, one call after the other, of one server."""

    async def all_of_them() -> list[Answer]:
        async with Client(stdio_client(_server(root, options))) as client:
            return [await _called(client, *call) for call in calls]

    return anyio.run(all_of_them)


def tools(root: Path) -> ListToolsResult:
    """What there is."""

    async def listed() -> ListToolsResult:
        async with Client(stdio_client(_server(root, ()))) as client:
            return await client.list_tools()

    return anyio.run(listed)


async def _called(client: Client, name: str, arguments: Mapping[str, Any]) -> Answer:
    result = await client.call_tool(name, dict(arguments))
    (content,) = result.content
    assert isinstance(content, TextContent)
    return Answer(result.is_error, content.text, result.structured_content)


def _server(root: Path, options: tuple[str, ...]) -> StdioServerParameters:
    program, *arguments = command("mcp", "--root", str(root), *options)
    return StdioServerParameters(command=program, args=arguments, env=dict(os.environ), cwd="/")


def lines(root: Path, *sent: bytes) -> list[dict[str, Any]]:
    """What a server answers to lines that no client sends, until it has read them all."""
    done = subprocess.run(
        command("mcp"),
        cwd=root,
        input=b"".join(line + b"\n" for line in sent),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
