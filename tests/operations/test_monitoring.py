"""Cloud Monitoring is asked in PromQL, by a server that speaks as it does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from operations.errors import OperationError
from operations.release.gates import Measured
from operations.release.monitoring import Revision, measure

REVISION = Revision("a-project", "apex-api", "apex-api-00002-rev")


class Server(ThreadingHTTPServer):
    """Answers each query with what a test wants."""

    values: dict[str, str]
    status = 200
    body = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.values = {}
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        asked = urlsplit(self.path)
        query = parse_qs(asked.query)["query"][0]
        self.server.asked.append((asked.path, query))
        found = [value for part, value in self.server.values.items() if part in query]
        result = [{"metric": {}, "value": [1764480000, found[0]]}] if found else []
        answer = {"status": "success", "data": {"resultType": "vector", "result": result}}
        body = (self.server.body or json.dumps(answer)).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_requests_errors_and_latency_of_the_one_revision(server: Server) -> None:
    # The first part that a query has decides.
    server.values = {"5xx": "3", "request_count": "600", "histogram_quantile": "412.5"}

    with requests.Session() as session:
        measured = measure(session, REVISION, 600, server.url)

    assert measured == Measured(requests=600, errors=3, latency_p95_ms=412.5)
    paths, queries = zip(*server.asked, strict=True)
    assert set(paths) == {"/v1/projects/a-project/location/global/prometheus/api/v1/query"}
    for query in queries:
        assert 'revision_name="apex-api-00002-rev"' in query
        assert "[600s]" in query


def test_what_nobody_asked_has_no_latency(server: Server) -> None:
    server.values = {"histogram_quantile": "NaN"}

    with requests.Session() as session:
        measured = measure(session, REVISION, 600, server.url)

    assert measured == Measured(requests=0, errors=0, latency_p95_ms=None)


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (403, "", r"roles/monitoring.viewer is needed\): it did not say why"),
        (403, '{"error": {"message": "API disabled"}}', "is needed.: API disabled"),
        (503, "", "answered 503; try again"),
        (200, "<html>", "in an unexpected form"),
        (200, "[]", "in an unexpected form"),
        (200, '{"data": {"result": [{}]}}', "in an unexpected form"),
        (200, '{"data": {"result": [{"value": [1, "x"]}]}}', "in an unexpected form"),
    ],
)
def test_what_it_does_not_tell_is_an_error(
    server: Server, status: int, body: str, why: str
) -> None:
    server.status, server.body = status, body

    with requests.Session() as session, pytest.raises(OperationError, match=why):
        measure(session, REVISION, 600, server.url)


def test_one_that_is_out_of_reach_is_an_error() -> None:
    with (
        requests.Session() as session,
        pytest.raises(OperationError, match=r"cannot be reached \(ConnectionError\)"),
    ):
        measure(session, REVISION, 600, "http://127.0.0.1:1")
