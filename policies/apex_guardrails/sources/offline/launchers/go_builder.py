"""Builds a Go program; started by the launcher beside it, in the folder of the main package.

Arguments: the go command, and where the executable is to be. What Go says goes to standard error,
with whole paths. Exit codes: Go's, or 1.

Go sees by itself whether an executable is current: it has the build id of all that it was made of.
Only that it is whole, Go does not see; so its size and time are written beside it, and one that
differs is made anew. Go moves an executable into its place where it can, which it always can out of
a folder beside it (GOTMPDIR); so one that runs is never written over. Only the standard library is
there.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

POSITION = re.compile(r"^(\.{1,2}/[^:\n]*|[^\s:/#][^:\n]*\.go)(?=:\d+)", re.MULTILINE)
"""A place in a file of the package or one below, as Go writes it."""

NEXT_STEPS = (
    (r"missing go\.sum entry|no required module provides|updates to go\.mod needed", "go mod tidy"),
    (r"\bdial tcp\b|proxyconnect|no such host|i/o timeout|: 40[347] |: 5\d\d ", "go mod download"),
)
"""What to run for a cause that Go tells of many times, once for each package that it concerns."""

MOST_KEPT = 8
"""Executables, each of which has some 50 MB."""

SECONDS_KEPT = 86_400
"""For which more are kept: a repository may have many programs."""

MOST_LINES = 12
"""Of what Go tells many times."""


def state(target: Path) -> str:
    """What tells a whole executable from another file; "" where there is none."""
    try:
        about = target.stat()
    except OSError:
        return ""
    return f"{about.st_size} {about.st_mtime_ns}"


def with_whole_paths(text: str, folder: str) -> str:
    """What Go says, with paths that can be clicked on."""
    return POSITION.sub(lambda found: os.path.normpath(f"{folder}/{found[1]}"), text)


def explained(said: str) -> str:
    """What Go says, shorter and with the next step where its cause is not in the program's code."""
    lines = [line for line in said.splitlines() if not line.startswith("go: downloading")]
    for cause, command in NEXT_STEPS:
        if re.search(cause, said):
            more = len(lines) - MOST_LINES
            lines[MOST_LINES:] = [f"... and {more} more lines"] if more > 0 else []
            lines.append(f"run `{command}` in {Path.cwd()}")
            break
    return "".join(f"{line}\n" for line in lines)


def leave_few(cache: Path) -> None:
    """Deletes what was used longest ago: neither today, nor among the last few.

    What is deleted while it runs goes on running.
    """
    used = sorted(((last_used(place), place) for place in cache.glob("*/lock")), reverse=True)
    for when, lock in used[MOST_KEPT:]:
        if time.time() - when > SECONDS_KEPT:
            with contextlib.suppress(OSError), lock.open("rb") as turn:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent)


def last_used(lock: Path) -> float:
    """When a program was last built, or looked at."""
    try:
        return lock.stat().st_mtime
    except FileNotFoundError:
        return 0


def take(place: Path) -> IO[bytes]:
    """Waits for a lock, and says that what it is for is used now."""
    while True:
        place.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            lock = place.open("ab")
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Another program may have deleted it while this one waited.
            if os.path.samestat(os.fstat(lock.fileno()), place.stat()):
                os.utime(place)
                return lock


def build(go: str, target: Path) -> int:
    """Builds the package in the working directory, if its executable is not current."""
    whole = target.with_name("whole")
    if not whole.exists() or whole.read_text() != state(target):
        target.unlink(missing_ok=True)
    # Left by a build that was stopped: the lock is ours, so nobody uses it.
    temporary = target.with_name("building")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    # With full paths in it, whatever GOFLAGS say: they are where a finding is.
    command = [go, "build", "-trimpath=false", "-o", str(target), "."]
    done = subprocess.run(
        command,
        env={**os.environ, "GOTMPDIR": str(temporary)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    shutil.rmtree(temporary, ignore_errors=True)
    said = with_whole_paths(done.stdout + done.stderr, str(Path.cwd()))
    if done.returncode == 0 and not os.access(target, os.X_OK):
        said, done.returncode = f"{Path.cwd()}: is no main package\n", 1
    if done.returncode == 0:
        whole.write_text(state(target))
    else:
        sys.stderr.write(explained(said))
    return done.returncode


def main() -> int:
    """Builds, one at a time for each program."""
    go, target = sys.argv[1], Path(sys.argv[2])
    with take(target.with_name("lock")):
        code = build(go, target)
    leave_few(target.parent.parent)
    return code


if __name__ == "__main__":
    sys.exit(main())
