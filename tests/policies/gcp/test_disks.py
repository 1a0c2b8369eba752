"""Which disks hold data, and which machines have them."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.gcp.disks import (
    DISKS,
    INSTANCES,
    StatefulLabel,
    given_disks,
    has_disk,
    is_data_disk,
    is_labelled,
)
from apex_guardrails.gcp.types import COMPUTE_ATTACHED_DISK
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack, UndecidedError
from apex_guardrails.provider.schema import tokens

LABEL = StatefulLabel()


def resource(token: str, **inputs: Any) -> Resource:
    return Resource("urn", ResourceType(token), inputs, Stack("s", "p"))


def test_the_provider_has_the_types() -> None:
    assert {*DISKS, *INSTANCES, COMPUTE_ATTACHED_DISK} <= set(tokens())


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ({"stateful": "true"}, True),
        ({"stateful": ""}, True),
        ({"stateful": "False"}, False),
        ({"stateful": "no"}, False),
        ({"stateful": "0"}, False),
        ({"app": "a"}, False),
        (None, False),
    ],
)
def test_a_label(labels: Any, *, says: bool) -> None:
    assert is_labelled(resource(INSTANCES[0], labels=labels), LABEL) is says


def test_a_label_of_another_name() -> None:
    labelled = resource(INSTANCES[0], labels={"holds.data": "yes"})
    assert is_labelled(labelled, StatefulLabel(label="holds.data"))


@pytest.mark.parametrize(
    ("labels", "path"), [(UNKNOWN, "labels"), ({"stateful": UNKNOWN}, "labels.stateful")]
)
def test_a_label_that_is_not_known(labels: Any, path: str) -> None:
    with pytest.raises(UndecidedError) as undecided:
        is_labelled(resource(INSTANCES[0], labels=labels), LABEL)
    assert undecided.value.path == path


def test_a_disk_holds_data_unless_it_starts_as_an_image() -> None:
    assert is_data_disk(resource(DISKS[0], labels=UNKNOWN), LABEL)
    assert not is_data_disk(resource(DISKS[0], image=UNKNOWN), LABEL)
    assert is_data_disk(resource(DISKS[0], image="i", labels={"stateful": "yes"}), LABEL)


@pytest.mark.parametrize(
    ("disks", "has"),
    [
        ([{"source": "data"}], True),
        ([UNKNOWN], True),
        ([{"mode": UNKNOWN}], True),
        ([{"mode": "READ_ONLY"}, {"mode": "READ_WRITE"}], True),
        ([{"mode": "READ_ONLY"}], False),
        ([], False),
        (None, False),
        ("data", False),
    ],
)
def test_a_machine_has_a_disk(disks: Any, *, has: bool) -> None:
    assert has_disk(resource(INSTANCES[0], attachedDisks=disks)) is has


def test_disks_of_a_machine_that_are_not_known() -> None:
    with pytest.raises(UndecidedError):
        has_disk(resource(INSTANCES[0], attachedDisks=UNKNOWN))


def test_a_disk_that_another_resource_attaches() -> None:
    stack = Stack("s", "p")
    attachments = [("one", None), ("zones/z/instances/two", "READ_WRITE"), ("three", "READ_ONLY")]
    for name in ("one", "two", "three", "four"):
        stack.add(Resource(f"urn:{name}", ResourceType(INSTANCES[0]), {"name": name}, stack))
    for name, mode in attachments:
        inputs = {"instance": name, "mode": mode}
        stack.add(Resource(f"urn:disk-{name}", ResourceType(COMPUTE_ATTACHED_DISK), inputs, stack))
    assert given_disks(stack) == {"urn:one", "urn:two"}
