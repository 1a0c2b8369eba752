"""Runs a command where there is no network but this machine's own, and counts who looks for one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_WAYS = (
    ("unshare", "--user", "--map-root-user", "--net"),
    # Ubuntu lets only root have a network of its own.
    ("sudo", "-n", "--preserve-env", "unshare", "--net"),
)

_INSIDE = """
import fcntl, json, socket, struct, subprocess, sys

def counters(name):
    lines = [line.split() for line in open(name)]
    if name.endswith("6"):
        return {key: int(value) for key, value in lines}
    pairs = zip(lines[::2], lines[1::2])
    return {f"{keys[0][:-1]}{key}": int(value) for keys, values in pairs
            for key, value in zip(keys[1:], values[1:])}

# No route: to another machine. No such port: to a resolver on this one.
KEYS = ("IpOutNoRoutes", "Ip6OutNoRoutes", "UdpNoPorts", "Udp6NoPorts")

def looked():
    seen = {**counters("/proc/net/snmp"), **counters("/proc/net/snmp6")}
    return {key: seen.get(key, 0) for key in KEYS}

# Up and running, as SIOCSIFFLAGS has it (netdevice(7)).
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14s", b"lo", 0x1 | 0x40, b""))
before = looked()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
after = looked()
count = {key: after[key] - before[key] for key in KEYS}
print(json.dumps([done.returncode, done.stdout, done.stderr, count]))
"""


@dataclass(frozen=True)
class Alone:
    """What a command did without a network."""

    code: int
    said: str
    looked_for: dict[str, int]
    """Packets for elsewhere, by the kernel's name of their counter; those that there were."""


@cache
def way() -> Sequence[str] | None:
    """How a network of its own is had here; `None` where it cannot be."""
    for each in _WAYS:
        if _run(each, Path("/"), sys.executable, "-c", "pass") is not None:
            return each
    return None


def alone(folder: Path, *command: str) -> Alone:
    """Runs a command in a folder."""
    found = way()
    assert found is not None
    done = _run(found, folder, *command)
    assert done is not None
    return done


def _run(way: Sequence[str], folder: Path, *command: str) -> Alone | None:
    try:
        done = subprocess.run(
            [*way, sys.executable, "-c", _INSIDE, *command],
            cwd=folder,
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return None
    if done.returncode != 0:
        return None
    code, out, err, counted = json.loads(done.stdout)
    return Alone(code, out + err, {name: count for name, count in counted.items() if count})
