"""What a machine's metadata says."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.gcp.machines import MACHINES, metadata_flag, read_scripts
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack, UndecidedError
from apex_guardrails.provider.schema import tokens


def machine(**inputs: Any) -> Resource:
    return Resource("urn", ResourceType(MACHINES[0]), inputs, Stack("s", "p"))


def test_the_provider_has_the_types() -> None:
    assert set(MACHINES) <= set(tokens())


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("TRUE", True),
        ("true", True),
        (True, True),
        ("Y", True),
        ("yes", True),
        ("1", True),
        (" Yes ", True),
        ("FALSE", False),
        (False, False),
        ("0", False),
        ("on", False),
        ("", None),
        (None, None),
    ],
)
def test_a_flag(value: Any, *, meant: bool | None) -> None:
    assert metadata_flag(machine(metadata={"enable-oslogin": value}), "enable-oslogin") is meant


def test_a_flag_of_a_machine_without_metadata() -> None:
    assert metadata_flag(machine(), "enable-oslogin") is None


@pytest.mark.parametrize("metadata", [UNKNOWN, {"enable-oslogin": UNKNOWN}])
def test_a_flag_that_is_not_known(metadata: Any) -> None:
    with pytest.raises(UndecidedError):
        metadata_flag(machine(metadata=metadata), "enable-oslogin")


def test_scripts() -> None:
    found = read_scripts(
        machine(metadataStartupScript="a", metadata={"user-data": "b", "other": "c"})
    )
    assert [(view.path, view.get("")) for view in found if view.is_set("")] == [
        ("metadataStartupScript", "a"),
        ('metadata["user-data"]', "b"),
    ]


def test_a_script_that_is_not_known() -> None:
    [script] = [
        view
        for view in read_scripts(machine(metadata={"startup-script": UNKNOWN}))
        if view.is_set("")
    ]
    with pytest.raises(UndecidedError) as undecided:
        script.get("")
    assert undecided.value.path == 'metadata["startup-script"]'
