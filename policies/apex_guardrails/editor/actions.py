"""What can be done about a finding: mend it, have it explained, or begin a waiver."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lsprotocol import types
from pygls.workspace import PositionCodec

from apex_guardrails.editor.documents import Documents, lines_of
from apex_guardrails.editor.places import Shown
from apex_guardrails.editor.waiver import skeleton
from apex_guardrails.judgement.entries import FindingEntry, ReplacementEntry
from apex_guardrails.model import name_of
from apex_guardrails.support.errors import UsageError

EXPLAIN: Final = "apex.explain"
"""The command that shows all about a rule: its id, and the ending of the program's files."""


@dataclass(frozen=True)
class Editor:
    """What actions need to know of the editor and of the program.

    Attributes:
        documents: what files hold now.
        judged: what they held when they were judged.
        settings: where a waiver goes.
        urns: the stack's resources.
        codec: counts columns as the client does.
        makes_files: whether the client can make a file.
    """

    documents: Documents
    judged: Mapping[Path, str]
    settings: Path
    urns: Collection[str]
    codec: PositionCodec
    makes_files: bool


def actions(shown: Sequence[Shown], editor: Editor) -> Iterator[types.CodeAction]:
    """The actions for some diagnostics: what mends them first."""
    found = [(item, item.finding) for item in shown if item.finding is not None]
    for item, finding in found:
        fix = _fix(item, finding, editor)
        if fix is not None:
            yield fix
    for item, finding in found:
        yield types.CodeAction(
            title=f"Explain {finding.rule}",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[item.diagnostic],
            command=types.Command(
                title="Explain", command=EXPLAIN, arguments=[finding.rule, item.path.suffix]
            ),
        )
    for item, finding in found:
        edit = None if finding.waiver else _waiver(finding, editor)
        if edit is not None:
            yield types.CodeAction(
                title=f"Waive {finding.rule} on {name_of(finding.urn)} (to be filled in)",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[item.diagnostic],
                edit=edit,
            )


def _fix(item: Shown, finding: FindingEntry, editor: Editor) -> types.CodeAction | None:
    """The edits of the program, where it is as it was when it was judged."""
    if not finding.replacements:
        return None
    path = item.path
    text = editor.documents.text(path)
    names = {replacement.file for replacement in finding.replacements}
    shown = finding.place.file if finding.place else ""
    if text is None or text != editor.judged.get(path) or names != {shown}:
        return None
    lines = lines_of(text)
    edits = [
        types.TextEdit(_range(replacement, lines, editor.codec), replacement.inserted)
        for replacement in finding.replacements
    ]
    return types.CodeAction(
        title=f"Fix {finding.rule}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[item.diagnostic],
        is_preferred=True,
        edit=types.WorkspaceEdit(changes={editor.documents.uri(path): edits}),
    )


def _range(
    replacement: ReplacementEntry, lines: Sequence[str], codec: PositionCodec
) -> types.Range:
    start = types.Position(replacement.start_line - 1, replacement.start_column - 1)
    end = types.Position(replacement.end_line - 1, replacement.end_column - 1)
    return codec.range_to_client_units(lines, types.Range(start, end))


def _waiver(finding: FindingEntry, editor: Editor) -> types.WorkspaceEdit | None:
    """The skeleton of a waiver; nothing where the settings have no place for it."""
    path = editor.settings
    text = editor.documents.text(path)
    if text is None and not editor.makes_files:
        return None
    try:
        written = skeleton(path, text or "", finding.rule, finding.urn, editor.urns)
    except UsageError:
        return None
    place = types.Range(types.Position(*written.start), types.Position(*written.end))
    place = editor.codec.range_to_client_units(lines_of(text or ""), place)
    uri = editor.documents.uri(path)
    edit = types.TextEdit(place, written.text)
    if text is not None:
        return types.WorkspaceEdit(changes={uri: [edit]})
    options = types.CreateFileOptions(ignore_if_exists=True)
    of_file = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=None)
    return types.WorkspaceEdit(
        document_changes=[
            types.CreateFile(uri=uri, options=options),
            types.TextDocumentEdit(text_document=of_file, edits=[edit]),
        ]
    )
