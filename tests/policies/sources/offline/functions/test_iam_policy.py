"""The JSON of `getIAMPolicy`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apex_guardrails.sources.offline.functions.asked import Asked
from apex_guardrails.sources.offline.functions.iam_policy import iam_policy


def policy(**arguments: Any) -> str:
    """The policy's text."""
    asked = Asked("gcp:organizations/getIAMPolicy:getIAMPolicy", arguments, {})
    return str(iam_policy(asked)["policyData"])


def test_bindings_of_the_same_role_are_one_and_sorted() -> None:
    assert policy(
        bindings=[
            {"role": "roles/b", "members": ["user:z@x.y", "allUsers"]},
            {"role": "roles/a", "members": ["user:a@x.y"]},
            {"role": "roles/b", "members": ["group:g@x.y", "allUsers"]},
            {
                "role": "roles/b",
                "members": ["user:c@x.y"],
                "condition": {"expression": "true", "title": "t"},
            },
        ]
    ) == (
        '{"bindings":[{"members":["user:a@x.y"],"role":"roles/a"},'
        '{"members":["allUsers","group:g@x.y","user:z@x.y"],"role":"roles/b"},'
        '{"condition":{"expression":"true","title":"t"},"members":["user:c@x.y"],"role":"roles/b"}]}'
    )


def test_what_is_logged_is_in_it() -> None:
    text = policy(
        auditConfigs=[
            {"service": "allServices", "auditLogConfigs": [{"logType": "DATA_READ"}]},
        ]
    )
    assert json.loads(text) == {
        "auditConfigs": [{"auditLogConfigs": [{"logType": "DATA_READ"}], "service": "allServices"}]
    }


@pytest.mark.parametrize("arguments", [{}, {"bindings": None}, {"bindings": [1]}])
def test_nobody_is_an_empty_policy(arguments: dict[str, Any]) -> None:
    assert policy(**arguments) == "{}"
