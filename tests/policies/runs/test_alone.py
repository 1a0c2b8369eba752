"""`apex` speaks to nobody but itself on this machine."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.policies.judged import RAW, command, judged
from tests.policies.runs.alone import alone, way
from tests.policies.state_files import CLOSED, FIREWALL, exported, resource

# Processes in a network of their own, where coverage cannot look.
pytestmark = pytest.mark.no_cover

PROGRAM = (
    RAW
    + """
    Raw("open", "gcp:compute/firewall:Firewall", {
        "network": "vpc", "allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"],
    })
"""
)
SPOKE = {
    "another machine": "socket.create_connection(('192.0.2.1', 443), 1)",
    "another machine, IPv6": "socket.create_connection(('2001:db8::1', 443), 1)",
    "a name": "socket.getaddrinfo('example.com', 443)",
}


@pytest.fixture(autouse=True)
def can_be_alone() -> None:
    if way() is None:
        reason = "no network of its own can be made here (unshare --net)"
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@pytest.mark.parametrize("what", SPOKE)
def test_who_looks_for_a_network_is_seen(tmp_path: Path, what: str) -> None:
    code = f"import socket, contextlib\nwith contextlib.suppress(OSError):\n    {SPOKE[what]}"
    done = alone(tmp_path, sys.executable, "-c", code)
    assert done.code == 0, done.said
    assert done.looked_for


def test_who_speaks_to_this_machine_is_not(tmp_path: Path) -> None:
    code = (
        "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname())"
    )
    assert alone(tmp_path, sys.executable, "-c", code).looked_for == {}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("preview", "--output-dir", "reports"), 1),
        (("audit", "state.json"), 0),
        (("cost",), 0),
        (("policies", "list"), 0),
        (("doctor",), 0),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_nothing_is_opened_but_this_machines_own(
    tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    folder = judged(tmp_path / "program", PROGRAM)
    state = exported(resource(FIREWALL, "closed", CLOSED))
    (folder / "state.json").write_text(json.dumps(state), "utf-8")
    done = alone(folder, *command(*arguments))
    assert done.code == code, done.said
    assert done.looked_for == {}
