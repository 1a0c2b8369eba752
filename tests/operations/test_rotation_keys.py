"""Values are ones that the program takes, and none is shown."""

from __future__ import annotations

import pytest

from infra.config.secrets import SECRET_KEYS
from infra.config.types import fit_for_cloud_sql, long_enough
from operations.errors import OperationError
from operations.rotation.keys import GENERATED, accepted, generated


@pytest.mark.parametrize("key", GENERATED)
def test_what_is_generated_is_what_every_database_takes(key: str) -> None:
    values = {generated(key).get_secret_value() for _ in range(100)}
    assert len(values) == 100
    for value in values:
        fit_for_cloud_sql(long_enough(value))


@pytest.mark.parametrize("key", sorted(set(SECRET_KEYS) - set(GENERATED)))
def test_what_somebody_else_must_know_is_not_generated(key: str) -> None:
    with pytest.raises(OperationError, match=f"{key}: cannot be generated, but postgres-password"):
        generated(key)


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("jwt-secret-key", "\n", "no value was given"),
        ("postgres-password", "Short-1", "the value has fewer than 16 characters"),
        ("postgres-password", "no-upper-case-0123", "the value has no upper-case letter"),
        ("postgres-password", "My-Apex-0123456789", r"the value has the user's name in it \(apex"),
        ("neo4j-password", "With/A-Slash-0123456789", "the value has a slash in it"),
    ],
)
def test_what_the_program_would_refuse_is_refused_unseen(
    key: str, value: str, problem: str
) -> None:
    with pytest.raises(OperationError, match=f"^{key}: {problem}") as error:
        accepted(key, value)
    assert value not in str(error.value)


def test_line_ends_are_no_part_of_a_value() -> None:
    pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
    assert accepted("temporal-tls-certificate", f"{pem}\r\n\n").get_secret_value() == pem
    assert pem not in repr(accepted("temporal-tls-certificate", pem))
