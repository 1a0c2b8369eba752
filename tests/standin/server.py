"""The stand-in: a small HTTP server on this machine, in threads of its own."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.smoke.contract import DOCUMENT, SEARCHES, Paths
from tests.standin.faults import Endpoint, Faults

_METHODS: dict[Endpoint, str] = {
    "health": "GET",
    "ingest": "POST",
    "status": "GET",
    "delete": "DELETE",
    "search": "POST",
    "metrics": "GET",
}


@dataclass(frozen=True)
class Request:
    """A request that came in."""

    method: str
    path: str
    endpoint: Endpoint | None
    """None where nothing answers."""
    authorized: bool
    headers: Mapping[str, str]
    body: bytes


class StandIn:
    """An API that is there from `with` to its end.

    `faults` may be set at any time, and counts for the requests that come after. Several stand-ins
    are several revisions of one API:

        with StandIn() as stable, StandIn(faults=Faults(statuses={"search": 500})) as candidate:
            ...
    """

    def __init__(
        self,
        *,
        token: str = "stand-in-token",
        faults: Faults | None = None,
        paths: Paths | None = None,
    ) -> None:
        self.token = token
        self.faults = faults or Faults()
        self.requests: list[Request] = []
        """All that came in, in order."""
        self.documents: dict[str, str] = {}
        """The documents that are there: their content by their id."""
        self._patterns: dict[Endpoint, re.Pattern[str]] = {
            endpoint: re.compile(
                "([^/]+)".join(map(re.escape, getattr(paths or Paths(), endpoint).split(DOCUMENT)))
            )
            for endpoint in _METHODS
        }
        self._asked: Counter[Endpoint] = Counter()
        self._started = time.time()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self.url = ""
        """The base URL."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begins to answer, on a port that is free."""
        handler = type("Handler", (_Handler,), {"api": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Ends it; connections to its address are refused from then on."""
        self._stopped.set()
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def pause(self, endpoint: Endpoint | None) -> None:
        """Waits as long as a fault says, or until the stand-in is stopped."""
        faults = self.faults
        delay = faults.delays.get(endpoint, faults.delay) if endpoint else faults.delay
        self._stopped.wait(delay)

    def find(self, method: str, path: str) -> tuple[Endpoint | None, str]:
        """Returns what answers a request, and the document that it is about."""
        for endpoint, pattern in self._patterns.items():
            if method == _METHODS[endpoint] and (match := pattern.fullmatch(path)):
                return endpoint, "".join(match.groups())
        return None, ""

    def answer(self, request: Request, document: str) -> tuple[int, Any]:
        """Returns the status and the body, bytes or for JSON, of a request."""
        faults, endpoint = self.faults, request.endpoint
        if endpoint is None:
            return HTTPStatus.NOT_FOUND, {"detail": "not found"}
        if not request.authorized and endpoint != "health" and not faults.open_to_all:
            return HTTPStatus.UNAUTHORIZED, {"detail": "credentials are needed"}
        with self._lock:
            self._asked[endpoint] += 1
            if endpoint in faults.redirects:
                return HTTPStatus.TEMPORARY_REDIRECT, None
            if endpoint in faults.statuses:
                return faults.statuses[endpoint], None
            early = self._asked[endpoint] <= faults.late
            status, body = self._answer(endpoint, request, document, early=early)
        return status, faults.bodies.get(endpoint, body)

    def _answer(
        self, endpoint: Endpoint, request: Request, document: str, *, early: bool
    ) -> tuple[int, Any]:
        match endpoint:
            case "health" if early:
                return HTTPStatus.SERVICE_UNAVAILABLE, {"status": "starting"}
            case "health":
                return HTTPStatus.OK, {"status": "healthy"}
            case "ingest":
                return HTTPStatus.ACCEPTED, self._ingest(request)
            case "status" if document not in self.documents:
                return HTTPStatus.NOT_FOUND, {"detail": "no such document"}
            case "status":
                return HTTPStatus.OK, {"status": "pending" if early else self.faults.workflow}
            case "delete":
                self.documents.pop(document, None)
                return HTTPStatus.NO_CONTENT, b""
            case "search":
                return self._search(request)
            case "metrics":
                return HTTPStatus.OK, self._metrics(early=early)

    def _ingest(self, request: Request) -> dict[str, str]:
        document = str(uuid.uuid4())
        self.documents[document] = request.body.decode()
        return {"uuid": document, "workflow_id": f"ingest-{document}", "status": "processing"}

    def _search(self, request: Request) -> tuple[int, Any]:
        try:
            wanted = json.loads(request.body)["databases"]
        except (ValueError, KeyError, TypeError):
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"detail": "expected JSON with databases"}
        used = [name for name in wanted if name in self.faults.databases]
        return HTTPStatus.OK, {"results": [], "databases_used": used}

    def _metrics(self, *, early: bool) -> bytes:
        searches = 0 if early or self.faults.metrics_stale else self._asked["search"]
        return (
            f"# HELP {SEARCHES} Searches.\n# TYPE {SEARCHES} counter\n"
            f'{SEARCHES}{{query_type="hybrid",status="success"}} {searches}.0\n'
            f"process_start_time_seconds {self._started}\n"
        ).encode()


class _Server(ThreadingHTTPServer):
    """Answers each connection in a thread."""

    daemon_threads = True
    block_on_close = False  # a connection that is kept open holds nothing up
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    api: StandIn
    protocol_version = "HTTP/1.1"

    def handle_any(self) -> None:
        """Answers whatever is asked; that nobody waits for it any more is no matter."""
        with contextlib.suppress(ConnectionError):
            self._handle()

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        endpoint, document = self.api.find(self.command, self.path)
        authorized = self.headers.get("Authorization") == f"Bearer {self.api.token}"
        request = Request(self.command, self.path, endpoint, authorized, dict(self.headers), body)
        self.api.requests.append(request)
        self.api.pause(endpoint)
        if self.api.faults.down:
            self.close_connection = True
            return
        status, content = self.api.answer(request, document)
        if content is None:
            content = {"detail": f"not with {self.headers.get('Authorization')}"}
        self._send(
            status,
            content if isinstance(content, bytes) else json.dumps(content).encode(),
            self.api.faults.redirects.get(endpoint) if endpoint else None,
        )

    do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 - http.server calls them so

    def _send(self, status: int, content: bytes, location: str | None) -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if status != HTTPStatus.NO_CONTENT:
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Says nothing: `requests` has it all."""
