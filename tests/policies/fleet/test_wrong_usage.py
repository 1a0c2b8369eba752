"""What is wrong with a run as a whole is one clear message, and nothing is judged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from apex_guardrails.fleet.options import shard_of
from apex_guardrails.fleet.places import located
from apex_guardrails.fleet.tables import VERSION
from apex_guardrails.support.errors import UsageError
from tests.policies.fleet.backends import backend, put, rows
from tests.policies.judged import Apex

pytestmark = pytest.mark.usefixtures("unproven")

RUN = ("fleet", "audit", "states", "--results", "out")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("states", "--results", "out"), "states: no state was found"),
        (("nowhere", "--results", "out"), "nowhere: there is no such file or folder"),
        (("ftp://states", "--results", "out"), "ftp://states: expected a folder, or an address"),
        (("s3://key:secret@states", "--results", "out"), "s3://states: credentials belong in"),
        (("s3://states?sig=secret", "--results", "out"), "s3://states: sig is not known there"),
        (("s3://acme-*/", "--results", "out"), "s3://acme-*/: the name of a bucket is no pattern"),
        (("gs://[ab]/x", "--results", "out"), "gs://[ab]/x: the name of a bucket is no pattern"),
        (("gs:///states", "--results", "out"), "expected the name of a bucket"),
        (("states", "--results", "out", "--shard", "3/3"), "--shard: expected a shard"),
        (("states", "--results", "out", "--shard", "one"), "--shard: expected a shard"),
        (("states", "--results", "out", "--date", "today"), "--date: expected a day"),
        (("states", "--results", "out", "--settings", "no.yaml"), "no.yaml: the settings file"),
    ],
)
def test_what_is_asked_wrongly_is_said(
    apex: Apex, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "states").mkdir()
    outcome = apex(tmp_path, "fleet", "audit", *arguments).expect_only(2, said)
    assert "secret" not in outcome.said


def test_tables_of_two_versions_are_not_mixed(apex: Apex, tmp_path: Path) -> None:
    backend(tmp_path / "states", "shop/dev")
    results = tmp_path / "out"
    results.mkdir()
    (results / "apex-fleet.json").write_text(json.dumps({"schema": VERSION + 1}))
    apex(tmp_path, *RUN).expect_only(2, f"schema version {VERSION + 1}", f"version {VERSION}")


def test_one_day_has_one_number_of_shards(apex: Apex, tmp_path: Path) -> None:
    backend(tmp_path / "states", "shop/dev")
    apex.writing(tmp_path, *RUN, "--date", "2026-12-01").expect(1)
    apex(tmp_path, *RUN, "--date", "2026-12-01", "--shard", "0/2").expect_only(
        2, "another number of shards", "stacks/day=2026-12-01", "runs/day=2026-12-01"
    )
    # Without the row of the run the stacks are there all the same.
    (tmp_path / "out/runs/day=2026-12-01/00000-of-00001.parquet").unlink()
    apex(tmp_path, *RUN, "--date", "2026-12-01", "--shard", "0/2").expect_only(
        2, "another number of shards", "remove findings/day=2026-12-01", "stacks/day=2026-12-01"
    )
    apex.writing(tmp_path, *RUN, "--date", "2026-12-02", "--shard", "0/2")
    assert len(rows(tmp_path / "out", "runs")) == 1


def test_a_place_for_results_that_is_no_folder_is_said(apex: Apex, tmp_path: Path) -> None:
    backend(tmp_path / "states", "shop/dev")
    (tmp_path / "out").write_text("no folder")
    apex(tmp_path, *RUN).expect(2, "out/apex-fleet.json: cannot be")


def test_without_the_extra_it_is_said_what_to_install(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "apex_guardrails.fleet.extra.find_spec", lambda name: None if name == "pyarrow" else sys
    )
    apex(tmp_path, *RUN).expect_only(2, "needs pyarrow", "pip install 'apex-guardrails[fleet]'")


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "states", "--results", "out"),
        ("report", "out"),
        ("report", "out", "--sql", "teams"),
        ("export", "out", "--format", "ocsf"),
        ("export", "out", "--format", "oscal", "--output-dir", "oscal"),
        ("export", "out", "--format", "bigquery", "--dataset", "p.d"),
    ],
)
def test_where_the_extra_is_not_installed_each_command_says_so(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """In a process that cannot import what the extra brings."""
    code = (
        "import sys\n"
        "missing = ('distributed', 'duckdb', 'obstore', 'pyarrow')\n"
        "sys.modules.update(dict.fromkeys(missing))\n"
        "from apex_guardrails.cli import main\n"
        "sys.argv[0] = 'apex'\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "fleet", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "pip install 'apex-guardrails[fleet]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("dev.json", b'{"version": 3, "checkpoint": {', "truncated"),
        ("dev.json", b"", "not a state"),
        ("dev.json", b"[]", "not a state"),
        ("dev.json", b"\xff\xfe\x00", "not a state"),
        ("dev.json.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab", "truncated"),
        ("dev.json.gz", b"\x1f\x8bno gzip", "not a state"),
        ("dev.json.zst", b"\x28\xb5\x2f\xfdno zstd", "truncated"),
        ("dev.txt", b"{}", "not a state"),
        ("deeper/dev.json", b"{}", "not a state"),
    ],
)
def test_what_is_no_state_is_an_error_of_its_own(
    apex: Apex, tmp_path: Path, name: str, data: bytes, kind: str
) -> None:
    states = backend(tmp_path / "states", "shop/prod")
    file = put(states, f"shop/{name}", data)
    apex.writing(tmp_path, *RUN).expect(2, "2 states", f"1 {kind}")
    assert rows(tmp_path / "out", "errors", "source, kind, project") == [(str(file), kind, "shop")]
    assert rows(tmp_path / "out", "stacks", "stack") == [("prod",)]


def test_a_task_whose_number_is_odd_is_said() -> None:
    environment = {"CLOUD_RUN_TASK_INDEX": "x", "CLOUD_RUN_TASK_COUNT": "2"}
    with pytest.raises(UsageError, match="CLOUD_RUN_TASK_INDEX/CLOUD_RUN_TASK_COUNT"):
        shard_of("", environment)


@pytest.mark.parametrize(
    ("address", "root", "settings"),
    [
        ("s3://states?region=eu-west-1&endpoint=host", "s3://states", ("region", "endpoint")),
        ("azblob://states?storage_account=acme", "az://states", ("account_name",)),
        ("s3://states?awssdk=v2&profile=x", "s3://states", ()),
        ("gs://states", "gs://states", ()),
    ],
)
def test_pulumis_own_address_of_a_backend_is_known(
    address: str, root: str, settings: tuple[str, ...]
) -> None:
    place, path = located(address)
    assert (place.root, path) == (root, "")
    assert tuple(name for name, _ in place.settings) == settings
    assert place.store() is place.store()
