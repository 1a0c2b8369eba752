"""A server that speaks the documented form of the Cloud Billing Catalog, for one test at a time."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "AIza-not-a-key-0123456789"  # gitleaks:allow


@dataclass
class CatalogServer:
    """What it sells, what it answers first, and what it was asked."""

    services: Mapping[str, str]
    skus: Mapping[str, Sequence[Any]]
    first: list[tuple[int, dict[str, str], Any]] = field(default_factory=list)
    """Answers before the right ones: status, headers and content."""
    asked: list[str] = field(default_factory=list)
    per_page: int = 2
    address: str = ""

    def answer(self, target: str, key: str | None) -> tuple[int, dict[str, str], Any]:
        """The answer to a request."""
        self.asked.append(target)
        if self.first:
            return self.first.pop(0)
        if key != KEY:
            message = f"API key not valid: {key}. Please pass a valid API key."
            error = {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}
            return 400, {}, {"error": error}
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/v1/services":
            items: Sequence[Any] = [
                {"name": f"services/{number}", "serviceId": number, "displayName": title}
                for title, number in self.services.items()
            ]
            return 200, {}, self._page("services", items, query)
        number = parts.path.removeprefix("/v1/services/").removesuffix("/skus")
        if number not in self.skus or query.get("currencyCode") != "USD":
            return 404, {}, {"error": {"code": 404, "message": "no such service"}}
        return 200, {}, self._page("skus", self.skus[number], query)

    def _page(self, name: str, items: Sequence[Any], query: Mapping[str, str]) -> dict[str, Any]:
        start = int(query.get("pageToken", "0"))
        size = min(self.per_page, int(query["pageSize"]))
        end = start + size
        return {name: items[start:end], "nextPageToken": str(end) if end < len(items) else ""}


@contextmanager
def serving(catalog: CatalogServer) -> Iterator[CatalogServer]:
    """Runs it, on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, content = catalog.answer(self.path, self.headers.get("X-Goog-Api-Key"))
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        catalog.address = f"http://127.0.0.1:{server.server_port}"
        yield catalog
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
