"""A bucket on this machine that speaks the protocol of S3, and fails where a test says so."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@dataclass
class Bucket:
    """What a test does with it.

    Attributes:
        port: where the server listens.
        faults: what it answers next in the place of an object, by the end of its path.
        asked: how often each path was read.
    """

    port: int = 0
    faults: dict[str, list[int]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    @property
    def environment(self) -> dict[str, str]:
        """What has a client find it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "clearly-fake",
            "AWS_SECRET_ACCESS_KEY": "clearly-fake",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def make(self, *names: str) -> None:
        """Makes buckets, of which there were none."""
        self._ask("POST", "moto-api/reset")
        for name in names:
            self._ask("PUT", name)

    def _ask(self, method: str, path: str) -> None:
        # obstore makes no buckets.
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request(method, f"/{path}")
        assert connection.getresponse().status == 200
        connection.close()

    def failing(self, served: Wsgi) -> Wsgi:
        """The server, but for what it must not answer."""

        def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            path = environ["PATH_INFO"]
            if environ["REQUEST_METHOD"] == "GET" and "list-type" not in environ["QUERY_STRING"]:
                self.asked[path] += 1
                for ending, codes in self.faults.items():
                    if path.endswith(ending) and codes:
                        code = codes[0] if len(codes) == 1 else codes.pop(0)
                        if code != 200:
                            return Response(f"<Error><Code>{code}</Code></Error>", code)(
                                environ, start
                            )
            return served(environ, start)

        return answer


@contextmanager
def served() -> Iterator[Bucket]:
    """A server for as long as it is needed."""
    bucket = Bucket()
    app = bucket.failing(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    bucket.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
