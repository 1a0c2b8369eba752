"""`apex lsp`, as an editor meets it: pygls's client and a real process."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lsprotocol import types

from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import load
from tests.policies.editor.client import Editor, changed, edit
from tests.policies.judged import SOON, Apex, command, judged, write
from tests.policies.sources.offline.launchers.nodejs.packages import installed
from tests.policies.sources.offline.launchers.shop import shop, with_host, yaml_host

__all__ = ["yaml_host"]

RULE = "storage-uniform-access"
BUCKET = """\
import pulumi_gcp as gcp

gcp.storage.Bucket(
    "Zürich 🏔",
    location="EU", labels={"owner": "🏔"}, uniform_bucket_level_access=False,
)
"""
SETTINGS = """\
version: 1
rules:
  storage-uniform-access: mandatory
"""


def bucket(folder: Path, **files: str) -> Path:
    """A program with a bucket that is not as the rule asks for; its main file."""
    return judged(folder, BUCKET, files={"policy-pack.yaml": SETTINGS, **files}) / "__main__.py"


def test_a_save_underlines_what_is_wrong_and_the_next_one_what_is_left(tmp_path: Path) -> None:
    file = bucket(tmp_path)

    async def use(editor: Editor) -> None:
        said = await editor.save(file)
        assert "dev may not be deployed" in said
        assert "judged in" in said
        assert (RULE, 5) in editor.shown(file)
        (found,) = (item for item in editor.diagnostics[file] if item.code == RULE)
        assert found.severity == types.DiagnosticSeverity.Error
        assert found.source == "apex"
        assert "Buckets use uniform bucket-level access" in found.message
        text = await editor.hover(file, 5)
        for part in (f"Rule: `{RULE}`", "Why: ", "Fix: ", "Controls: cis-"):
            assert part in text
        assert await editor.hover(file, 1) == ""
        await editor.save(file, BUCKET.replace("=False", "=True"))
        assert RULE not in dict(editor.shown(file))

    edit(use)


def test_a_fix_changes_the_program_so_that_the_rule_passes(tmp_path: Path) -> None:
    file = bucket(tmp_path)

    async def use(editor: Editor) -> None:
        await editor.save(file)
        mend = (await editor.actions(file, 5))[f"Fix {RULE}"]
        assert mend
        assert mend.changes
        text = changed(BUCKET, mend.changes[file.as_uri()])
        assert text == BUCKET.replace("=False", "=True")
        # What has been written since is not overwritten.
        await editor.open(tmp_path / "policy-pack.yaml", SETTINGS)
        document = types.TextDocumentItem(file.as_uri(), "python", 1, f"# new\n{BUCKET}")
        editor.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        assert f"Fix {RULE}" not in await editor.actions(file, 5)
        await editor.save(file, text)
        assert RULE not in dict(editor.shown(file))

    edit(use)


def test_a_rule_is_explained_in_a_document_in_the_programs_language(tmp_path: Path) -> None:
    file = bucket(tmp_path)

    async def use(editor: Editor) -> None:
        await editor.save(file)
        assert f"Explain {RULE}" in await editor.actions(file, 5)
        for rule, ending in ((RULE, ".ts"), ("ours-none", ".py")):
            await editor.client.workspace_execute_command_async(
                types.ExecuteCommandParams("apex.explain", [rule, ending])
            )
        assert "uniformBucketLevelAccess: true" in editor.documents[0]
        assert "`apex explain ours-none` shows it" in editor.messages[0]

    edit(use)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_waiver_is_begun_and_does_not_load_until_it_is_signed(
    tmp_path: Path, *, is_there: bool
) -> None:
    file = bucket(tmp_path)
    settings = tmp_path / "policy-pack.yaml"
    if not is_there:
        settings.unlink()

    async def use(editor: Editor) -> None:
        await editor.save(file)
        waive = (await editor.actions(file, 5))[f"Waive {RULE} on Zürich 🏔 (to be filled in)"]
        assert waive
        if is_there:
            assert waive.changes
            text = changed(SETTINGS, waive.changes[settings.as_uri()])
        else:
            assert waive.document_changes
            made, written = waive.document_changes
            assert isinstance(made, types.CreateFile)
            assert isinstance(written, types.TextDocumentEdit)
            text = changed("", written.edits)
        await editor.save(settings, text)
        wrong = [item.message for item in editor.diagnostics[settings]]
        assert len(wrong) == 3
        assert all("waivers.0." in message for message in wrong)
        signed = (
            text.replace('reason: ""', "reason: Lists of single objects are still in use.")
            .replace('owner: ""', "owner: platform-team")
            .replace('expires: ""', f"expires: {SOON}")
        )
        await editor.save(settings, signed)
        assert editor.diagnostics[settings] == []
        (found,) = (item for item in editor.diagnostics[file] if item.code == RULE)
        assert found.severity == types.DiagnosticSeverity.Hint
        assert f"waived by platform-team until {SOON}" in found.message
        assert "Waived by platform-team" in await editor.hover(file, 5)
        assert not any(title.startswith(f"Waive {RULE}") for title in await editor.actions(file, 5))

    edit(use)
    load(settings, known_rules(), datetime.now(UTC).date())


def test_a_client_that_makes_no_files_gets_no_waiver_for_one(tmp_path: Path) -> None:
    file = bucket(tmp_path)
    (tmp_path / "policy-pack.yaml").unlink()

    async def use(editor: Editor) -> None:
        await editor.save(file)
        assert not any(title.startswith("Waive") for title in await editor.actions(file, 5))
        await editor.client.workspace_execute_command_async(
            types.ExecuteCommandParams("apex.explain", [RULE, ".py"])
        )
        assert RULE in editor.messages[0]

    edit(use, capabilities=types.ClientCapabilities())


def test_a_program_that_fails_is_told_and_so_is_a_file_that_is_wrong(tmp_path: Path) -> None:
    file = judged(tmp_path, "raise RuntimeError('no database')\n") / "__main__.py"
    project = tmp_path / "Pulumi.yaml"
    right = project.read_text()

    async def use(editor: Editor) -> None:
        await editor.save(file)
        assert any("no database" in message for message, _ in editor.shown(project))
        said = await editor.save(project, "name: judged\nruntime: [\n")
        assert "not valid YAML" in said
        (found,) = editor.diagnostics[project]
        assert "not valid YAML" in found.message
        assert found.range.start.line >= 1
        await editor.save(project, right)
        await editor.save(file, "")
        assert editor.diagnostics[project] == []

    edit(use)


def test_what_stands_nowhere_in_the_program_is_shown_at_the_project(tmp_path: Path) -> None:
    file = bucket(tmp_path)

    async def use(editor: Editor) -> None:
        await editor.save(file)
        assert ("serviceapis-enabled-complete", 1) in editor.shown(tmp_path / "Pulumi.yaml")

    edit(use)


def test_a_save_while_it_judges_is_what_counts_in_the_end(tmp_path: Path) -> None:
    file = bucket(tmp_path)

    async def use(editor: Editor) -> None:
        file.write_text(f"import time\ntime.sleep(600)\n{BUCKET}", "utf-8")
        editor.client.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(file.as_uri()))
        )
        await editor.save(file, BUCKET.replace("=False", "=True"))
        assert RULE not in dict(editor.shown(file))

    edit(use)


def test_a_file_outside_the_program_that_it_imports_is_of_it(tmp_path: Path) -> None:
    lib = write(tmp_path / "lib", {"names.py": 'NAME = "data"\n'}) / "names.py"
    text = f"import sys\nsys.path.append({str(lib.parent)!r})\nimport names\n{BUCKET}"
    file = judged(tmp_path / "program", text) / "__main__.py"
    alone = write(tmp_path / "elsewhere", {"x.py": ""}) / "x.py"

    async def use(editor: Editor) -> None:
        await editor.save(file)
        assert (RULE, 8) in editor.shown(file)
        editor.client.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(alone.as_uri()))
        )
        said = await editor.save(lib, "raise RuntimeError('no names')\n")
        assert "dev was not judged completely" in said or "failed" in said
        assert any("no names" in m for m, _ in editor.shown(tmp_path / "program/Pulumi.yaml"))

    edit(use)


def test_the_stack_is_the_only_one_or_as_asked_for(tmp_path: Path) -> None:
    file = bucket(tmp_path)
    (tmp_path / "Pulumi.dev.yaml").rename(tmp_path / "Pulumi.live.yaml")

    async def only(editor: Editor) -> None:
        assert "live may not be deployed" in await editor.save(file)

    async def another(editor: Editor) -> None:
        assert "there is no such file for the stack test" in await editor.save(file)

    edit(only)
    edit(another, "--stack", "test")


def test_typescript_is_underlined_and_mended(tmp_path: Path) -> None:
    folder = shop(tmp_path / "shop", "typescript")
    (folder / "node_modules").symlink_to(installed())
    file = folder / "index.ts"

    async def use(editor: Editor) -> None:
        await editor.save(file)
        rule = "storage-public-access-prevention"
        line = dict(editor.shown(file))[rule]
        mend = (await editor.actions(file, line))[f"Fix {rule}"]
        assert mend
        assert mend.changes
        text = changed(file.read_text("utf-8"), mend.changes[file.as_uri()])
        assert 'publicAccessPrevention: "enforced"' in text

    edit(use)


def test_yaml_is_underlined(tmp_path: Path, yaml_host: Path) -> None:
    folder = shop(tmp_path / "shop", "yaml")

    async def use(editor: Editor) -> None:
        await editor.save(folder / "Pulumi.yaml")
        lines = dict(editor.shown(folder / "Pulumi.yaml"))
        text = (folder / "Pulumi.yaml").read_text("utf-8").splitlines()
        at = text[lines["storage-public-access-prevention"] - 1]
        assert "publicAccessPrevention" in at or "invoices" in at

    edit(use, environment=with_host(yaml_host))


def test_settings_are_checked_and_completed_as_they_are_written(tmp_path: Path) -> None:
    judged(tmp_path)
    file = tmp_path / "policy-pack.yaml"

    async def use(editor: Editor) -> None:
        (unknown,) = await editor.open(file, "version: 1\nrulse: {}\n")
        assert 'did you mean "rules"?' in unknown.message
        assert unknown.range.start.line == 1
        (broken,) = await editor.change(file, "rules: [\n")
        assert "not valid YAML" in broken.message
        assert await editor.change(file, "rules:\n  sql-no\n  x\n") != []
        rules = await editor.complete(file, 1, 8)
        found = rules["sql-no-public-ip"]
        assert isinstance(found.text_edit, types.TextEdit)
        assert found.text_edit.new_text == "sql-no-public-ip: "
        assert found.text_edit.range.start.character == 2
        assert await editor.change(file, "") == []
        assert {"rules", "waivers", "cost"} <= (await editor.complete(file, 0, 0)).keys()
        other = tmp_path / "Pulumi.yaml"
        assert await editor.complete(other, 0, 0) == {}

    edit(use)


def test_a_signal_ends_it_and_what_it_runs(tmp_path: Path) -> None:
    with subprocess.Popen(
        command("lsp"), cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdin
        assert server.stdout
        body = (
            b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", '
            b'"params": {"processId": null, "rootUri": null, "capabilities": {}}}'
        )
        server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        server.stdin.flush()
        assert server.stdout.readline().startswith(b"Content-Length: ")
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 143


def test_without_the_extra_one_line_says_how_to_get_it(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [path for path in sys.path if "site-packages" not in path])
    monkeypatch.delitem(sys.modules, "pygls")
    outcome = apex(tmp_path, "lsp").expect_only(2)
    assert outcome.err == (
        "apex: apex lsp needs the extra lsp: pip install 'apex-guardrails[lsp]'\n"
    )
