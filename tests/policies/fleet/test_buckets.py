"""`apex fleet audit` on buckets: what is read and written there, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from apex_guardrails.fleet.places import _store
from tests.policies.fleet.backends import bytes_of, rows, zipped
from tests.policies.fleet.bucket_server import Bucket, served
from tests.policies.judged import Apex

pytestmark = pytest.mark.usefixtures("unproven")

STATES = "s3://states/team"
RESULTS = "s3://results/apex"
RUN = ("fleet", "audit", STATES, "--results", RESULTS)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with served() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        server.make("states", "results")
        # What reads a bucket has found its server once.
        _store.cache_clear()
        yield server
        _store.cache_clear()


def put(name: str, data: bytes) -> None:
    store = S3Store.from_url("s3://states/team")
    obstore.put(store, f".pulumi/stacks/{name}", data)


def tables(folder: Path) -> Path:
    """What is in the bucket of results, as files."""
    store = S3Store.from_url(RESULTS)
    for chunk in obstore.list(store):
        for item in chunk:
            file = folder / item["path"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(bytes(obstore.get(store, item["path"]).bytes()))
    return folder


def test_states_and_results_are_in_buckets(apex: Apex, tmp_path: Path, bucket: Bucket) -> None:
    put("shop/dev.json", bytes_of("shop", "dev"))
    put("shop/prod.json.gz", zipped(bytes_of("shop", "prod")))
    apex(tmp_path, *RUN).expect(1, "2 states: 0 in order", "the tables are in s3://results/apex")
    found = tables(tmp_path / "out")
    assert rows(found, "stacks", "backend, project, stack", "ORDER BY ALL") == [
        ("s3://states/team", "shop", "dev"),
        ("s3://states/team", "shop", "prod"),
    ]
    assert not (found / "_work").exists()
    assert bucket.asked


def test_a_bucket_that_is_too_busy_is_asked_again(
    apex: Apex, tmp_path: Path, bucket: Bucket
) -> None:
    put("shop/dev.json", bytes_of("shop", "dev"))
    bucket.faults["shop/dev.json"] = [503, 429, 503, 200]
    apex(tmp_path, *RUN).expect(1, "1 state: 0 in order, 1 not in order, 0 not judged")
    assert bucket.asked["/states/team/.pulumi/stacks/shop/dev.json"] == 4


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        (503, "throttled", "cannot be read"),
        (404, "vanished", "was gone when it was read"),
        (403, "denied", "may not be read"),
    ],
)
def test_what_cannot_be_read_is_an_error_of_that_stack_alone(  # noqa: PLR0913, PLR0917
    apex: Apex, tmp_path: Path, bucket: Bucket, code: int, kind: str, said: str
) -> None:
    put("shop/dev.json", bytes_of("shop", "dev"))
    put("shop/prod.json", bytes_of("shop", "prod"))
    bucket.faults["shop/dev.json"] = [code]
    apex(tmp_path, *RUN, "--patience", "1").expect(2, "2 states", "1 not judged", f"1 {kind}")
    found = tables(tmp_path / "out")
    ((source, what, message, attempts),) = rows(found, "errors", "source, kind, message, attempts")
    assert (source, what) == ("s3://states/team/.pulumi/stacks/shop/dev.json", kind)
    assert said in message
    assert "clearly-fake" not in message
    assert attempts == bucket.asked["/states/team/.pulumi/stacks/shop/dev.json"]
    assert rows(found, "stacks", "stack") == [("prod",)]


def test_a_bucket_that_is_not_there_is_one_clear_message(
    apex: Apex, tmp_path: Path, bucket: Bucket
) -> None:
    outcome = apex(tmp_path, "fleet", "audit", "s3://nowhere", "--results", RESULTS)
    outcome.expect(2, "s3://nowhere", "cannot be listed")
    assert len(outcome.err.splitlines()) <= 3
    assert bucket.port


def test_results_that_cannot_be_written_are_one_clear_message(
    apex: Apex, tmp_path: Path, bucket: Bucket
) -> None:
    put("shop/dev.json", bytes_of("shop", "dev"))
    outcome = apex(tmp_path, "fleet", "audit", STATES, "--results", "s3://nowhere/apex")
    outcome.expect(2, "s3://nowhere/apex", "cannot be")
    assert bucket.port
