"""How soon a save is answered in an editor."""

from __future__ import annotations

import json
import signal
import statistics
import subprocess
import time
from typing import IO, Any, Final

from scripts.bench.measurement import ROOT, RUNS, Measurement
from scripts.bench.watching import answered, edited

_NO_CLIENT: Final[dict[str, Any]] = {"processId": None, "rootUri": None, "capabilities": {}}
_MAIN: Final = ROOT / "infra" / "__main__.py"


def save_time(stack: str) -> Measurement:
    """From a save until `apex lsp` has answered, against an edit that is watched."""
    apex = str(ROOT / ".venv/bin/apex")
    with (
        subprocess.Popen(
            [apex, "preview", "--watch", "--stack", stack],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as watching,
        subprocess.Popen(
            [apex, "lsp", "--stack", stack], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as server,
    ):
        answered(watching.stdout)
        _say(
            server.stdin, "initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 1
        )
        _say(server.stdin, "initialized", {})
        # The first ones wait for what is imported after the first run.
        for _ in range(2):
            edited(watching.stdout)
            _saved(server)
        pairs = [(_saved(server), edited(watching.stdout)) for _ in range(RUNS)]
        watching.send_signal(signal.SIGINT)
        server.terminate()
    return Measurement(
        f"a save in apex lsp --stack {stack} / an edit that is watched",
        statistics.median(save / edit for save, edit in pairs),
        1.1,
        "x",
        f"{statistics.median(save for save, _ in pairs):.2f} s against "
        f"{statistics.median(edit for _, edit in pairs):.2f} s",
    )


def _saved(server: subprocess.Popen[bytes]) -> float:
    """Seconds from a save, which changes nothing, to the answer."""
    start = time.perf_counter()
    _say(server.stdin, "textDocument/didSave", {"textDocument": {"uri": _MAIN.as_uri()}})
    while _heard(server.stdout).get("method") != "window/logMessage":
        pass
    return time.perf_counter() - start


def _say(stream: IO[bytes] | None, method: str, params: Any, number: int | None = None) -> None:
    message = {"jsonrpc": "2.0", "method": method, "params": params}
    body = json.dumps(message if number is None else {**message, "id": number}).encode()
    if stream is not None:
        stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        stream.flush()


def _heard(stream: IO[bytes] | None) -> dict[str, Any]:
    length = 0
    while stream is not None and (line := stream.readline()):
        name, _, value = line.partition(b":")
        if name == b"Content-Length":
            length = int(value)
        elif not line.strip():
            message: dict[str, Any] = json.loads(stream.read(length))
            return message
    raise RuntimeError("apex lsp has ended")
