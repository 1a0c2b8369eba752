"""An editor: pygls's own client, which talks to a real `apex lsp` over its standard streams."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.workspace import PositionCodec

from tests.policies.judged import command

SECONDS = 120
"""No save takes so long, whatever else the machine does."""

CAN_DO_ALL = types.ClientCapabilities(
    window=types.WindowClientCapabilities(
        show_document=types.ShowDocumentClientCapabilities(support=True)
    ),
    workspace=types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(
            document_changes=True, resource_operations=[types.ResourceOperationKind.Create]
        )
    ),
)


class Editor:
    """An editor with some files open.

    Attributes:
        uri: how it names a file.
    """

    def __init__(self) -> None:
        self.uri: Callable[[Path], str] = Path.as_uri
        self.client = LanguageClient("editor", "1")
        self.diagnostics: dict[Path, list[types.Diagnostic]] = {}
        self.messages: list[str] = []
        self.documents: list[str] = []
        self._told: asyncio.Queue[str] = asyncio.Queue()
        self._published: asyncio.Queue[Path] = asyncio.Queue()

        def _published(params: types.PublishDiagnosticsParams) -> None:
            path = Path(params.uri.removeprefix("file://"))
            self.diagnostics[path] = list(params.diagnostics)
            self._published.put_nowait(path)

        def _logged(params: types.LogMessageParams) -> None:
            self._told.put_nowait(params.message)

        def _said(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)

        def _shown(params: types.ShowDocumentParams) -> types.ShowDocumentResult:
            file = Path(params.uri.removeprefix("file://"))
            self.documents.append(file.read_text("utf-8"))
            return types.ShowDocumentResult(success=True)

        for name, heard in (
            (types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, _published),
            (types.WINDOW_LOG_MESSAGE, _logged),
            (types.WINDOW_SHOW_MESSAGE, _said),
            (types.WINDOW_SHOW_DOCUMENT, _shown),
        ):
            self.client.feature(name)(heard)

    async def save(self, file: Path, text: str | None = None) -> str:
        """Saves a file; what is said once its program was judged."""
        if text is not None:
            file.write_text(text, "utf-8")  # noqa: ASYNC240 nothing else is under way
        self.saved(file)
        return await self.told()

    def saved(self, file: Path) -> None:
        """Tells that a file was saved."""
        self.client.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(self.uri(file)))
        )

    async def told(self) -> str:
        """What is said once a program was judged."""
        return await asyncio.wait_for(self._told.get(), SECONDS)

    async def open(self, file: Path, text: str) -> list[types.Diagnostic]:
        """Opens a settings file; what is wrong in it."""
        self.have(file, text)
        return await self._next(file)

    def have(self, file: Path, text: str) -> None:
        """Opens a file, with a text that need not be saved."""
        document = types.TextDocumentItem(self.uri(file), file.suffix[1:], 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))

    async def close(self, file: Path) -> list[types.Diagnostic]:
        """Closes a file for which something is shown; what is shown then."""
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(self.uri(file)))
        )
        return await self._next(file)

    async def change(self, file: Path, text: str) -> list[types.Diagnostic]:
        """Writes into a settings file that is open; what is wrong in it."""
        self.type(file, text)
        return await self._next(file)

    def type(self, file: Path, text: str) -> None:
        """Writes into a file that is open."""
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(uri=self.uri(file), version=2),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    async def _next(self, file: Path) -> list[types.Diagnostic]:
        while await asyncio.wait_for(self._published.get(), SECONDS) != file:
            pass
        return self.diagnostics[file]

    async def hover(self, file: Path, line: int) -> str:
        """What is said where the mouse rests on a line, counted from 1; "" for nothing."""
        found = await self.client.text_document_hover_async(
            types.HoverParams(
                types.TextDocumentIdentifier(self.uri(file)), types.Position(line - 1, 0)
            )
        )
        if found is None:
            return ""
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value

    async def actions(self, file: Path, line: int) -> dict[str, types.WorkspaceEdit | None]:
        """What can be done on a line, by title, with what it changes."""
        at = types.Position(line - 1, 0)
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(self.uri(file)),
                types.Range(at, at),
                types.CodeActionContext(diagnostics=[]),
            )
        )
        return {
            # The library reads an action with a command as a command, which has the title, too.
            each.title: each.edit if isinstance(each, types.CodeAction) else None
            for each in found or ()
        }

    async def complete(self, file: Path, line: int, column: int) -> dict[str, types.CompletionItem]:
        """What may be written at a position, counted from 0, by label."""
        found = await self.client.text_document_completion_async(
            types.CompletionParams(
                types.TextDocumentIdentifier(self.uri(file)), types.Position(line, column)
            )
        )
        assert isinstance(found, list | tuple)
        return {item.label: item for item in found}

    def shown(self, file: Path) -> list[tuple[str, int]]:
        """The rules and lines, counted from 1, that a file is underlined for."""
        return sorted(
            (str(item.code or item.message), item.range.start.line + 1)
            for item in self.diagnostics.get(file, ())
        )


Use = Callable[[Editor], Awaitable[None]]


def edit(
    use: Use,
    *options: str,
    capabilities: types.ClientCapabilities = CAN_DO_ALL,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Starts an editor with the server, and uses it."""

    async def session() -> None:
        async with _started(options, capabilities, environment or {}) as editor:
            await use(editor)

    asyncio.run(session())


@asynccontextmanager
async def _started(
    options: Sequence[str], capabilities: types.ClientCapabilities, environment: Mapping[str, str]
) -> AsyncGenerator[Editor]:
    editor = Editor()
    client = editor.client
    # Where a user's editor may start it: not beside the program.
    await client.start_io(*command("lsp", *options), cwd="/", env={**os.environ, **environment})
    await client.initialize_async(types.InitializeParams(capabilities=capabilities))
    client.initialized(types.InitializedParams())
    try:
        yield editor
    finally:
        await asyncio.wait_for(client.shutdown_async(None), SECONDS)
        client.exit(None)
        stopping: Awaitable[None] = client.stop()
        await stopping


def changed(text: str, edits: Sequence[object]) -> str:
    """A text after edits of an editor, the last first."""
    codec = PositionCodec(types.PositionEncodingKind.Utf16)
    lines = text.splitlines(keepends=True)
    places = []
    for each in edits:
        assert isinstance(each, types.TextEdit)
        at = codec.range_from_client_units(lines, each.range)
        start, end = (_offset(lines, place.line, place.character) for place in (at.start, at.end))
        places.append((start, end, each.new_text))
    for start, end, new in sorted(places, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _offset(lines: Sequence[str], line: int, column: int) -> int:
    return sum(map(len, lines[:line])) + column
