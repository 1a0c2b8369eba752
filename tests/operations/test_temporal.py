"""Temporal, asked over gRPC: a stand-in answers, and takes nobody without a certificate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import grpc
import pytest

from operations.errors import Exit, OperationError
from operations.release.worker.temporal import Temporal, connected
from operations.release.worker.versions import Status, Versions
from tests.operations.certificates import Certificates, Identity, certificates
from tests.operations.temporal_server import Server, serving


@pytest.fixture(scope="module")
def made() -> Certificates:
    return certificates()


@pytest.fixture
def server(made: Certificates) -> Iterator[Server]:
    with serving(made) as found:
        yield found


@pytest.fixture
def temporal(server: Server, made: Certificates) -> Iterator[Temporal]:
    client = made.client
    with connected(server.queue, client.certificate, client.key, made.roots) as found:
        yield found


def test_before_any_worker_has_polled_there_are_no_builds(temporal: Temporal) -> None:
    assert temporal.versions() == Versions()


def test_a_copys_builds_are_its_own(server: Server, made: Certificates) -> None:
    server.work.instances("a")
    copys, client = replace(server.queue, deployment="blue-apex-worker"), made.client
    with connected(copys, client.certificate, client.key, made.roots) as temporal:
        assert temporal.versions() == Versions()


def test_builds_are_told_apart_by_what_they_still_have(server: Server, temporal: Temporal) -> None:
    work = server.work
    work.instances("a", "b", "c", "d")
    work.make_current("a")
    work.make_current("b")
    work.begin()
    work.make_current("c")

    found = temporal.versions()

    assert found.current == "c"
    assert found.statuses == {
        "a": Status.DRAINED,
        "b": Status.DRAINING,
        "c": Status.ACTIVE,
        "d": Status.UNUSED,
    }
    assert found.polling == {"a", "b", "c", "d"}
    work.instances("c")
    assert temporal.versions().polling == {"c"}
    assert [found.is_idle(build) for build in "abcde"] == [True, False, False, True, True]


def test_new_workflows_begin_where_they_are_told_to(server: Server, temporal: Temporal) -> None:
    server.work.instances("a", "b")
    temporal.make_current("a", temporal.versions())
    old = server.work.begin()
    temporal.make_current("b", temporal.versions())

    assert (old, server.work.begin()) == ("a", "b")
    temporal.make_current("", temporal.versions())
    assert temporal.versions().current is None


def test_a_build_that_nobody_has_polled_for_gets_nothing(
    server: Server, temporal: Temporal
) -> None:
    server.work.instances("a")

    with pytest.raises(
        OperationError, match="not yet: Temporal does not take b: build ID 'b' not"
    ) as error:
        temporal.make_current("b", temporal.versions())

    assert error.value.exit is Exit.NOT_YET
    assert server.work.current == ""


def test_what_somebody_else_has_changed_is_not_changed_again(
    server: Server, temporal: Temporal
) -> None:
    server.work.instances("a", "b")
    seen = temporal.versions()
    server.work.make_current("a")

    with pytest.raises(OperationError, match="conflict token mismatch") as error:
        temporal.make_current("b", seen)

    assert error.value.exit is Exit.NOT_YET
    assert server.work.current == "a"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (grpc.StatusCode.UNAVAILABLE, "cannot be reached"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "did not answer within 30 s"),
        (grpc.StatusCode.UNAUTHENTICATED, "does not take the certificate"),
        (grpc.StatusCode.PERMISSION_DENIED, "denies access to apex-memory"),
        (grpc.StatusCode.UNIMPLEMENTED, "has no worker versioning: 1.29.1 is needed"),
        (grpc.StatusCode.INTERNAL, "answered INTERNAL: it broke"),
    ],
)
def test_what_goes_wrong_is_told(
    server: Server, temporal: Temporal, code: grpc.StatusCode, told: str
) -> None:
    server.failure = code, "it broke"
    for call in (temporal.versions, lambda: temporal.make_current("a", Versions())):
        with pytest.raises(OperationError, match=f"^Temporal at localhost:.*{told}") as error:
            call()
        assert error.value.exit is Exit.NOT_JUDGED


def test_a_namespace_that_is_not_there_is_told(server: Server, made: Certificates) -> None:
    client = made.client
    with (
        connected(
            replace(server.queue, namespace="other"), client.certificate, client.key, made.roots
        ) as temporal,
        pytest.raises(OperationError, match="has no namespace other"),
    ):
        temporal.versions()


def test_nobody_is_let_in_with_another_certificate(server: Server, made: Certificates) -> None:
    other: Identity = certificates().client
    with (
        connected(server.queue, other.certificate, other.key, made.roots) as temporal,
        pytest.raises(OperationError, match="cannot be reached, or does not take the certificate"),
    ):
        temporal.versions()
