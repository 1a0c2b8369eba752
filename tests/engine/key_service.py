"""What encrypts the key of each stack's secrets, as Cloud KMS does for the real ones.

It speaks as Vault does, which the CLI finds by an address. Of a passphrase the CLI makes a key by a
million rounds, a third of a second in each of the thousands of commands that the tests run.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PROVIDER = "hashivault://tests"
"""What `pulumi stack init` takes for `--secrets-provider`."""
_OTHER = {"plaintext": "ciphertext", "ciphertext": "plaintext"}


class _Handler(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        """Encrypts or decrypts: the one kind of text is here what the other is."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps({"data": {_OTHER[kind]: text for kind, text in asked.items()}})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the original's name
        """Says nothing."""


@contextmanager
def key_service() -> Iterator[Mapping[str, str]]:
    """Runs it; gives the environment in which the CLI finds it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {"VAULT_ADDR": f"http://127.0.0.1:{server.server_port}", "VAULT_TOKEN": "of-tests"}
        server.shutdown()
