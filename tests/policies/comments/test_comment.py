"""`apex comment` against servers that speak each host's API, over real HTTP."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from apex_guardrails.comments.hosts import HOSTS
from apex_guardrails.reports.formats import formats
from apex_guardrails.settings import ReportFormat
from tests.policies.comments.hosts import (
    ALL,
    OTHERS,
    OURS,
    TOKEN,
    Bitbucket,
    Host,
    Refused,
    serving,
)
from tests.policies.judged import Apex, Outcome
from tests.policies.reports.documents import NASTY, full_of, small

AT_ONCE = {"Retry_After": "0"}


@pytest.fixture(autouse=True)
def no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """This test may itself run in a job of a CI, or behind a proxy."""
    for kind in ALL.values():
        for name in kind().variables():
            monkeypatch.delenv(name, raising=False)
    for name in ("GITHUB_EVENT_PATH", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=ALL)
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    with serving(ALL[request.param]()) as running:
        yield running


def comment(apex: Apex, folder: Path, host: Host, *more: str, **environment: str) -> Outcome:
    done = apex.writing(
        folder,
        *("comment", "--to", host.name, *(more or ("--file", "apex.md"))),
        **{**host.variables(), **environment},
    )
    assert TOKEN not in done.said
    return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    report(tmp_path / "apex.md")
    return tmp_path


def report(file: Path, **facts: str) -> Path:
    text = formats()[ReportFormat.MARKDOWN].render(small(**facts))
    file.write_text(text, "utf-8")
    return file


def test_there_is_a_server_for_each_host() -> None:
    assert list(ALL) == list(HOSTS)


def test_it_is_posted_once_and_then_written_anew(apex: Apex, folder: Path, host: Host) -> None:
    said = comment(apex, folder, host).expect(0).out
    assert said == f"{host.name}: {host_name(host)} 7: apex.md posted\n"
    [(by, text)] = host.texts.values()
    assert by == OURS
    assert "may not be deployed" in text

    report(folder / "apex.md", summary="quite another summary")
    comment(apex, folder, host).expect(0, "apex.md updated")
    [(_, text)] = host.texts.values()
    assert "quite another summary" in text
    assert len(host.written()) == 2


def host_name(host: Host) -> str:
    return "merge request" if host.name == "gitlab" else "pull request"


def test_each_stack_has_a_comment_of_its_own(apex: Apex, folder: Path, host: Host) -> None:
    report(folder / "production.md", stack="production")
    both = ("--file", "apex.md", "--file", "production.md")
    comment(apex, folder, host, *both).expect(0, "apex.md posted", "production.md posted")
    comment(apex, folder, host, *both).expect(0, "apex.md updated", "production.md updated")
    assert len(host.texts) == 2


def test_what_somebody_else_wrote_is_left_alone(apex: Apex, folder: Path, host: Host) -> None:
    comment(apex, folder, host).expect(0)
    [(_, ours)] = host.texts.values()
    host.texts.clear()
    for _ in range(120):
        host.say("looks good to me", by=OTHERS)
    forged = host.say(ours, by=OTHERS)
    comment(apex, folder, host).expect(0, "posted")
    assert host.texts[forged] == (OTHERS, ours)
    comment(apex, folder, host).expect(0, "updated")
    assert len(host.texts) == 122


def test_a_token_that_may_not_ask_who_it_is(apex: Apex, folder: Path) -> None:
    with serving(Bitbucket(knows_who_asks=False)) as host:
        comment(apex, folder, host).expect(0, "posted")
        [(_, ours)] = host.texts.values()
        host.texts = {1: (OTHERS, ours), **host.texts}
        comment(apex, folder, host).expect(0, "updated")
        assert host.texts[1] == (OTHERS, ours)
        host.texts = dict.fromkeys(range(50), (OTHERS, ours))
        comment(apex, folder, host).expect(0, "posted")
        assert len(host.written()) < 10


def test_a_busy_host_is_asked_again(apex: Apex, folder: Path, host: Host) -> None:
    host.trouble = [Refused(429, **AT_ONCE), Refused(503, **AT_ONCE)]
    comment(apex, folder, host).expect(0, "posted")
    host.trouble = [Refused(502, **AT_ONCE)]
    comment(apex, folder, host).expect(0, "updated")
    host.trouble = [Refused(503, **AT_ONCE)] * 3
    comment(apex, folder, host).expect_only(2, "503 Service Unavailable")
    assert not host.trouble


def test_what_may_be_posted_already_is_not_posted_twice(
    apex: Apex, folder: Path, host: Host
) -> None:
    host.loses_answers = True
    comment(apex, folder, host).expect_only(2, "POST", "502 Bad Gateway")
    assert len(host.texts) == len(host.written()) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_says_what_the_token_needs(
    apex: Apex, folder: Path, host: Host, status: int
) -> None:
    host.trouble = [Refused(status)] * 9
    if host.name in {"github", "bitbucket"}:
        host.trouble = [Refused(403), *host.trouble]
    comment(apex, folder, host).expect_only(2, f" {status} ", " needs ")


def test_a_redirect_is_not_followed(apex: Apex, folder: Path, host: Host) -> None:
    with serving(type(host)()) as elsewhere:
        host.trouble = [Refused(302, Location=f"{elsewhere.url}/user")]
        comment(apex, folder, host).expect_only(2, " 302 Found")
        assert elsewhere.asked == []


@pytest.mark.parametrize("answer", [b"<html>", b"[1]", b"{}", b'"x"', b"[" * 100_000, b""])
def test_an_answer_that_is_another(apex: Apex, folder: Path, host: Host, answer: bytes) -> None:
    host.trouble = [answer] * 5
    done = comment(apex, folder, host)
    assert done.code == 2 or host.name == "bitbucket"
    assert "Traceback" not in done.said


def test_an_answer_without_an_end(apex: Apex, folder: Path, host: Host) -> None:
    host.trouble = [b" " * (17 << 20)]
    comment(apex, folder, host).expect_only(2, "more than 16 MiB")


def test_a_host_that_does_not_listen(apex: Apex, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    comment(apex, folder, ALL["gitlab"](url=url)).expect_only(2, f"GET {url}", "refused")


@pytest.mark.parametrize("name", ALL)
def test_an_address_that_is_none(apex: Apex, folder: Path, name: str) -> None:
    host = ALL[name](url="ftp://elsewhere")
    comment(apex, folder, host).expect_only(2, "is not an https:// address")


def test_a_job_that_is_for_no_pull_request(apex: Apex, folder: Path, host: Host) -> None:
    none = {
        name: ""
        for name in host.variables()
        if name.endswith(("_REF", "_IID", "_PR_ID", "_PULLREQUESTID"))
    }
    assert len(none) == 1
    said = comment(apex, folder, host, **none).expect(0).out
    assert said == f"{host.name}: this job is for no pull request; nothing is posted\n"
    assert host.asked == []


def test_outside_of_a_ci(apex: Apex, folder: Path, host: Host) -> None:
    done = apex(folder, "comment", "--to", host.name, "--file", "apex.md")
    done.expect_only(2, f"apex comment --to {host.name}", "docs/ci.md")


def test_without_a_token(apex: Apex, folder: Path, host: Host) -> None:
    [name] = [name for name, value in host.variables().items() if value == TOKEN]
    comment(apex, folder, host, **{name: ""}).expect_only(2, f"{name} is not set: ")
    comment(apex, folder, host, **{name: "a\nb"}).expect_only(2, f"{name} is no token")
    assert host.asked == []


def test_the_event_names_the_pull_request(apex: Apex, folder: Path) -> None:
    event = folder / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    with serving(ALL["github"]()) as host:
        more = {"GITHUB_REF": "refs/heads/main", "GITHUB_EVENT_PATH": str(event)}
        comment(apex, folder, host, **more).expect(0, "pull request 7: apex.md posted")
        event.write_text("{}")
        comment(apex, folder, host, **more).expect(0, "nothing is posted")


def test_a_repository_of_another_host_in_azures_pipeline(apex: Apex, folder: Path) -> None:
    host = ALL["azure"](url="http://127.0.0.1:1")
    done = comment(apex, folder, host, BUILD_REPOSITORY_PROVIDER="GitHub")
    done.expect_only(2, "BUILD_REPOSITORY_PROVIDER is GitHub", "use --to with its host")


def test_what_is_too_long_is_cut_and_says_so(apex: Apex, folder: Path, host: Host) -> None:
    limits = {"github": 65_536, "gitlab": 1_000_000, "azure": 150_000, "bitbucket": 32_768}
    line = "<details>\n<summary>More</summary>\n\n" + "a ünï long line of text\n" * 20_000
    for text in (line * 3, "word " * 300_000):
        (folder / "apex.md").write_text(text, "utf-8")
        comment(apex, folder, host).expect(0)
        [(_, posted)] = host.texts.values()
        assert limits[host.name] * 0.85 < len(posted) <= limits[host.name]
        assert "_Cut here: the report has 1," in posted
        assert posted.count("<details>") == posted.count("</details>")


def test_quick_actions_of_gitlab_are_text(apex: Apex, folder: Path) -> None:
    (folder / "apex.md").write_text("one\n/merge\n  /approve me\nand/or\n@<!-- -->all\n")
    with serving(ALL["gitlab"]()) as host:
        comment(apex, folder, host).expect(0)
        [(_, text)] = host.texts.values()
    assert text.splitlines()[1:] == ["one", r"\/merge", r"  \/approve me", "and/or", "@\u200ball"]


def test_bitbucket_gets_no_html(apex: Apex, folder: Path) -> None:
    with serving(Bitbucket()) as host:
        comment(apex, folder, host).expect(0)
        [(_, text)] = host.texts.values()
    assert text.startswith("[//]: # (apex: shop dev)\n\n## ")
    assert "**Waived (1)**" in text
    assert "Set ipv4\\_enabled=False." in text
    for tag in ("<details", "<summary", "<sub", "<!--", "&#"):
        assert tag not in text


@pytest.mark.parametrize("words", NASTY[:-1])
def test_what_strangers_wrote_mentions_nobody_at_any_host(
    apex: Apex, tmp_path: Path, host: Host, words: str
) -> None:
    text = formats()[ReportFormat.MARKDOWN].render(full_of(words))
    (tmp_path / "apex.md").write_text(text, "utf-8")
    comment(apex, tmp_path, host).expect(0, "posted")
    comment(apex, tmp_path, host).expect(0, "updated")
    [(_, posted)] = host.texts.values()
    if host.name != "github":
        outside = "".join(posted.split("`")[::2])
        assert "@team" not in outside


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        (b"", "is empty"),
        (b"\xff\xfe", "is not text in UTF-8"),
        (b"x" * (9 << 20), "more than 8 MiB"),
    ],
)
def test_a_file_that_cannot_be_posted(
    apex: Apex, folder: Path, content: bytes | None, told: str
) -> None:
    file = folder / "apex.md"
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    host = ALL["gitlab"](url="http://127.0.0.1:1")
    comment(apex, folder, host).expect_only(2, "apex.md: ", told)


def test_a_token_is_sent_to_nobody_in_clear_text(apex: Apex, folder: Path) -> None:
    for url in ("http://gitlab.example.internal", "ftp://127.0.0.1", "https://u@gitlab.example"):
        host = ALL["gitlab"](url=url)
        comment(apex, folder, host).expect_only(2, "names is not an https:// address")


def test_wrong_usage(apex: Apex, folder: Path) -> None:
    apex(folder, "comment", "--to", "gitlub", "--file", "apex.md").expect_only(
        2, "--to gitlub: there is no such host", 'did you mean "git'
    )
    apex(folder, "comment", "--to", "sourceforge", "--file", "apex.md").expect_only(
        2, "known: github, gitlab, azure, bitbucket"
    )
    twice = ("--file", "apex.md", "--file", "apex.md")
    apex(folder, "comment", "--to", "gitlab", *twice).expect_only(2, "about the same stack")


def test_a_github_app_of_ones_own_is_named(apex: Apex, folder: Path) -> None:
    with serving(ALL["github"](bot="guard[bot]")) as host:
        for done in ("posted", "updated"):
            comment(apex, folder, host, APEX_COMMENT_AUTHOR="guard[bot]").expect(0, done)
        assert len(host.texts) == 1
        assert "GET /user" not in host.asked
