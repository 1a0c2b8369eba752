"""Passwords in addresses are not shown."""

from __future__ import annotations

import pytest

from apex_guardrails.model.credentials.addresses import without_passwords


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("to postgres://app:hunter2@db/shop", "to postgres://app:[secret]@db/shop"),
        ("app:hunter2@tcp(db:3306)/shop", "app:[secret]@tcp(db:3306)/shop"),
        ("jdbc:oracle:thin:app/hunter2@db", "jdbc:oracle:thin:app/[secret]@db"),
        (
            "next=postgres%3A%2F%2Fapp%3Ahunter2%40db%2Fshop",
            "next=postgres%3A%2F%2Fapp%3A[secret]%40db%2Fshop",
        ),
        (
            "next=postgres%253a%252f%252fapp%253ahunter2%2540db",
            "next=postgres%253a%252f%252fapp%253a[secret]%2540db",
        ),
    ],
)
def test_a_password_is_masked_in_every_form_of_an_address(text: str, shown: str) -> None:
    assert without_passwords(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "postgres://app:${PASSWORD}@db/shop",
        "app:%s@tcp(db:3306)/shop",
        "https%3A%2F%2Fexample.com%3A8080%2Fa",
        "https://example.com/a:b@c",
    ],
)
def test_what_holds_none_is_left_as_it_is(text: str) -> None:
    assert without_passwords(text) == text
