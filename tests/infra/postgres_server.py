"""A real PostgreSQL with extensions of our own, where Debian's packages are installed."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

SUPERUSER = "apex"
PASSWORD = "password-of-the-tests"
_NOBODY = 65534


def installed() -> Path | None:
    """Returns the folder of the newest server's programs, if there is one."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    return found[-1].parent if found else None


@contextmanager
def running(programs: Path, extensions: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yields what clients of a new server are told.

    Args:
        programs: The folder of the server's programs.
        extensions: Names of the extensions that it has beside its own. They are empty, and only a
            superuser may create them.
    """
    # It refuses to run as root.
    user = _NOBODY if os.geteuid() == 0 else os.geteuid()
    with TemporaryDirectory() as name:
        folder = Path(name)
        own_programs = _copy(programs, folder, extensions)
        data, password = folder / "data", folder / "password"
        password.write_text(PASSWORD)
        for path in (folder, password):
            os.chown(path, user, -1)
        initialise: list[str | Path] = [own_programs / "initdb", "--pgdata", data]
        initialise += ["--username", SUPERUSER, "--auth", "scram-sha-256", "--pwfile", password]
        _run([*initialise, "--no-sync", "--encoding", "UTF8", "--no-locale"], user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"-p {port} -h 127.0.0.1 -k '' -F"
        control: list[str | Path] = [programs / "pg_ctl", "--pgdata", data, "--wait"]
        log, server = folder / "log", own_programs / "postgres"
        _run([*control, "start", "--log", log, "--options", options, "-p", server], user)
        try:
            yield {
                "POSTGRES_HOST": "127.0.0.1",
                "POSTGRES_PORT": str(port),
                "POSTGRES_DATABASE": "postgres",
                "POSTGRES_USER": SUPERUSER,
                "POSTGRES_PASSWORD": PASSWORD,
                "POSTGRES_SSLMODE": "disable",
            }
        finally:
            _run([*control, "stop", "--mode", "immediate"], user)


def _run(command: Sequence[str | Path], user: int) -> None:
    subprocess.run(command, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL, timeout=60)


def _copy(programs: Path, folder: Path, extensions: Sequence[str]) -> Path:
    """Returns the folder of the same programs with more extensions.

    A server looks for what it needs beside its own place: `lib` and `share` of one folder.
    """
    own_programs = folder / programs.relative_to("/usr")
    own_programs.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        shutil.copy(programs / name, own_programs)
    (own_programs.parent / "lib").symlink_to(programs.parent / "lib")
    shared = Path("/usr/share/postgresql") / programs.parent.name
    own_shared = folder / shared.relative_to("/usr")
    own_extensions = own_shared / "extension"
    own_extensions.mkdir(parents=True)
    for path in (path for path in shared.iterdir() if path.name != "extension"):
        (own_shared / path.name).symlink_to(path)
    for path in (shared / "extension").iterdir():
        (own_extensions / path.name).symlink_to(path)
    for name in extensions:
        for suffix, text in ((".control", "default_version = '1'\n"), ("--1.sql", "")):
            path = own_extensions / f"{name}{suffix}"
            path.unlink(missing_ok=True)
            path.write_text(text)
    return own_programs
