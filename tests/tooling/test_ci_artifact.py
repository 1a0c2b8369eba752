"""What comment.yml makes of an artifact that somebody else has made."""

import io
import json
import stat
import zipfile
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scripts.ci.artifact import MAX_CONTENT, NAME, ArtifactError, harmless, read_verdict

COMMIT = "a" * 40
GOOD: dict[str, Any] = {
    "version": 1,
    "stack": "dev",
    "commit": COMMIT,
    "exit_code": 1,
    "report": "# Report\n",
}


def archive(
    *entries: tuple[str | zipfile.ZipInfo, bytes], packing: int = zipfile.ZIP_DEFLATED
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in entries:
            made.writestr(name, content, packing)
    return buffer.getvalue()


def verdict(**changes: Any) -> bytes:
    return archive((NAME, json.dumps(GOOD | changes).encode()))


def refused(content: bytes) -> str:
    with pytest.raises(ArtifactError) as caught:
        read_verdict(content, stack="dev", commit=COMMIT)
    return str(caught.value)


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(NAME)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_a_good_one_is_read() -> None:
    read = read_verdict(verdict(), stack="dev", commit=COMMIT)
    assert (read.stack, read.exit_code, read.report) == ("dev", 1, "# Report\n")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no ZIP archive"),
        (b"PK\x03\x04 and no more", "no ZIP archive"),
        (archive(), "nothing else"),
        (archive(("../../etc/passwd", b"x")), "nothing else"),
        (archive((NAME, b"{}"), ("more", b"x")), "nothing else"),
        (archive((NAME, b"{}"), (f"../{NAME}", b"{}")), "nothing else"),
        (archive((link(), b"/etc/passwd")), "no regular file"),
        (archive((NAME, b"{}"), packing=zipfile.ZIP_LZMA), "packed"),
        (archive((NAME, b"0" * (MAX_CONTENT + 1))), "larger than"),
        (b"0" * (1 << 21), "larger than"),
        (archive((NAME, b"{")), "not JSON"),
        (archive((NAME, b'"\xff"')), "not JSON"),
        (archive((NAME, b"[" * 100_000)), "not JSON"),
        (archive((NAME, b"[]")), "keys"),
        (verdict(pull_request=7), "keys"),
        (verdict(version=2), "version"),
        (verdict(version=True), "version is no int"),
        (verdict(stack="production"), "another stack"),
        (verdict(commit="b" * 40), "another commit"),
        (verdict(exit_code="0"), "exit_code is no int"),
        (verdict(exit_code=False), "exit_code is no int"),
        (verdict(exit_code=6), "is not one of apex's"),
        (verdict(report=None), "report is no str"),
    ],
)
def test_anything_else_is_refused(content: bytes, why: str) -> None:
    assert why in refused(content)


def test_a_size_that_is_a_lie_is_not_believed() -> None:
    content = bytearray(archive((NAME, b"0" * (4 * MAX_CONTENT))))
    for offset in (content.index(b"PK\x03\x04") + 22, content.index(b"PK\x01\x02") + 24):
        content[offset : offset + 4] = (10).to_bytes(4, "little")
    assert refused(bytes(content))


@given(st.binary(max_size=300), st.integers(0, 400))
def test_a_damaged_archive_is_refused_or_read_and_never_a_crash(noise: bytes, at: int) -> None:
    good = verdict()
    damaged = good[:at] + noise + good[at + len(noise) :]
    with suppress(ArtifactError):
        read_verdict(damaged, stack="dev", commit=COMMIT)


@pytest.mark.parametrize(
    ("written", "gone"),
    [
        ("ask @octocat", "@octocat"),
        ("see #12 and other/repo#3", "#12"),
        ("<script>alert(1)</script>", "<script"),
        ("<!-- apex-guardrails: verdict -->", "<!--"),
        ('<a href="x">y</a>', "<a "),
        ("![pixel](https://evil.example/p.png)", "!["),
        ("[approved](https://evil.example)", "]("),
        ("[approved][1]\n\n[1]: https://evil.example", "]["),
        ("https://evil.example", "https://"),
        ("HTTPS://evil.example", "HTTPS://"),
        ("https:<!-- -->//evil.example", "https://"),
        ("<!<!-- -->-- hidden", "<!"),
        ("www.evil.example", "www."),
        ("https://github.com/me/repo.evil.example/", "https://"),
        ("abc\u202edef", "\u202e"),
        ("\x1b[31mred", "\x1b"),
    ],
)
def test_a_report_mentions_nobody_and_leads_nowhere(written: str, gone: str) -> None:
    assert gone not in harmless(written, "me/repo")


def test_a_good_report_stays_as_it_is() -> None:
    report = (
        "# Title\n\n| a | b |\n| --- | --- |\n\n<details><summary>dev</summary>\n\n- **x** "
        "[rule](https://github.com/me/repo/blob/main/docs/rules/x.md) `path`\n</details>\n"
    )
    assert harmless(report, "me/repo") == report


@given(st.text())
@example("<" * 3 + "!-- @a")
def test_no_text_gets_a_mention_a_tag_or_an_image_through(text: str) -> None:
    safe = harmless(text, "me/repo")
    for start in ("<!", "<a", "<i", "@a", "#1", "!["):
        assert start not in safe
