"""Documents as editors name and hold them: by other URIs, through links, and not as saved."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.policies.editor.client import Editor, edit
from tests.policies.editor.test_lsp import BUCKET, RULE, SETTINGS, bucket

FIX = f"Fix {RULE}"


def test_what_is_written_while_it_judges_is_not_overwritten(tmp_path: Path) -> None:
    file = bucket(tmp_path / "shop")
    begun, go = tmp_path / "begun", tmp_path / "go"
    text = (
        "import pathlib, time\n"
        f"pathlib.Path({str(begun)!r}).touch()\n"
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)\n{BUCKET}"
    )
    file.write_text(text, "utf-8")

    async def use(editor: Editor) -> None:
        editor.have(file, text)
        editor.saved(file)
        while not begun.exists():  # noqa: ASYNC110 another process makes it
            await asyncio.sleep(0.01)
        editor.type(file, f"# new\n# new\n{text}")
        go.touch()
        await editor.told()
        assert FIX not in await editor.actions(file, 8)
        editor.type(file, text)
        assert FIX in await editor.actions(file, 8)

    edit(use)


def test_what_another_program_writes_while_it_judges_is_not_as_judged(tmp_path: Path) -> None:
    file = bucket(tmp_path)
    text = f"import pathlib\npathlib.Path(__file__).write_text({BUCKET!r}, 'utf-8')\n{BUCKET}"
    file.write_text(text, "utf-8")

    async def use(editor: Editor) -> None:
        editor.have(file, text)
        await editor.save(file)
        assert RULE in dict(editor.shown(file))
        for now in (text, BUCKET):
            editor.type(file, now)
            assert FIX not in await editor.actions(file, 7)

    edit(use)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_file_is_found_by_another_uri_and_through_a_link(tmp_path: Path, ending: str) -> None:
    bucket(tmp_path / "real" / "a@b(c)")
    (tmp_path / "link").symlink_to("real")
    file = tmp_path / "link" / "a@b(c)" / "__main__.py"
    settings = file.with_name("policy-pack.yaml")
    # Below what only some editors take for the end of a line.
    text = f"# \u2028 \x0c\n{BUCKET}".replace("\n", ending)
    file.write_bytes(text.encode())

    async def use(editor: Editor) -> None:
        editor.uri = lambda path: f"file://{path}"
        editor.have(file, text)
        await editor.save(file)
        (found,) = (item for item in editor.diagnostics[file] if item.code == RULE)
        assert found.range.start.line == 5
        assert found.range.end.character > found.range.start.character > 0
        assert f"Rule: `{RULE}`" in await editor.hover(file, 6)
        mend = (await editor.actions(file, 6))[FIX]
        assert mend
        assert mend.changes
        assert list(mend.changes) == [editor.uri(file)]
        editor.type(file, f"# new\n{text}")
        assert FIX not in await editor.actions(file, 6)
        (unknown,) = await editor.open(settings, f"{SETTINGS}bogus: 1\n")
        assert "bogus" in unknown.message

    edit(use)


def test_what_is_open_under_no_name_is_shown_below_the_folder_that_is(tmp_path: Path) -> None:
    bucket(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")

    async def use(editor: Editor) -> None:
        await editor.save(tmp_path / "link" / "__main__.py")
        assert editor.shown(tmp_path / "link" / "Pulumi.yaml")
        assert not any((tmp_path / "real") in path.parents for path in editor.diagnostics)

    edit(use)


def test_what_was_not_saved_and_what_is_gone_is_taken_back(tmp_path: Path) -> None:
    file = bucket(tmp_path)
    settings = tmp_path / "policy-pack.yaml"

    async def use(editor: Editor) -> None:
        assert await editor.open(settings, f"{SETTINGS}bogus: 1\n") != []
        assert await editor.close(settings) == []
        await editor.save(file)
        assert editor.shown(file)
        (tmp_path / "Pulumi.yaml").unlink()
        await editor.open(settings, SETTINGS)
        await editor.close(settings)
        assert await editor.hover(file, 5) == ""
        assert editor.shown(file) == []

    edit(use)
