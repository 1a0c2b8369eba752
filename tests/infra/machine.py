"""A machine to run the start-up script on, with as much of a real one as can be had.

Real are the script and its shell, the disk and all that is done to it, and the servers that it asks
over HTTP. Docker, iptables and systemd are replaced by a program that writes down how it was
called; so are mount and mountpoint where a test may not mount.
"""

import base64
import json
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

SCRIPT = Path(__file__).parents[2] / "infra" / "databases" / "vm" / "startup.sh"

TOKEN = "token-of-the-machine"
EMAIL = "neo4j-vm@a-project.iam.gserviceaccount.com"
SECRET = "projects/a-project/secrets/neo4j-password/versions/3"
MIB = 1024 * 1024

_METADATA = "/computeMetadata/v1/instance/"

# Where Debian has the tools for file systems, which not everybody finds there.
_PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"

# Docker, iptables, systemd, mount and mountpoint. The database that Docker "runs" writes a line
# per start.
_FAKE = r"""#!/bin/bash
tool=${0##*/}
printf '%s\0' "$tool" "$@" >>"$FAKE_STATE/calls"
printf '\036' >>"$FAKE_STATE/calls"
has() { [[ -e $FAKE_STATE/$1 ]]; }
case "$tool $*" in
'mountpoint '*) has mounted ;;
'mount '*) touch "$FAKE_STATE/mounted" ;;
'iptables -w -C '*) has rule ;;
'iptables -w -I '*) touch "$FAKE_STATE/rule" ;;
*' image inspect '*) has image ;;
*' login '*) cat >"$FAKE_STATE/login" && mkdir "$2" && cp "$FAKE_STATE/login" "$2/config.json" ;;
*' pull '*) if has broken-registry; then exit 1; fi; touch "$FAKE_STATE/image" ;;
'docker run '*)
    if has broken-container; then exit 125; fi
    while (($#)); do
        if [[ $1 == --env-file ]]; then
            cp "$2" "$FAKE_STATE/environment"
            ls "${2%/*}" >"$FAKE_STATE/in-memory"
        fi
        if [[ $1 == --mount && $2 =~ source=([^,]+) ]]; then
            source=${BASH_REMATCH[1]}
            if [[ -d $source ]]; then
                echo started >>"$source/store"
                stat -c '%u:%g %a' "$source" >"$FAKE_STATE/data-rights"
            else
                cp "$source" "$FAKE_STATE/secret" && chmod 0600 "$FAKE_STATE/secret"
                stat -c '%u:%g %a' "$source" >"$FAKE_STATE/secret-rights"
            fi
        fi
        shift
    done
    ;;
'docker exec '*)
    if has verdict; then cat "$FAKE_STATE/verdict"; exit 1; fi
    ;;
'docker inspect '*) cat "$FAKE_STATE/address" ;;
'systemd-run '*) cp "${*: -4:1}" "$FAKE_STATE/heartbeat" ;;
esac
"""


_TRY_MOUNT = """
mkfs.ext4 -q "$1"
loop=$(losetup --find --show "$1")
trap 'losetup --detach "$loop"' EXIT
mkdir "$2"
mount "$loop" "$2"
umount "$2"
"""


@cache
def why_not_mount() -> str:
    """Returns why a test cannot mount a disk here; nothing when it can."""
    if os.geteuid() != 0:
        return "only root can mount a disk"
    with TemporaryDirectory() as folder:
        image = Path(folder) / "disk"
        image.touch()
        os.truncate(image, 8 * MIB)
        tried = subprocess.run(
            [
                *("unshare", "--mount", "sh", "-euc"),
                *(_TRY_MOUNT, "sh", str(image), str(Path(folder) / "mounted")),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    return tried.stderr.strip()


@dataclass
class Disk:
    """A data disk: an image file, or a loop device on one."""

    image: Path
    device: Path
    mounts: bool
    """Whether it is mounted for real."""

    def grow(self, size: int) -> None:
        os.truncate(self.image, size)
        if self.mounts:
            subprocess.run(["losetup", "--set-capacity", self.device], check=True)

    def read(self) -> bytes:
        return self.device.read_bytes()

    def write(self, position: int, content: bytes) -> None:
        with self.device.open("r+b") as disk:
            disk.seek(position)
            disk.write(content)

    def format(self, *options: str) -> None:
        self.run("mkfs.ext4", "-q", *options, str(self.device))

    def put(self, path: str, content: str) -> None:
        """Writes a file at the top of its ext4 file system."""
        with TemporaryDirectory() as folder:
            source = Path(folder) / "source"
            source.write_text(content)
            self.run("debugfs", "-w", "-R", f"write {source} {path}", str(self.device))

    def text(self, path: str) -> str:
        """Returns what is in a file of its ext4 file system."""
        return self.run("debugfs", "-R", f"cat {path}", str(self.device))

    def uuid(self) -> str:
        """Returns the identity that its file system got when it was made."""
        return self.run("blkid", "-p", "-s", "UUID", "-o", "value", str(self.device)).strip()

    def blocks(self) -> int:
        """Returns the size of its file system, in bytes."""
        lines = self.run("dumpe2fs", "-h", str(self.device)).splitlines()
        header = dict(line.split(":", 1) for line in lines if ":" in line)
        return int(header["Block count"]) * int(header["Block size"])

    @staticmethod
    def run(*command: str) -> str:
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=os.environ | {"PATH": _PATH}
        )
        return done.stdout


@contextmanager
def disk(folder: Path, size: int, *, mounts: bool) -> Iterator[Disk]:
    """Yields a disk full of zeros."""
    image = folder / "disk.img"
    image.touch()
    os.truncate(image, size)
    if not mounts:
        yield Disk(image, image, mounts=False)
        return
    device = Disk.run("losetup", "--find", "--show", str(image)).strip()
    try:
        yield Disk(image, Path(device), mounts=True)
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)


@dataclass
class Cloud:
    """The metadata server and Secret Manager."""

    attributes: dict[str, str]
    secret: str
    instead: dict[str, Iterator[tuple[HTTPStatus, str]]] = field(default_factory=dict)
    """What is answered instead of the right thing, as long as it lasts, by the end of the path."""
    url: str = ""

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[HTTPStatus, str]:
        for end, answers in self.instead.items():
            if path.endswith(end) and (other := next(answers, None)):
                return other
        if path.startswith(_METADATA):
            if headers.get("Metadata-Flavor") != "Google":
                return HTTPStatus.FORBIDDEN, ""
            return self._metadata(path.removeprefix(_METADATA))
        if path != f"/v1/{SECRET}:access":
            return HTTPStatus.NOT_FOUND, "{}"
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return HTTPStatus.UNAUTHORIZED, "{}"
        data = base64.b64encode(self.secret.encode()).decode()
        payload = {"dataCrc32c": "2345678", "data": data}
        return HTTPStatus.OK, json.dumps({"name": SECRET, "payload": payload}, indent=2)

    def _metadata(self, path: str) -> tuple[HTTPStatus, str]:
        if path == "service-accounts/default/token":
            token = {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"}
            return HTTPStatus.OK, json.dumps(token)
        if path == "service-accounts/default/email":
            return HTTPStatus.OK, EMAIL
        value = self.attributes.get(path.removeprefix("attributes/"))
        return (HTTPStatus.NOT_FOUND, "") if value is None else (HTTPStatus.OK, value)

    @contextmanager
    def serve(self) -> Iterator[None]:
        """Answers over HTTP, on a port of its own."""
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = cloud.answer(self.path, dict(self.headers))
                content = body.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.url = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, args=[0.01])
            thread.start()
            try:
                yield
            finally:
                server.shutdown()
                thread.join()


@dataclass
class Boot:
    """How one run of the script went."""

    status: int
    log: str


@dataclass
class Machine:
    """A machine that can boot."""

    folder: Path
    cloud: Cloud
    disk: Disk | None
    state: Path = field(init=False)
    """What the replaced programs keep: flags that say how they answer, and what they saw."""

    def __post_init__(self) -> None:
        self.state = self.folder / "state"
        self.state.mkdir()
        tools = self.folder / "bin"
        tools.mkdir()
        replaced = ["docker", "iptables", "systemctl", "systemd-run"]
        if self.disk is None or not self.disk.mounts:
            replaced += ["mount", "mountpoint"]
        for tool in replaced:
            path = tools / tool
            path.write_text(_FAKE)
            path.chmod(0o755)

    def boot(self, *, runs: int = 1) -> Boot:
        """Starts it: nothing is mounted and memory is empty; then the script runs.

        Args:
            runs: How often it runs before the machine is switched off.
        """
        (self.state / "mounted").unlink(missing_ok=True)
        with TemporaryDirectory(dir=self.folder) as memory:
            mounted = Path(memory) / "mnt"
            if self.disk is not None and not self.disk.mounts:
                # What is written stays, as it does on a disk.
                mounted = self.folder / "mnt"
            command = ["bash", "-c", 'for _ in $(seq "$2"); do "$1" || exit; done']
            command += ["bash", str(SCRIPT), str(runs)]
            if self.disk is not None and self.disk.mounts:
                # A mount ends with the namespace that it is in: nothing is left mounted here.
                command = ["unshare", "--mount", *command]
            done = subprocess.run(
                command,
                env={
                    "PATH": f"{self.folder / 'bin'}:{_PATH}",
                    "FAKE_STATE": str(self.state),
                    "METADATA_SERVER": self.cloud.url,
                    "SECRET_MANAGER": self.cloud.url,
                    "DATA_DISK": str(self.disk.device if self.disk else self.folder / "missing"),
                    "MOUNT_POINT": str(mounted),
                    "RUN_DIRECTORY": str(Path(memory) / "run"),
                    "ATTEMPTS": "3",
                    "PAUSE": "0",
                    "SERIAL_PORT": str(self.state / "serial-port"),
                },
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
        return Boot(done.returncode, done.stderr)

    def beat(self, address: str, port: int) -> str:
        """Lets a minute pass; returns what the machine says on its serial port then.

        Args:
            address: The container's; empty where none runs.
            port: Where the database listens.
        """
        (self.state / "address").write_text(address)
        serial_port = self.state / "serial-port"
        serial_port.write_text("")
        subprocess.run(
            ["bash", str(self.state / "heartbeat"), "neo4j", str(port), str(serial_port)],
            env={"PATH": f"{self.folder / 'bin'}:{_PATH}", "FAKE_STATE": str(self.state)},
            check=False,
            timeout=60,
        )
        return serial_port.read_text()

    def calls(self, tool: str, *first: str) -> list[list[str]]:
        """Returns how a replaced program was called, with these first arguments or any."""
        file = self.state / "calls"
        records = file.read_text().split("\036")[:-1] if file.exists() else []
        calls = [record.split("\0")[:-1] for record in records]
        return [call[1:] for call in calls if call[: len(first) + 1] == [tool, *first]]

    def saw(self, what: str) -> str:
        """Returns what a replaced program kept."""
        return (self.state / what).read_bytes().decode()
