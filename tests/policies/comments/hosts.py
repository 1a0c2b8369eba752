"""Servers that speak the comments' part of each host's API, as the hosts document it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

TOKEN = "the-token-of-this-job"
OURS, OTHERS = 11, 22


class Refused(Exception):  # noqa: N818 what a server does, and no defect
    """An answer with another status than 200."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__(status)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class Host:
    """A host with one pull request, its comments by id, and what it was asked."""

    name = ""
    url: str = ""
    texts: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Whose, and what."""
    asked: list[str] = field(default_factory=list)
    trouble: list[Refused | bytes] = field(default_factory=list)
    """What comes in place of the next answers."""
    knows_who_asks: bool = True
    bot: str = "github-actions[bot]"
    loses_answers: bool = False
    """Whether what is posted is there, and the answer to it lost."""

    def variables(self) -> dict[str, str]:
        """What a job of its CI has in its environment."""
        raise NotImplementedError

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> Any:
        """The JSON of an answer.

        Raises:
            Refused: there is none.
        """
        raise NotImplementedError

    def authorized(self, headers: Message) -> bool:
        """Whether a request has the token, where the host looks for it."""
        return headers.get("Authorization") == f"Bearer {TOKEN}"

    def written(self) -> list[str]:
        """What was asked for that changes something."""
        return [line for line in self.asked if not line.startswith("GET ")]

    def say(self, text: str, *, by: int = OURS) -> int:
        """A comment that is there."""
        number = max(self.texts, default=100) + 1
        self.texts[number] = (by, text)
        return number

    def write(self, number: int, text: str) -> Any:
        """Writes a comment of our own anew."""
        if number not in self.texts:
            raise Refused(404)
        if self.texts[number][0] != OURS:
            raise Refused(403)
        self.texts[number] = (OURS, text)
        return {}

    def page(self, items: list[Any], query: Mapping[str, str], size: str) -> list[Any]:
        """A page of a list."""
        count, number = int(query[size]), int(query["page"])
        return items[(number - 1) * count : number * count]


class GitHub(Host):
    """GitHub REST API 2022-11-28, "Issue comments"."""

    name = "github"

    def variables(self) -> dict[str, str]:
        return {
            "GITHUB_API_URL": self.url,
            "GITHUB_REPOSITORY": "us/shop",
            "GITHUB_REF": "refs/pull/7/merge",
            "GITHUB_TOKEN": TOKEN,
        }

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> Any:
        names = {OURS: self.bot, OTHERS: "stranger"}
        comments = "/repos/us/shop/issues/7/comments"
        match method, path:
            case "GET", "/user":
                raise Refused(403)
            case "GET", _ if path == comments:
                items = [
                    {"id": number, "user": {"login": names[by]}, "body": text}
                    for number, (by, text) in self.texts.items()
                ]
                return self.page(items, query, "per_page")
            case "POST", _ if path == comments:
                return {"id": self.say(body["body"])}
        found = re.fullmatch(r"/repos/us/shop/issues/comments/(\d+)", path)
        if method == "PATCH" and found:
            number = int(found[1])
            # A token that may write may change what others wrote, too.
            self.texts[number] = (self.texts[number][0], body["body"])
            return {}
        raise Refused(404)


class GitLab(Host):
    """GitLab REST API v4, "Notes"."""

    name = "gitlab"

    def variables(self) -> dict[str, str]:
        return {
            "CI_API_V4_URL": f"{self.url}/api/v4",
            "CI_PROJECT_ID": "99",
            "CI_MERGE_REQUEST_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_IID": "7",
            "GITLAB_TOKEN": TOKEN,
        }

    def authorized(self, headers: Message) -> bool:
        return headers.get("PRIVATE-TOKEN") == TOKEN

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> Any:
        notes = "/api/v4/projects/42/merge_requests/7/notes"
        match method, path:
            case "GET", "/api/v4/user":
                return {"id": OURS, "username": "project_42_bot"}
            case "GET", _ if path == notes:
                assert query["sort"] == "asc"
                items = [
                    {"id": number, "author": {"id": by}, "body": text, "system": False}
                    for number, (by, text) in self.texts.items()
                ]
                return self.page(items, query, "per_page")
            case "POST", _ if path == notes:
                return {"id": self.say(body["body"])}
        found = re.fullmatch(rf"{notes}/(\d+)", path)
        if method == "PUT" and found:
            return self.write(int(found[1]), body["body"])
        raise Refused(404)


class Azure(Host):
    """Azure DevOps REST API 7.1, "Pull Request Threads"."""

    name = "azure"

    def variables(self) -> dict[str, str]:
        return {
            "SYSTEM_COLLECTIONURI": f"{self.url}/us/",
            "SYSTEM_TEAMPROJECTID": "project-id",
            "BUILD_REPOSITORY_ID": "repository-id",
            "BUILD_REPOSITORY_PROVIDER": "TfsGit",
            "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
            "SYSTEM_ACCESSTOKEN": TOKEN,
        }

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> Any:
        threads = "/us/project-id/_apis/git/repositories/repository-id/pullRequests/7/threads"
        assert query["api-version"].startswith("7.1")
        match method, path:
            case "GET", "/us/_apis/connectionData":
                return {"authenticatedUser": {"id": f"id-{OURS}"}}
            case "GET", _ if path == threads:
                # The first comment of a thread has the number 1; a system's has no content.
                told = [
                    {
                        "id": number,
                        "isDeleted": False,
                        "comments": [{"id": 1, "author": {"id": f"id-{by}"}, "content": text}],
                    }
                    for number, (by, text) in self.texts.items()
                ]
                system = {"id": 1, "comments": [{"id": 1, "author": {"id": f"id-{OURS}"}}]}
                gone = {**told[0], "isDeleted": True} if told else {"id": 2, "comments": []}
                return {"value": [system, gone, *told], "count": len(told) + 2}
            case "POST", _ if path == threads:
                [comment] = body["comments"]
                assert (comment["parentCommentId"], comment["commentType"]) == (0, "text")
                assert body["status"] == "closed"
                return {"id": self.say(comment["content"])}
        found = re.fullmatch(rf"{threads}/(\d+)/comments/1", path)
        if method == "PATCH" and found:
            return self.write(int(found[1]), body["content"])
        raise Refused(404)


class Bitbucket(Host):
    """Bitbucket Cloud REST API 2.0, "Pullrequests"."""

    name = "bitbucket"

    def variables(self) -> dict[str, str]:
        return {
            "BITBUCKET_API_URL": f"{self.url}/2.0",
            "BITBUCKET_WORKSPACE": "us",
            "BITBUCKET_REPO_SLUG": "shop",
            "BITBUCKET_PR_ID": "7",
            "BITBUCKET_TOKEN": TOKEN,
        }

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any) -> Any:
        comments = "/2.0/repositories/us/shop/pullrequests/7/comments"
        match method, path:
            case "GET", "/2.0/user":
                if not self.knows_who_asks:
                    raise Refused(403)
                return {"uuid": f"{{{OURS}}}"}
            case "GET", _ if path == comments:
                items = [
                    {
                        "id": number,
                        "user": {"uuid": f"{{{by}}}"},
                        "content": {"raw": text},
                        "deleted": False,
                    }
                    for number, (by, text) in self.texts.items()
                ]
                return {"values": self.page(items, query, "pagelen")}
            case "POST", _ if path == comments:
                return {"id": self.say(body["content"]["raw"])}
        found = re.fullmatch(rf"{comments}/(\d+)", path)
        if method == "PUT" and found:
            return self.write(int(found[1]), body["content"]["raw"])
        raise Refused(404)


ALL = {kind.name: kind for kind in (GitHub, GitLab, Azure, Bitbucket)}


class _Handler(BaseHTTPRequestHandler):
    """Answers for a host."""

    host: ClassVar[Host]

    def _any(self) -> None:
        asked = urlsplit(self.path)
        self.host.asked.append(f"{self.command} {asked.path}")
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        query = {name: values[-1] for name, values in parse_qs(asked.query).items()}
        try:
            self._send(200, self._told(asked.path, query, body), {})
        except Refused as refused:
            # A careless server may quote what it was sent.
            quoted = json.dumps({"message": str(self.headers)}).encode()
            self._send(refused.status, quoted, refused.headers)

    do_GET = do_POST = do_PUT = do_PATCH = _any  # noqa: N815 the server's names

    def _told(self, path: str, query: Mapping[str, str], body: Any) -> bytes:
        if self.host.trouble:
            trouble = self.host.trouble.pop(0)
            if isinstance(trouble, Refused):
                raise trouble
            return trouble
        if not self.host.authorized(self.headers):
            raise Refused(401)
        told = self.host.answer(self.command, path, query, body)
        if self.command == "POST" and self.host.loses_answers:
            raise Refused(502, Retry_After="0")
        return json.dumps(told).encode()

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        # Whoever has read enough may have left.
        with suppress(OSError):
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the server's name
        pass


@contextmanager
def serving(host: Host) -> Iterator[Host]:
    """A host that listens on this machine."""
    handler = type("Handler", (_Handler,), {"host": host})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    host.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
