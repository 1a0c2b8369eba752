"""A Qdrant as far as its snapshots go: its REST interface over collections that are bytes.

What it answers, and when, is taken from Qdrant 1.17's source (src/actix/api/snapshot_api.rs,
collections_api.rs, src/common/auth/mod.rs). A real snapshot is an archive; this one's is the
collection itself. In front of it stands Cloud Run, where `identity` says what it asks for.
"""

import hashlib
import http.server
import json
import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit

API_KEY = "key-of-the-tests"

_LIMIT = 32 * 1024 * 1024  # bytes; Cloud Run, "Quotas and limits", HTTP/1
_COLLECTION = re.compile(r"/collections/([^/]+)/snapshots(?:/([^/]+))?")
_METADATA = "/computeMetadata/v1/instance/service-accounts/default/identity"


@dataclass
class Qdrant:
    """A running Qdrant."""

    collections: dict[str, bytes]
    snapshots: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """The snapshots that it keeps itself, by collection and name."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    cloud_run: bool = False
    """Whether Cloud Run stands before it: asks for an identity, and limits the sizes."""
    checksums: bool = True
    """Whether it says a snapshot's checksum; it does not where it has lost it."""
    broken: str = ""
    """A collection whose snapshot comes otherwise than it is."""
    fault: Literal["cut", "changed", "longer"] = "cut"
    asked: list[str] = field(default_factory=list)
    """Every request: method and path, decoded."""

    def __enter__(self) -> Self:
        qdrant = self

        class Handler(_Handler):
            pass

        Handler.qdrant = qdrant
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    @property
    def environment(self) -> dict[str, str]:
        """Returns what a client of it is told."""
        url = f"http://{self.address}"
        told = {"QDRANT_URL": url, "QDRANT_API_KEY": API_KEY}
        if self.cloud_run:
            told |= {"QDRANT_AUDIENCE": url, "GCE_METADATA_HOST": self.address}
        return told


class _Handler(http.server.BaseHTTPRequestHandler):
    """One request."""

    qdrant: Qdrant
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._handle()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the base class's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Says nothing."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if url.path == _METADATA:
            self._metadata(query["audience"])
            return
        self.qdrant.asked.append(f"{self.command} {unquote(url.path)}")
        token = f"Bearer token for http://{self.qdrant.address}"
        if self.qdrant.cloud_run and self.headers.get("x-serverless-authorization") != token:
            self._answer(403, b"Forbidden")
        elif self.qdrant.cloud_run and len(body) > _LIMIT:
            self._answer(413, b"Request Entity Too Large")
        elif self.headers.get("api-key") != API_KEY:
            self._answer(401, b"Invalid API key or JWT")
        elif url.path == "/collections" and self.command == "GET":
            self._result({"collections": [{"name": name} for name in self.qdrant.collections]})
        elif url.path == "/aliases" and self.command == "GET":
            aliases = [
                {"alias_name": alias, "collection_name": name}
                for alias, name in self.qdrant.aliases.items()
            ]
            self._result({"aliases": aliases})
        elif found := _COLLECTION.fullmatch(url.path):
            self._snapshots(unquote(found[1]), unquote(found[2] or ""), query, body)
        else:
            self._answer(404, b"")

    def _metadata(self, audience: str) -> None:
        """Answers as Google's metadata server."""
        if self.headers.get("metadata-flavor") != "Google":
            self._answer(403, b"Missing required header: Metadata-Flavor")
        else:
            self._answer(200, f"token for {audience}".encode())

    def _snapshots(self, collection: str, name: str, query: Mapping[str, str], body: bytes) -> None:
        kept = self.qdrant.snapshots.setdefault(collection, {})
        match self.command, name:
            case "POST", "upload":
                snapshot = body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0]
                self._recover(collection, snapshot, query["checksum"])
            case "PUT", "recover":
                asked = json.loads(body)
                path = unquote(urlsplit(asked["location"]).path)
                assert asked["location"].startswith("file:///")
                assert asked["priority"] == "snapshot"
                self._recover(collection, Path(path).read_bytes(), asked["checksum"])
            case _ if collection not in self.qdrant.collections:
                self._error(404, f"Not found: Collection `{collection}` doesn't exist!")
            case "POST", "":
                made = f"{collection}-6880-2026-11-24-0{len(kept)}-00-00.snapshot"
                kept[made] = self.qdrant.collections[collection]
                self._result(self._description(made, kept[made]))
            case "GET", "":
                self._result([self._description(*snapshot) for snapshot in kept.items()])
            case "GET", _:
                self._download(collection, kept[name])
            case "DELETE", _:
                del kept[name]
                self._result(result=True)

    def _description(self, name: str, snapshot: bytes) -> dict[str, Any]:
        checksum = hashlib.sha256(snapshot).hexdigest() if self.qdrant.checksums else None
        time = "2026-11-24T04:00:00"
        return {"name": name, "creation_time": time, "size": len(snapshot), "checksum": checksum}

    def _recover(self, collection: str, snapshot: bytes, checksum: str) -> None:
        found = hashlib.sha256(snapshot).hexdigest()
        if found != checksum:
            self._error(400, f"Wrong input: Snapshot checksum mismatch: {checksum}, got {found}")
        else:
            self.qdrant.collections[collection] = snapshot
            self._result(result=True)

    def _download(self, collection: str, snapshot: bytes) -> None:
        """Sends a file, or a range of it."""
        sent, status = snapshot, 200
        if asked := re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("range", "")):
            sent, status = snapshot[int(asked[1]) : int(asked[2]) + 1], 206
        if self.qdrant.cloud_run and len(sent) > _LIMIT:
            self._answer(500, b"Response size was too large")
        elif collection == self.qdrant.broken and self.qdrant.fault == "cut":
            self._answer(status, sent[: len(sent) // 2], length=len(sent))
            self.close_connection = True
        elif collection == self.qdrant.broken:
            self._answer(status, bytes(len(sent) + (self.qdrant.fault == "longer")))
        else:
            self._answer(status, sent)

    def _result(self, result: Any) -> None:
        self._answer(200, _json({"result": result, "status": "ok", "time": 0.001}))

    def _error(self, status: int, error: str) -> None:
        self._answer(status, _json({"status": {"error": error}, "time": 0.001}))

    def _answer(self, status: int, body: bytes, *, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body) if length is None else length))
        self.end_headers()
        with suppress(BrokenPipeError):
            self.wfile.write(body)


def _json(value: Any) -> bytes:
    """Returns JSON as Qdrant writes it: without spaces, and nothing escaped that need not be."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
