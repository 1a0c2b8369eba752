"""Qdrant's scripts, run for real against its REST interface and a folder for the bucket."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import infra.databases.qdrant
from tests.infra.qdrant_server import API_KEY, Qdrant

SCRIPTS = Path(infra.databases.qdrant.__file__).parent
COLLECTIONS = {"documents": b"vectors of documents", "entities": b"vectors of entities", "new": b""}
VARIABLES = sorted(
    {
        name
        for script in ("start.sh", "snapshots.sh")
        for name in re.findall(r"\$\{?([A-Z_]+)", (SCRIPTS / script).read_text("utf-8"))
    }
)
ODD = [
    "two words",
    " space around ",
    "-f",
    "--force-snapshot",
    ".hidden",
    "a.b.snapshot",
    "50%25",
    "it's",
    "a;b,c=d&e",
    "$(HOME) `id` $HOME",
    "#hash+1",
    "[a-z]{1,2}~!",
    "ünïcödé 向量",
    "name",
]


def run(
    command: str, bucket: Path, told: Mapping[str, str], **changes: str
) -> subprocess.CompletedProcess[str]:
    """Runs snapshots.sh as its job does."""
    script = (SCRIPTS / "snapshots.sh").read_text("utf-8")
    return subprocess.run(
        ["sh", "-c", script, "snapshots.sh", command],
        env={
            "PATH": os.environ["PATH"],
            "SNAPSHOTS_PATH": str(bucket),
            "SNAPSHOTS_RETENTION": "7",
            "SNAPSHOTS_PATH_IN_QDRANT": "",
            **told,
            **changes,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def make(qdrant: Qdrant, bucket: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    return run("make", bucket, qdrant.environment, **changes)


def restore(qdrant: Qdrant, bucket: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    return run("restore", bucket, qdrant.environment, **changes)


def start(bucket: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs start.sh as the container does, where Qdrant is one that prints its arguments."""
    program = folder / "qdrant"
    program.write_text(f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n")
    program.chmod(0o755)
    return subprocess.run(
        ["sh", "-c", (SCRIPTS / "start.sh").read_text("utf-8")],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "SNAPSHOTS_PATH": str(bucket)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def restarted(bucket: Path, folder: Path) -> Qdrant:
    """Returns the Qdrant that start.sh starts, on an empty disk.

    Its arguments are read as Qdrant 1.17 reads them (src/snapshots.rs): one colon, between the path
    and the collection, which is not there yet.
    """
    started = start(bucket, folder)
    assert started.returncode == 0, started.stderr
    arguments = json.loads(started.stdout.splitlines()[-1])
    collections: dict[str, bytes] = {}
    for flag, snapshot in zip(arguments[::2], arguments[1::2], strict=True):
        assert flag == "--snapshot"
        path, name = snapshot.split(":")
        assert name not in collections
        collections[name] = Path(path).read_bytes()
    return Qdrant(collections)


def sets(bucket: Path) -> list[str]:
    """Returns the names of the complete sets."""
    return sorted(path.parent.name for path in bucket.glob("*/SHA256SUMS"))


def put(bucket: Path, name: str, collections: Mapping[str, bytes]) -> None:
    """Puts a complete set into the bucket."""
    folder = bucket / name
    folder.mkdir()
    lines = []
    for collection, content in collections.items():
        (folder / f"{collection}.snapshot").write_bytes(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {collection}.snapshot\n")
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


def days_ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y%m%d%H%M%S")


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    folder = tmp_path / "bucket"
    folder.mkdir()
    return folder


@pytest.fixture
def container(tmp_path: Path) -> Path:
    folder = tmp_path / "container"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("cloud_run", [True, False])
def test_after_a_restart_everything_is_as_in_the_snapshot(
    bucket: Path, container: Path, cloud_run: bool
) -> None:
    with Qdrant(dict(COLLECTIONS), cloud_run=cloud_run) as qdrant:
        made = make(qdrant, bucket)
        assert made.returncode == 0, made.stderr
    assert restarted(bucket, container).collections == COLLECTIONS
    assert re.search(r"qdrant snapshots: \d{14}: complete", made.stderr)


@pytest.mark.parametrize("cloud_run", [True, False])
def test_names_may_be_odd(bucket: Path, container: Path, cloud_run: bool) -> None:
    collections = {name: name.encode() for name in ODD}
    in_qdrant = {"SNAPSHOTS_PATH_IN_QDRANT": str(bucket) if cloud_run else ""}
    with Qdrant(dict(collections), cloud_run=cloud_run) as qdrant:
        made = make(qdrant, bucket)
        assert made.returncode == 0, made.stderr
        qdrant.collections.clear()
        restored = restore(qdrant, bucket, **in_qdrant)
        assert restored.returncode == 0, restored.stderr
        assert qdrant.collections == collections
    assert restarted(bucket, container).collections == collections


@settings(max_examples=15, deadline=None)
@given(
    st.dictionaries(
        # What Qdrant refuses in a name (lib/common/common/src/validation.rs), and what it would
        # have to escape in JSON.
        st.text(
            st.characters(codec="utf-8", exclude_characters='<>:"/\\|?*\x7f', min_codepoint=32),
            min_size=1,
            max_size=20,
        ).filter(lambda name: name.strip(".") != ""),
        st.binary(max_size=50),
        min_size=1,
        max_size=3,
    )
)
def test_names_and_data_may_be_any(collections: dict[str, bytes]) -> None:
    with TemporaryDirectory() as folder, Qdrant(dict(collections)) as qdrant:
        (bucket := Path(folder) / "bucket").mkdir()
        made = make(qdrant, bucket)
        assert made.returncode == 0, made.stderr
        assert restarted(bucket, Path(folder)).collections == collections


def test_collection_may_be_larger_than_what_cloud_run_passes_on(bucket: Path) -> None:
    large = os.urandom(1024) * 40 * 1024
    with Qdrant({"large": large}, cloud_run=True) as qdrant:
        made = make(qdrant, bucket)
        assert made.returncode == 0, made.stderr
        qdrant.collections["large"] = b"changed"
        restored = restore(qdrant, bucket, SNAPSHOTS_PATH_IN_QDRANT=str(bucket))
        assert restored.returncode == 0, restored.stderr
        assert qdrant.collections["large"] == large


def test_qdrant_keeps_no_snapshot_itself(bucket: Path) -> None:
    old = "documents-left by a job that was stopped.snapshot"
    with Qdrant(dict(COLLECTIONS), snapshots={"documents": {old: b"old"}}) as qdrant:
        assert make(qdrant, bucket).returncode == 0
        assert not any(qdrant.snapshots.values())
    # Its memory may not have room for both.
    deleted = qdrant.asked.index(f"DELETE /collections/documents/snapshots/{old}")
    assert deleted < qdrant.asked.index("POST /collections/documents/snapshots")


def test_set_lists_its_checksums(bucket: Path) -> None:
    with Qdrant(dict(COLLECTIONS)) as qdrant:
        assert make(qdrant, bucket).returncode == 0
    [name] = sets(bucket)
    subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=bucket / name, check=True)
    assert {path.name for path in (bucket / name).iterdir()} == {
        "SHA256SUMS",
        *(f"{collection}.snapshot" for collection in COLLECTIONS),
    }


def test_nothing_to_snapshot_is_said_and_leaves_nothing(bucket: Path) -> None:
    with Qdrant({}) as qdrant:
        made = make(qdrant, bucket)
    assert made.returncode == 0
    assert "there is nothing to make a snapshot of" in made.stderr
    assert list(bucket.iterdir()) == []


def test_empty_qdrant_is_no_successor_of_a_full_one(bucket: Path) -> None:
    put(bucket, days_ago(99), COLLECTIONS)
    [kept] = sets(bucket)
    with Qdrant({}) as qdrant:
        made = make(qdrant, bucket)
    assert made.returncode == 1
    assert f"ERROR: Qdrant is empty, and {kept} is not" in made.stderr
    assert sets(bucket) == [kept]


def test_qdrant_that_is_down_fails_the_job(bucket: Path) -> None:
    with Qdrant({}) as qdrant:
        told = qdrant.environment
    made = run("make", bucket, told)
    assert made.returncode == 1
    assert "ERROR: Qdrant does not do GET /collections" in made.stderr
    assert list(bucket.iterdir()) == []


def test_wrong_key_fails_the_job_and_is_not_shown(bucket: Path) -> None:
    with Qdrant(dict(COLLECTIONS)) as qdrant:
        made = make(qdrant, bucket, QDRANT_API_KEY="another-key")
    assert made.returncode == 1
    assert "Invalid API key or JWT" in made.stderr
    assert "another-key" not in made.stderr + made.stdout


# curl's image: who it runs as (`curl_user`), in its working directory.
_JOBS_USER = (100, 101)


@contextmanager
def _mounted(uid: int, gid: int) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yields a bucket as Cloud Storage FUSE mounts it (0755), and how the job's user is run.

    Who is not root cannot be somebody else: then the tests' own user stands for the job's, with
    what the mount lets that one do.
    """
    with TemporaryDirectory(dir="/tmp") as folder:  # Every user can pass.
        Path(folder).chmod(0o755)
        (bucket := Path(folder) / "bucket").mkdir()
        if os.geteuid() == 0:
            os.chown(bucket, uid, gid)
            bucket.chmod(0o755)
            yield bucket, {"user": _JOBS_USER[0], "group": _JOBS_USER[1], "extra_groups": ()}
        else:
            bucket.chmod(0o755 if uid == _JOBS_USER[0] else 0o555)
            yield bucket, {}


def _make_as_its_user(qdrant: Qdrant, uid: int, gid: int) -> tuple[int, str, list[str]]:
    with _mounted(uid, gid) as (bucket, user):
        made = subprocess.run(
            ["sh", "-c", (SCRIPTS / "snapshots.sh").read_text("utf-8"), "snapshots.sh", "make"],
            cwd="/",
            env={
                "PATH": os.environ["PATH"],
                "SNAPSHOTS_PATH": str(bucket),
                "SNAPSHOTS_RETENTION": "7",
                **qdrant.environment,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **user,
        )
        return made.returncode, made.stderr, sets(bucket)


def test_jobs_user_writes_to_the_bucket_that_is_its_own() -> None:
    with Qdrant(dict(COLLECTIONS)) as qdrant:
        code, said, made = _make_as_its_user(qdrant, *_JOBS_USER)
    assert code == 0, said
    assert len(made) == 1


def test_jobs_user_cannot_write_to_roots_bucket_and_says_so() -> None:
    with Qdrant(dict(COLLECTIONS)) as qdrant:
        code, said, made = _make_as_its_user(qdrant, 0, 0)
    assert code == 1
    assert re.search(r"ERROR: the user \d+:\d+ cannot write to \S+\n", said)
    assert made == []


def test_identity_that_cannot_be_had_fails_the_job(bucket: Path) -> None:
    with Qdrant(dict(COLLECTIONS), cloud_run=True) as qdrant:
        made = make(qdrant, bucket, GCE_METADATA_HOST="127.0.0.1:9")
    assert made.returncode == 1
    assert "ERROR: there is no identity to be had" in made.stderr
    assert qdrant.asked == []


def test_another_services_identity_does_not_do(bucket: Path) -> None:
    with Qdrant(dict(COLLECTIONS), cloud_run=True) as qdrant:
        made = make(qdrant, bucket, QDRANT_AUDIENCE="https://api.example")
    assert made.returncode == 1
    assert "Forbidden" in made.stderr


@pytest.mark.parametrize(
    ("fault", "why"), [("cut", "did not come"), ("changed", "has the checksum")]
)
def test_broken_download_leaves_the_set_before_the_newest(
    bucket: Path, container: Path, fault: Literal["cut", "changed"], why: str
) -> None:
    put(bucket, days_ago(1), COLLECTIONS)
    before = sets(bucket)
    collections = {**COLLECTIONS, "documents": b"newer", "entities": b"newer and broken"}
    with Qdrant(collections, broken="entities", fault=fault) as qdrant:
        made = make(qdrant, bucket)
        assert made.returncode == 1
        assert f"ERROR: the snapshot of entities {why}" in made.stderr
        assert sets(bucket) == before
        assert restarted(bucket, container).collections == COLLECTIONS
        # The next run does away with what this one left.
        qdrant.broken = ""
        [left] = [folder for folder in bucket.iterdir() if folder.name not in before]
        left.rename(bucket / days_ago(0.5))
        assert make(qdrant, bucket).returncode == 0
        assert len(list(bucket.iterdir())) == len(sets(bucket)) == 2
    assert restarted(bucket, container).collections == collections


def test_download_of_another_size_is_refused(bucket: Path) -> None:
    """As when the checksum is not known, and what comes is not what was announced."""
    with Qdrant({"a": b"12345678"}, checksums=False, broken="a", fault="longer") as qdrant:
        made = make(qdrant, bucket)
    assert made.returncode == 1
    assert "ERROR: the snapshot of a has 9 bytes, not 8" in made.stderr


def test_checksum_that_qdrant_has_lost_is_not_needed(bucket: Path, container: Path) -> None:
    with Qdrant(dict(COLLECTIONS), checksums=False) as qdrant:
        assert make(qdrant, bucket).returncode == 0
    assert restarted(bucket, container).collections == COLLECTIONS


def test_old_name_that_has_to_be_escaped_fails_the_job(bucket: Path) -> None:
    with Qdrant({'a"b': b"1"}) as qdrant:
        made = make(qdrant, bucket)
    assert made.returncode == 1
    assert "a name has a character that cannot be kept" in made.stderr


def test_aliases_are_not_kept_and_it_is_said(bucket: Path) -> None:
    with Qdrant(dict(COLLECTIONS), aliases={"current": "documents"}) as qdrant:
        assert "WARNING: aliases are not in a snapshot" in make(qdrant, bucket).stderr
        qdrant.aliases = {}
        assert "WARNING" not in make(qdrant, bucket).stderr


def test_old_sets_go_and_foreign_folders_stay(bucket: Path) -> None:
    recent = days_ago(6)
    for name in (days_ago(30), days_ago(8), recent):
        put(bucket, name, COLLECTIONS)
    (bucket / days_ago(1)).mkdir()
    (bucket / "notes").mkdir()
    with Qdrant(dict(COLLECTIONS)) as qdrant:
        made = make(qdrant, bucket)
    assert made.returncode == 0, made.stderr
    kept = sets(bucket)
    assert len(kept) == 2
    assert recent in kept
    assert {path.name for path in bucket.iterdir()} == {*kept, "notes"}


def test_collection_that_is_gone_does_not_come_back(bucket: Path, container: Path) -> None:
    put(bucket, days_ago(1), COLLECTIONS)
    with Qdrant({"documents": b"vectors"}) as qdrant:
        assert make(qdrant, bucket).returncode == 0
    assert restarted(bucket, container).collections == {"documents": b"vectors"}


@pytest.mark.parametrize("cloud_run", [True, False])
@pytest.mark.parametrize(("chosen", "content"), [("", b"newest"), ("20261101000000", b"older")])
def test_restore_takes_the_chosen_set_or_the_newest(
    bucket: Path, chosen: str, content: bytes, cloud_run: bool
) -> None:
    put(bucket, "20261101000000", {"documents": b"older"})
    put(bucket, "20261102000000", {"documents": b"newest"})
    (bucket / "20261103000000").mkdir()
    in_qdrant = {"SNAPSHOTS_PATH_IN_QDRANT": str(bucket) if cloud_run else ""}
    with Qdrant({"documents": b"wrong", "other": b"stays"}, cloud_run=cloud_run) as qdrant:
        restored = restore(qdrant, bucket, SNAPSHOTS=chosen, **in_qdrant)
        assert restored.returncode == 0, restored.stderr
        assert qdrant.collections == {"documents": content, "other": b"stays"}


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ("", "the bucket has no complete snapshots\n"),
        ("20261103000000", "the bucket has no complete snapshots of the name 20261103000000"),
    ],
)
def test_restore_wants_a_complete_set(bucket: Path, chosen: str, why: str) -> None:
    (bucket / "20261103000000").mkdir()
    with Qdrant(dict(COLLECTIONS)) as qdrant:
        restored = restore(qdrant, bucket, SNAPSHOTS=chosen)
    assert restored.returncode == 1
    assert f"ERROR: {why}" in restored.stderr
    assert qdrant.collections == COLLECTIONS


@pytest.mark.parametrize("in_qdrant", [True, False])
def test_snapshot_that_has_changed_in_the_bucket_is_refused(bucket: Path, in_qdrant: bool) -> None:
    put(bucket, "20261101000000", {"documents": b"vectors"})
    (bucket / "20261101000000" / "documents.snapshot").write_bytes(b"vectorz")
    with Qdrant({"documents": b"as it is"}) as qdrant:
        restored = restore(qdrant, bucket, SNAPSHOTS_PATH_IN_QDRANT=str(bucket) * in_qdrant)
    assert restored.returncode == 1
    assert "Snapshot checksum mismatch" in restored.stderr
    assert qdrant.collections == {"documents": b"as it is"}


def test_bucket_that_is_not_there_is_no_empty_bucket(tmp_path: Path, container: Path) -> None:
    with Qdrant(dict(COLLECTIONS)) as qdrant:
        results = [
            make(qdrant, tmp_path / "none"),
            restore(qdrant, tmp_path / "none"),
            start(tmp_path / "none", container),
        ]
    for result in results:
        assert result.returncode == 1
        assert f"ERROR: the bucket is not at {tmp_path / 'none'}" in result.stderr
        assert result.stdout == ""


def test_qdrant_starts_empty_without_snapshots_and_says_so(bucket: Path, container: Path) -> None:
    (bucket / "20261103000000").mkdir()
    (bucket / "20261103000000" / "documents.snapshot").write_bytes(b"half of i")
    started = start(bucket, container)
    assert started.stdout.splitlines() == [
        "qdrant start: the bucket has no complete snapshots: starts empty",
        "[]",
    ]


def test_qdrant_gets_the_containers_signals_and_gives_its_exit_code(
    bucket: Path, container: Path
) -> None:
    (container / "qdrant").write_text("#!/bin/sh\nkill -TERM $$\nsleep 60\n")
    (container / "qdrant").chmod(0o755)
    script = (SCRIPTS / "start.sh").read_text("utf-8")
    for snapshots in ({}, COLLECTIONS):
        if snapshots:
            put(bucket, "20261101000000", snapshots)
        ended = subprocess.run(
            ["sh", "-c", script],
            cwd=container,
            env={"PATH": os.environ["PATH"], "SNAPSHOTS_PATH": str(bucket)},
            capture_output=True,
            timeout=60,
            check=False,
        )
        # Of a shell in between, it would be 143.
        assert ended.returncode == -15


def test_unknown_command_is_refused(bucket: Path) -> None:
    with Qdrant({}) as qdrant:
        refused = run("delete", bucket, qdrant.environment)
    assert refused.returncode == 1
    assert "ERROR: cannot delete" in refused.stderr
    assert qdrant.asked == []


def test_key_is_on_no_command_line(bucket: Path, tmp_path: Path) -> None:
    said = tmp_path / "said"
    curl = tmp_path / "curl"
    curl.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>{said}\nPATH=${{PATH#*:}} exec curl "$@"\n')
    curl.chmod(0o755)
    with Qdrant(dict(COLLECTIONS), cloud_run=True) as qdrant:
        made = make(qdrant, bucket, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert made.returncode == 0, made.stderr
    assert "/collections" in said.read_text("utf-8")
    assert API_KEY not in said.read_text("utf-8")
    assert "Bearer" not in said.read_text("utf-8")


def _expanded(text: str, environment: Mapping[str, str]) -> str:
    """Returns a container's argument as Kubernetes expands it: $(NAME), and $$ for one $."""

    def value(found: re.Match[str]) -> str:
        return "$" if found[0] == "$$" else environment.get(found[1], found[0])

    return re.sub(r"\$\$|\$\(([^)]*)\)", value, text)


@pytest.mark.parametrize("script", ["start.sh", "snapshots.sh"])
def test_script_is_the_same_when_variables_in_arguments_are_expanded(script: str) -> None:
    text = (SCRIPTS / script).read_text("utf-8")
    environment = dict.fromkeys([*VARIABLES, "PATH", "HOME", "HOSTNAME", "PORT"], "expanded")
    assert _expanded("$(HOME) $$", environment) == "expanded $"
    assert _expanded(text, environment) == text
