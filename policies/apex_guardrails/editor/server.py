"""The language server: judges on save, and answers for what it found."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from apex_guardrails.editor.actions import EXPLAIN, Editor, actions
from apex_guardrails.editor.documents import Documents, file_of, path_of
from apex_guardrails.editor.hover import hover
from apex_guardrails.editor.judging import (
    Judging,
    Outcome,
    Program,
    folder_of,
    has_project,
    settings_of,
)
from apex_guardrails.editor.places import Shown, by_file, of_error, of_judgement
from apex_guardrails.editor.settings_schema import mistakes, suggestions
from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.pack.about import pack_info
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.scaffold.explained import explained
from apex_guardrails.scaffold.programs import LANGUAGES
from apex_guardrails.settings import SETTINGS_FILE
from apex_guardrails.sources.offline.project import PROJECT_FILES
from apex_guardrails.support.streams import taken_streams

_DELIMITERS: Final = " \t:#[]{},\"'"


class ApexServer(LanguageServer):
    """What an editor talks to."""

    def __init__(self, stack: str | None, timeout: float) -> None:
        # Incremental changes are applied as if U+2028 and a form feed ended a line.
        whole = types.TextDocumentSyncKind.Full
        super().__init__("apex", str(pack_info()["version"]), text_document_sync_kind=whole)
        self.documents = Documents(lambda uri: self.workspace.text_documents[uri].source)
        self.judging = Judging(stack, timeout, self.tell, self.documents.files)
        self._shown: dict[Path, list[Shown]] = {}
        self._mistakes: dict[Path, list[types.Diagnostic]] = {}
        self._published: dict[Path, list[str]] = {}
        self._explained = tempfile.TemporaryDirectory(prefix="apex-explain-")

    def close(self) -> None:
        """Ends what is under way, and takes away what was written."""
        self.judging.close()
        self._explained.cleanup()

    async def saved(self, uri: str) -> None:
        """Judges what a document is of."""
        self.forget_gone()
        file = path_of(uri)
        folder = folder_of(file)
        if folder is not None:
            self.documents.named(folder.resolve(), folder)
        await self.judging.saved(self.judging.of(file))

    def tell(self, outcome: Outcome) -> None:
        """Shows what came of a save."""
        program, result = outcome.program, outcome.result
        at = next(
            (program.root / name for name in PROJECT_FILES if (program.root / name).exists()),
            program.root / PROJECT_FILES[0],
        ).resolve()
        if isinstance(result, RunResult):
            shown = of_judgement(result.judgement, result.root, at, self.documents.lines)
            said = result.judgement.summary
        else:
            shown = list(of_error(str(result), program.root, at, self.documents.lines))
            said = str(result)
        self._show(program.root, shown)
        self.window_log_message(
            types.LogMessageParams(
                types.MessageType.Info, f"{said}\njudged in {outcome.seconds:.1f} s"
            )
        )

    def forget_gone(self) -> None:
        """Takes back what is shown of programs that are no more."""
        for root in [root for root in self._shown if not has_project(root)]:
            self._show(root, [])
            del self._shown[root]

    def check(self, uri: str) -> None:
        """Shows what is known of a document that was opened, written in, or closed."""
        path = file_of(uri)
        if path_of(uri).name == SETTINGS_FILE:
            self._check_settings(path)
        elif path in self._published and self._published[path] != self.documents.uris(path):
            self._publish(path)

    def _show(self, root: Path, shown: list[Shown]) -> None:
        before = {item.path for item in self._shown.get(root, ())}
        self._shown[root] = shown
        for path in sorted(before | {item.path for item in shown}):
            self._publish(path)

    def _check_settings(self, path: Path) -> None:
        text = self.documents.text(path)
        wrong = [] if text is None else mistakes(path, text)
        self._mistakes[path] = [
            shown.diagnostic
            for line in wrong
            for shown in of_error(line, path.parent, path, self.documents.lines)
        ]
        self._publish(path)

    def at(self, uri: str, first: int, last: int) -> list[tuple[Program, Shown]]:
        """The findings that are shown in some lines of a file."""
        path = file_of(uri)
        return [
            (self.judging.programs[root], item)
            for root, shown in self._shown.items()
            for item in shown
            if item.path == path
            and item.finding is not None
            and item.diagnostic.range.start.line <= last
            and item.diagnostic.range.end.line >= first
        ]

    def editor(self, program: Program) -> Editor:
        """What actions on a program need to know."""
        workspace = self.client_capabilities.workspace
        edits = workspace.workspace_edit if workspace else None
        makes = (
            types.ResourceOperationKind.Create in (edits.resource_operations or ())
            if edits
            else False
        )
        return Editor(
            self.documents,
            program.judged,
            settings_of(program),
            program.result.stack.resources.keys() if program.result else (),
            self.workspace.position_codec,
            makes,
        )

    async def explain(self, rule_id: str, ending: str) -> None:
        """Shows all about a rule, in a document of its own where the client can."""
        rule = next((rule for rule in known_rules() if rule.id == rule_id), None)
        if rule is None:
            text = f"{rule_id} is a rule of your own: `apex explain {rule_id}` shows it"
        else:
            language = next(
                (name for name, each in LANGUAGES.items() if each.ending == ending), "python"
            )
            text = "\n".join(explained(rule, language))
        window = self.client_capabilities.window
        if rule is None or not (window and window.show_document):
            self.window_show_message(types.ShowMessageParams(types.MessageType.Info, text))
            return
        file = Path(self._explained.name) / f"{rule.id}.md"
        file.write_text(text + "\n", "utf-8")
        uri = uris.from_fs_path(str(file)) or ""
        await self.window_show_document_async(types.ShowDocumentParams(uri, take_focus=True))

    def _publish(self, path: Path) -> None:
        found = [item for shown in self._shown.values() for item in shown]
        here = [*by_file(found).get(path, ()), *self._mistakes.get(path, ())]
        unique = {(item.range.start.line, item.message): item for item in here}
        before, now = self._published.get(path, ()), self.documents.uris(path)
        self._published[path] = now
        for uri in {*before, *now}:
            shown = list(unique.values()) if uri in now else []
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, shown))


def serve(stack: str | None, timeout: float) -> None:
    """Answers on standard input and output until the editor ends it."""
    source, sink = taken_streams()
    server = made(stack, timeout)

    def leave(number: int, _frame: FrameType | None) -> NoReturn:
        # A thread waits for input, and nothing else ends it.
        server.close()
        os._exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    try:
        server.start_io(source, sink)
    finally:
        server.close()


def made(stack: str | None, timeout: float) -> ApexServer:
    """A server with all that it answers."""
    server = ApexServer(stack, timeout)
    _hear_of_documents(server)
    _answer_of_findings(server)
    _answer_of_settings(server)
    return server


def _hear_of_documents(server: ApexServer) -> None:
    @server.feature(types.INITIALIZE)
    def _initialize(params: types.InitializeParams) -> None:
        options = params.initialization_options
        given = options.get("stack") if isinstance(options, dict) else None
        if isinstance(given, str) and given:
            server.judging.stack = given

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def _opened(params: types.DidOpenTextDocumentParams) -> None:
        server.documents.opened(params.text_document.uri)
        server.check(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def _changed(params: types.DidChangeTextDocumentParams) -> None:
        server.check(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def _closed(params: types.DidCloseTextDocumentParams) -> None:
        server.documents.closed(params.text_document.uri)
        # What was not saved is gone.
        server.check(params.text_document.uri)
        server.forget_gone()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def _saved(params: types.DidSaveTextDocumentParams) -> None:
        await server.saved(params.text_document.uri)


def _answer_of_findings(server: ApexServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def _hover(params: types.HoverParams) -> types.Hover | None:
        line = params.position.line
        found = server.at(params.text_document.uri, line, line)
        text = hover(
            (item.finding, program.result.judgement)
            for program, item in found
            if program.result and item.finding
        )
        if not text:
            return None
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text))

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    )
    def _actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        first, last = params.range.start.line, params.range.end.line
        found = server.at(params.text_document.uri, first, last)
        programs = {program.root: program for program, _ in found}
        return [
            action
            for root, program in programs.items()
            for action in actions(
                [item for of, item in found if of.root == root], server.editor(program)
            )
        ]

    @server.command(EXPLAIN)
    async def _explain(rule: str, ending: str = "") -> None:
        await server.explain(rule, ending)


def _answer_of_settings(server: ApexServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions())
    def _completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        path = path_of(params.text_document.uri)
        if path.name != SETTINGS_FILE:
            return []
        lines = [line.rstrip("\r\n") for line in server.documents.lines(path)]
        return _completed(lines, params.position)


def _completed(lines: Sequence[str], position: types.Position) -> list[types.CompletionItem]:
    # A settings file's keys are ASCII, in which every encoding counts alike.
    before = lines[position.line][: position.character] if position.line < len(lines) else ""
    start = max(before.rfind(sign) for sign in _DELIMITERS) + 1
    place = types.Range(types.Position(position.line, start), position)
    return [
        types.CompletionItem(
            label=item.text,
            kind=types.CompletionItemKind.Property
            if item.is_key
            else types.CompletionItemKind.EnumMember,
            documentation=item.about or None,
            text_edit=types.TextEdit(place, f"{item.text}: " if item.is_key else item.text),
        )
        for item in suggestions(lines, position.line, position.character)
    ]
