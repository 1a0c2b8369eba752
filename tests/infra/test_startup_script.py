"""The start-up script of a database's machine, run on real disks."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from itertools import pairwise, repeat
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from tempfile import TemporaryDirectory
from threading import Thread

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.infra.machine import (
    EMAIL,
    MIB,
    SECRET,
    TOKEN,
    Boot,
    Cloud,
    Disk,
    Machine,
    disk,
    why_not_mount,
)

IMAGE = "europe-west1-docker.pkg.dev/a-project/docker-hub/library/neo4j@sha256:12"
USER = f"{os.geteuid()}:{os.getegid()}"
SIZE = 16 * MIB


def attributes(**changes: str) -> dict[str, str]:
    named = {f"database-{key.replace('_', '-')}": value for key, value in changes.items()}
    return {
        "database-name": "neo4j",
        "database-image": IMAGE,
        "database-port": "7687",
        "database-user": USER,
        "database-data-path": "/data",
        "database-secret": SECRET,
        "database-secret-path": "/run/secrets/neo4j-auth",
        "database-secret-template": "neo4j/{secret}",
        "database-environment": "A=1\nB=two words",
        "database-check": "cypher-shell",
    } | named


@contextmanager
def made(
    attributes: dict[str, str],
    *,
    mounts: bool,
    has_disk: bool = True,
    secret: str = "correct horse battery staple",
) -> Iterator[Machine]:
    """Yields a machine with a blank disk."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        data = stack.enter_context(disk(folder, SIZE, mounts=mounts)) if has_disk else None
        of = Cloud(attributes, secret)
        stack.enter_context(of.serve())
        yield Machine(folder, of, data)


@pytest.fixture(params=["image file", "loop device"])
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """Yields a machine whose disk is each kind in turn."""
    mounts = request.param == "loop device"
    if mounts and why_not_mount():
        pytest.skip(f"no disk can be mounted here: {why_not_mount()}")
    with made(attributes(), mounts=mounts) as one:
        yield one


@pytest.fixture
def unmounted() -> Iterator[Machine]:
    """Yields a machine for what has nothing to do with its disk."""
    with made(attributes(), mounts=False) as one:
        yield one


def of(machine: Machine) -> Disk:
    assert machine.disk is not None
    return machine.disk


def assert_nothing_started(machine: Machine, boot: Boot) -> str:
    """Returns the only error that was logged."""
    assert boot.status == 1
    assert not machine.calls("docker", "run")
    errors = [line for line in boot.log.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    return errors[0]


def started(machine: Machine) -> list[str]:
    """Returns a line for each start that the database's files tell of."""
    if of(machine).mounts:
        return of(machine).text("/neo4j/store").splitlines()
    return (machine.folder / "mnt" / "neo4j" / "store").read_text().splitlines()


# The data disk


def test_blank_disk_is_formatted_once(machine: Machine) -> None:
    first = machine.boot()
    assert first.status == 0, first.log
    uuid = of(machine).uuid()
    assert uuid

    second = machine.boot()
    assert second.status == 0, second.log
    assert "making a file system" in first.log
    assert "making a file system" not in second.log
    assert of(machine).uuid() == uuid
    assert started(machine) == ["started", "started"]


def test_second_run_of_the_same_boot_finds_the_disk_mounted(machine: Machine) -> None:
    boot = machine.boot(runs=2)
    assert boot.status == 0, boot.log
    assert boot.log.count("making a file system") == 1
    assert started(machine) == ["started", "started"]


def test_disk_with_files_keeps_them(machine: Machine) -> None:
    of(machine).format()
    of(machine).put("precious", "data")
    uuid = of(machine).uuid()
    boot = machine.boot()
    assert boot.status == 0, boot.log
    assert of(machine).uuid() == uuid
    assert of(machine).text("/precious") == "data"


def partition(disk: Disk) -> None:
    """Writes a partition table as PCs have it, with one partition."""
    disk.write(446, bytes([0, 0, 2, 0, 0x83, 0, 0, 0]) + bytes([0, 8, 0, 0, 0, 8, 0, 0]))
    disk.write(510, b"\x55\xaa")
    assert disk.run("blkid", "-p", "-s", "PTTYPE", "-o", "value", str(disk.device)) == "dos\n"


@pytest.mark.parametrize(
    "fill",
    [
        pytest.param(partition, id="partition table"),
        pytest.param(lambda disk: disk.write(0, b"raw"), id="raw bytes at the beginning"),
        pytest.param(lambda disk: disk.write(MIB - 1, b"\1"), id="last byte of the first MiB"),
        pytest.param(lambda disk: disk.write(SIZE - MIB, b"\1"), id="first byte of the last MiB"),
        pytest.param(lambda disk: disk.write(SIZE - 3, b"raw"), id="raw bytes at the end"),
        pytest.param(lambda disk: disk.run("mkswap", str(disk.device)), id="another signature"),
        pytest.param(
            lambda disk: (disk.format(), disk.write(1024, bytes(1024))), id="lost superblock"
        ),
    ],
)
def test_disk_with_anything_else_is_left_as_it_is(
    machine: Machine, fill: Callable[[Disk], object]
) -> None:
    fill(of(machine))
    before = of(machine).read()
    assert before != bytes(SIZE)
    for _ in range(2):
        error = assert_nothing_started(machine, machine.boot())
        assert "is neither blank nor an ext4 file system, and is left as it is" in error
    assert of(machine).read() == before


def test_disk_is_mended_before_it_is_used(machine: Machine) -> None:
    of(machine).format()
    of(machine).put("precious", "data")
    for damage in ("sif precious links_count 5", "ssv state 2"):  # It has one name only.
        of(machine).run("debugfs", "-w", "-R", damage, str(of(machine).device))
    boot = machine.boot()
    assert boot.status == 0, boot.log
    assert "ref count is 5, should be 1.  FIXED." in boot.log
    assert of(machine).text("/precious") == "data"


def test_disk_that_e2fsck_cannot_mend_by_itself_is_not_used(machine: Machine) -> None:
    of(machine).format()
    for damage in ("clri <2>", "ssv state 2"):  # The root folder is gone, and that is known.
        of(machine).run("debugfs", "-w", "-R", damage, str(of(machine).device))
    error = assert_nothing_started(machine, machine.boot())
    assert "has errors that e2fsck does not correct by itself" in error


def test_file_system_grows_with_its_disk(machine: Machine) -> None:
    assert machine.boot().status == 0
    assert of(machine).blocks() == SIZE
    of(machine).grow(2 * SIZE)
    boot = machine.boot()
    assert boot.status == 0, boot.log
    assert of(machine).blocks() == 2 * SIZE
    assert started(machine) == ["started", "started"]


def test_machine_whose_disk_never_appears_starts_nothing() -> None:
    with made(attributes(), mounts=False, has_disk=False) as machine:
        error = assert_nothing_started(machine, machine.boot())
    assert f"the data disk {machine.folder}/missing does not appear" in error


# The secret


@pytest.mark.parametrize(
    ("path", "status", "body", "why"),
    [
        (":access", HTTPStatus.NOT_FOUND, "{}", "status 404"),
        (
            ":access",
            HTTPStatus.FORBIDDEN,
            '{"error": {"code": 403, "message": "Permission denied", "status": "..."}}',
            "status 403 (Permission denied)",
        ),
        (":access", HTTPStatus.OK, "{}", "no value in the answer"),
        (":access", HTTPStatus.OK, '{"data": "abc"}', "a value that is not in base64"),
        ("/token", HTTPStatus.NOT_FOUND, "", "no token from the metadata server, status 404"),
        ("/token", HTTPStatus.OK, "{}", "no token from the metadata server, status 200"),
    ],
)
def test_secret_not_to_be_had_starts_nothing(
    machine: Machine, path: str, status: HTTPStatus, body: str, why: str
) -> None:
    machine.cloud.instead[path] = repeat((status, body))
    error = assert_nothing_started(machine, machine.boot())
    assert f"cannot read the secret {SECRET}: {why}" in error
    assert f"{EMAIL} needs the role roles/secretmanager.secretAccessor on it" in error
    assert of(machine).read() == bytes(SIZE), "the disk waits for the first start, too"


def test_secret_is_named_without_the_identity_where_nobody_tells_it(unmounted: Machine) -> None:
    unmounted.cloud.instead = {
        end: repeat((HTTPStatus.INTERNAL_SERVER_ERROR, "")) for end in (":access", "/email")
    }
    error = assert_nothing_started(unmounted, unmounted.boot())
    assert f"cannot read the secret {SECRET}: status 500. the machine's service account" in error


def test_metadata_server_that_is_down_is_named(unmounted: Machine) -> None:
    unmounted.cloud.url = "http://127.0.0.1:9"
    error = assert_nothing_started(unmounted, unmounted.boot())
    assert "the metadata server does not tell the attribute database-name: no answer" in error


def test_attribute_that_is_missing_is_named(unmounted: Machine) -> None:
    del unmounted.cloud.attributes["database-secret"]
    error = assert_nothing_started(unmounted, unmounted.boot())
    assert "the instance's metadata has no attribute database-secret" in error


@pytest.mark.parametrize("end", ["/database-port", "/token", ":access"])
def test_what_fails_at_first_is_tried_again(unmounted: Machine, end: str) -> None:
    # A new grant is in force after a while; so is a new machine's identity.
    unmounted.cloud.instead[end] = repeat((HTTPStatus.FORBIDDEN, "{}"), 2)
    boot = unmounted.boot()
    assert boot.status == 0, boot.log


def test_running_database_is_left_alone_when_the_secret_is_gone(unmounted: Machine) -> None:
    assert unmounted.boot().status == 0
    before = unmounted.calls("docker")
    unmounted.cloud.instead[":access"] = repeat((HTTPStatus.NOT_FOUND, "{}"))
    assert unmounted.boot().status == 1
    assert unmounted.calls("docker") == before


ODD = "".join(map(chr, range(1, 256))) + "\\u0041 {secret} {secret:yaml} $(id) `id` %s \U0001f511"


def as_yaml(text: str) -> bool:
    """Whether YAML can hold it: no control characters beyond ASCII's (YAML 1.2, c-printable)."""
    return not any("\x80" <= character <= "\x9f" for character in text) and not (
        {"\ufffe", "\uffff", "\ufeff"} & set(text)
    )


@example("&\\&'\"\n")
@example(ODD)
@example("{secret}\n\n")
@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1))
@settings(deadline=None, max_examples=12)
def test_secret_arrives_as_it_is(secret: str) -> None:
    with made(attributes(), mounts=False, secret=secret) as machine:
        boot = machine.boot()
        assert boot.status == 0, boot.log
        assert machine.saw("secret") == f"neo4j/{secret}"


@example("&\\&'\"\n")
@example("".join(map(chr, range(1, 128))) + "\\u0041 {secret} {secret:yaml} $(id) %s \U0001f511")
@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1).filter(as_yaml))
@settings(deadline=None, max_examples=12)
def test_secret_arrives_as_it_is_in_yaml(secret: str) -> None:
    template = "service:\n  api_key: {secret:yaml}\n  tls: false\n"
    changed = attributes(secret_template=template)
    with made(changed, mounts=False, secret=secret) as machine:
        boot = machine.boot()
        assert boot.status == 0, boot.log
        document = yaml.safe_load(machine.saw("secret"))
        assert document == {"service": {"api_key": secret, "tls": False}}


def test_secret_is_for_the_database_alone(unmounted: Machine) -> None:
    boot = unmounted.boot()
    assert unmounted.saw("secret-rights") == f"{USER} 400\n"
    told = [boot.log, unmounted.saw("environment"), *map(str, unmounted.calls("docker"))]
    assert not any(hidden in text for text in told for hidden in (unmounted.cloud.secret, TOKEN))


# The container


def test_container_has_what_it_needs_and_no_rights(unmounted: Machine) -> None:
    boot = unmounted.boot()
    assert boot.status == 0, boot.log
    [run] = unmounted.calls("docker", "run")
    assert run[-1] == IMAGE
    pairs = set(pairwise(run))
    assert {
        ("--name", "neo4j"),
        ("--publish", "7687:7687"),
        ("--user", USER),
        ("--restart", "unless-stopped"),
        ("--pull", "never"),
        ("--cap-drop", "ALL"),
        ("--security-opt", "no-new-privileges"),
        ("--log-driver", "json-file"),
    } <= pairs
    assert "--read-only" not in run
    mounts = [value for option, value in pairs if option == "--mount"]
    assert {mount.split(",target=")[1] for mount in mounts} == {
        "/data",
        "/run/secrets/neo4j-auth,readonly",
    }
    assert unmounted.saw("environment") == "A=1\nB=two words"
    assert unmounted.saw("data-rights") == f"{USER} 700\n"


def test_root_file_system_is_read_only_where_the_database_allows_it() -> None:
    changed = attributes(read_only="true")
    with made(changed, mounts=False) as machine:
        assert machine.boot().status == 0
        [run] = machine.calls("docker", "run")
    assert "--read-only" in run
    assert ("--tmpfs", "/tmp") in pairwise(run)  # noqa: S108 - the container's own


def test_database_without_settings_of_its_own_starts() -> None:
    changed = attributes()
    del changed["database-environment"], changed["database-check"]
    with made(changed, mounts=False) as machine:
        boot = machine.boot()
        assert boot.status == 0, boot.log
        assert machine.saw("environment") == ""
        assert not machine.calls("docker", "exec")


def test_image_is_pulled_once_with_the_machines_token(unmounted: Machine) -> None:
    assert unmounted.boot(runs=2).status == 0
    calls = [call for call in unmounted.calls("docker", "--config") if call[2] in ("login", "pull")]
    [login, pull] = calls
    assert login[2:] == [
        *("login", "--username", "oauth2accesstoken", "--password-stdin"),
        "https://europe-west1-docker.pkg.dev",
    ]
    assert unmounted.saw("login") == f"{TOKEN}\n"
    assert pull[2:] == ["pull", "--quiet", IMAGE]
    assert unmounted.saw("in-memory").split() == ["environment", "heartbeat", "secret"], (
        "the token is gone"
    )


def test_public_image_needs_no_login() -> None:
    changed = attributes(image="mirror.gcr.io/library/neo4j:5")
    with made(changed, mounts=False) as machine:
        assert machine.boot().status == 0
        assert [call[2] for call in machine.calls("docker", "--config")] == ["pull"]


def test_image_that_cannot_be_pulled_starts_nothing(machine: Machine) -> None:
    (machine.state / "broken-registry").touch()
    error = assert_nothing_started(machine, machine.boot())
    assert f"the image {IMAGE} cannot be pulled" in error
    pulls = [call for call in machine.calls("docker", "--config") if call[2] == "pull"]
    assert len(pulls) == 3
    assert of(machine).read() == bytes(SIZE)


def test_container_that_does_not_start_is_an_error(unmounted: Machine) -> None:
    (unmounted.state / "broken-container").touch()
    boot = unmounted.boot()
    assert boot.status == 1
    assert "ERROR: the container neo4j does not start" in boot.log


def test_containers_are_kept_from_the_machines_token(unmounted: Machine) -> None:
    assert unmounted.boot(runs=2).status == 0
    rule = ["DOCKER-USER", "-d", "169.254.169.254", "-p", "tcp", "-j", "REJECT"]
    assert unmounted.calls("iptables", "-w", "-I") == [["-w", "-I", *rule]]


def test_password_that_the_database_does_not_take_is_said(unmounted: Machine) -> None:
    (unmounted.state / "verdict").write_text("The client is unauthorized due to ...\n")
    boot = unmounted.boot()
    assert boot.status == 1
    assert f"neo4j runs, but has another password than {SECRET}" in boot.log
    assert "docs/runbooks/neo4j-password.md" in boot.log
    assert len(unmounted.calls("docker", "exec")) == 1, "each try could lock others out"


def test_database_that_does_not_answer_is_said(unmounted: Machine) -> None:
    (unmounted.state / "verdict").write_text("Picked up\nConnection refused\n")
    boot = unmounted.boot()
    assert boot.status == 1
    assert "neo4j was started, and does not answer: Connection refused" in boot.log
    assert unmounted.calls("docker", "exec") == [["exec", "neo4j", "sh", "-c", "cypher-shell"]] * 3


# The heartbeat


def test_heartbeat_is_begun_anew_at_every_start(unmounted: Machine) -> None:
    assert unmounted.boot(runs=2).status == 0
    assert unmounted.calls("systemctl") == [["stop", "database-heartbeat.timer"]] * 2
    for timer in unmounted.calls("systemd-run"):
        assert {"--unit=database-heartbeat", "--on-calendar=minutely"} <= set(timer)
        assert timer[-3:-1] == ["neo4j", "7687"]


def test_database_with_another_password_has_a_heartbeat(unmounted: Machine) -> None:
    (unmounted.state / "verdict").write_text("The client is unauthorized due to ...\n")
    assert unmounted.boot().status == 1
    assert unmounted.calls("systemd-run")


@contextmanager
def listening(reply: bytes) -> Iterator[int]:
    """Yields the port of a server that says the same to everybody, and hangs up."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1024)
            self.request.sendall(reply)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "reply",
    [b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", b"", b"\x00\x00\x04\x05"],
    ids=["HTTP", "nothing", "Bolt"],
)
def test_heart_beats_while_the_database_answers(unmounted: Machine, reply: bytes) -> None:
    assert unmounted.boot().status == 0
    with listening(reply) as port:
        assert unmounted.beat("127.0.0.1", port) == "database heartbeat: neo4j answers\n"
    assert unmounted.beat("127.0.0.1", port) == "", "nobody listens there any more"
    assert unmounted.beat("", port) == "", "the container does not run"
