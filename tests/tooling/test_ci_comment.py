"""The comment poster against a server that speaks GitHub's REST API."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from scripts.ci.comment import KEY, main
from tests.tooling.conftest import ROOT
from tests.tooling.test_ci_artifact import COMMIT, verdict

MARKER = f"<!-- {KEY} -->"
REPOSITORY = "me/repo"
RUN: dict[str, Any] = {
    "id": 5,
    "event": "pull_request",
    "path": ".github/workflows/policy.yml",
    "head_sha": COMMIT,
    "head_branch": "a/branch",
    "head_repository": {"id": 77, "owner": {"login": "stranger"}},
    "html_url": "https://github.com/me/repo/actions/runs/5",
    "conclusion": "failure",
}
BOT = "github-actions[bot]"


@dataclass
class Hub:
    """What the server knows, and what it was told."""

    pulls: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"number": 9, "head": {"sha": COMMIT, "repo": {"id": 77}}},
        ]
    )
    files: list[dict[str, Any]] = field(default_factory=lambda: [{"filename": "infra/a.py"}])
    archives: dict[str, bytes] = field(
        default_factory=lambda: {
            f"verdict-{stack}": verdict(stack=stack) for stack in ("dev", "staging", "production")
        }
    )
    comments: list[dict[str, Any]] = field(default_factory=list)
    size: int = 1000
    told: list[tuple[str, str, str]] = field(default_factory=list)
    stored_with: list[str | None] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str) -> Any:
        path = path.removeprefix(f"/repos/{REPOSITORY}/")
        if path == "pulls":
            return self.pulls
        if path == "pulls/9/files":
            return self.files
        if path == "issues/9/comments":
            return self.comments
        if path == "actions/runs/5/artifacts":
            return {
                "artifacts": [
                    {"id": number, "name": name, "size_in_bytes": self.size, "expired": False}
                    for number, name in enumerate(self.archives)
                ]
            }
        raise KeyError(path)


@pytest.fixture
def hub() -> Iterator[Hub]:
    known = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            zipped = re.search(r"/actions/artifacts/(\d+)/zip$", asked.path)
            stored = re.fullmatch(r"/storage/(\d+)", asked.path)
            if stored:
                known.stored_with.append(self.headers["Authorization"])
                self._send(200, list(known.archives.values())[int(stored[1])])
            elif zipped:
                self.send_response(302)
                self.send_header("Location", f"{known.url}/storage/{zipped[1]}")
                self.end_headers()
            else:
                self._list(asked.path, parse_qs(asked.query))

        def _list(self, path: str, query: dict[str, list[str]]) -> None:
            try:
                found = known.answer(path)
            except KeyError:
                self._send(404, b"{}")
                return
            first = (int(query["page"][0]) - 1) * 100
            if isinstance(found, list):
                found = found[first : first + 100]
            self._send(200, json.dumps(found).encode())

        def _write(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Authorization"] == "Bearer the-token"
            path = self.path.removeprefix(f"/repos/{REPOSITORY}/")
            known.told.append((self.command, path, json.loads(text)["body"]))
            self._send(200, b"{}")

        do_POST = do_PATCH = _write  # noqa: N815 the server's names

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the server's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def comment(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(ROOT)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    def run(**changes: Any) -> int:
        event = tmp_path / "event.json"
        event.write_text(json.dumps({"workflow_run": RUN | changes}))
        return main(
            {
                "GITHUB_EVENT_PATH": str(event),
                "GITHUB_REPOSITORY": REPOSITORY,
                "GITHUB_API_URL": hub.url,
                "GITHUB_TOKEN": "the-token",
            }
        )

    return run


def test_the_first_run_posts_a_comment_with_every_stack(hub: Hub, comment: Any) -> None:
    assert comment() == 0
    [(method, path, text)] = hub.told
    assert (method, path) == ("POST", "issues/9/comments")
    assert text.startswith(MARKER)
    assert "| dev | may not be deployed: a mandatory rule fails |" in text
    assert "| production | may not" in text
    assert "This is advice" in text
    assert "rests on" not in text


def test_a_later_run_changes_the_comment(hub: Hub, comment: Any) -> None:
    other = {"id": 1, "user": {"login": "someone"}, "body": "hello"}
    hub.comments = [other] * 120 + [{"id": 3, "user": {"login": BOT}, "body": f"{MARKER}\nold"}]
    assert comment() == 0
    assert [told[:2] for told in hub.told] == [("PATCH", "issues/comments/3")]


def test_a_marker_of_somebody_else_is_not_ours(hub: Hub, comment: Any) -> None:
    hub.comments = [{"id": 3, "user": {"login": "stranger"}, "body": MARKER}]
    assert comment() == 0
    assert [told[0] for told in hub.told] == ["POST"]


def test_the_token_does_not_reach_the_storage_of_the_artifacts(hub: Hub, comment: Any) -> None:
    assert comment() == 0
    assert hub.stored_with == [None, None, None]


def test_changed_rules_and_waivers_are_listed_renamed_ones_too(hub: Hub, comment: Any) -> None:
    hub.files = [
        {"filename": "infra/a.py"},
        {"filename": "policy-pack.yaml"},
        {"filename": "attic/b.py", "previous_filename": "policies/apex_guardrails/rules/b.py"},
        {"filename": ".github/workflows/`x\n.yml"},
        {"filename": "policies-of-ours/a.py"},
    ]
    assert comment() == 0
    text = hub.told[0][2]
    assert [line for line in text.splitlines() if line.startswith("- ")] == [
        "- `.github/workflows/?x?.yml`",
        "- `policies/apex_guardrails/rules/b.py`",
        "- `policy-pack.yaml`",
    ]


def test_a_hostile_artifact_is_named_and_the_others_are_shown(hub: Hub, comment: Any) -> None:
    hub.archives["verdict-dev"] = b"no archive"
    hub.archives["verdict-staging"] = verdict(stack="staging", report="@octocat <img src=x>")
    del hub.archives["verdict-production"]
    hub.archives["verdict-elsewhere"] = verdict(stack="elsewhere")
    assert comment() == 0
    text = hub.told[0][2]
    assert "| dev | the verdict was not read: is no ZIP archive" in text
    assert "| production | the run has no verdict" in text
    assert "elsewhere" not in text
    assert "@octocat" not in text
    assert "<img" not in text


def test_an_artifact_that_is_too_large_is_not_asked_for(hub: Hub, comment: Any) -> None:
    hub.size = 1 << 30
    assert comment() == 0
    assert hub.stored_with == []
    assert "larger than" in hub.told[0][2]


def test_an_artifact_larger_than_it_says_ends_the_run(
    hub: Hub, comment: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.archives["verdict-dev"] = b"0" * (2 << 20)
    assert comment() == 1
    assert hub.told == []
    assert "larger than" in capsys.readouterr().err


def test_a_long_report_is_cut(hub: Hub, comment: Any) -> None:
    hub.archives["verdict-dev"] = verdict(report="word " * 50_000)
    assert comment() == 0
    assert 60_000 < len(hub.told[0][2]) < 65_536
    assert "_Cut here: the report has 2" in hub.told[0][2]


@pytest.mark.parametrize(
    "pulls",
    [
        [],
        [{"number": 9, "head": {"sha": "b" * 40, "repo": {"id": 77}}}],
        [{"number": 9, "head": {"sha": COMMIT, "repo": {"id": 78}}}],
        [{"number": 9, "head": {"sha": COMMIT, "repo": None}}],
    ],
)
def test_where_the_pull_request_has_moved_on_nothing_is_said(
    hub: Hub, comment: Any, pulls: list[dict[str, Any]]
) -> None:
    hub.pulls = pulls
    assert comment() == 0
    assert hub.told == []


@pytest.mark.parametrize("changes", [{"event": "push"}, {"path": ".github/workflows/another.yml"}])
def test_a_run_of_another_workflow_of_that_name_is_not_commented(
    hub: Hub, comment: Any, changes: dict[str, str]
) -> None:
    assert comment(**changes) == 1
    assert hub.told == []


def test_a_refusal_of_github_is_one_line(comment: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert comment(id=6) == 1
    said = capsys.readouterr().err
    assert "actions/runs/6/artifacts" in said
    assert "404" in said
    assert said.count("\n") == 1
