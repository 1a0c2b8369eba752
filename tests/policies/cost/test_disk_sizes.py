"""A disk, an image and a snapshot are as large as they say, or as what they are made from."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.model import case
from tests.policies.cost.stacks import cost_of, dollars, one, same

DISK = "gcp:compute/disk:Disk"
IMAGE = "gcp:compute/image:Image"
SNAPSHOT = "gcp:compute/snapshot:Snapshot"
ZONE: dict[str, Any] = {"zone": "us-central1-a"}


def test_a_disk_is_as_large_as_what_it_is_made_from() -> None:
    cost = cost_of(
        case.resource(DISK, "a", size=20, **ZONE),
        case.resource(SNAPSHOT, "b", sourceDisk=case.output_of("a"), **ZONE),
        case.resource(IMAGE, "c", sourceSnapshot=case.output_of("b"), region="us-central1"),
        case.resource(DISK, "d", image=case.output_of("c"), **ZONE),
    )

    # 20 GiB * 0.04, and an image of 20 GiB * 0.05
    found = {item.name: dollars(item) for item in cost.estimates}
    assert (found["a"], found["c"], found["d"]) == (same("0.80"), same("1.00"), same("0.80"))


def test_a_copy_that_follows_a_disk_is_as_large_as_it() -> None:
    cost = cost_of(
        case.resource(DISK, "a", size=20, **ZONE),
        case.resource(DISK, "b", asyncPrimaryDisk={"disk": case.output_of("a")}, **ZONE),
    )

    assert [dollars(item) for item in cost.estimates] == [same("0.80")] * 2


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"image": "debian-cloud/debian-12"}, "it has the size of its source"),
        ({"snapshot": "elsewhere"}, "it has the size of its source"),
        ({"asyncPrimaryDisk": {"disk": "elsewhere"}}, "it has the size of its source"),
        ({"sourceStorageObject": "gs://b/d.tar.gz"}, "it has the size of its source"),
        ({"type": "hyperdisk-ml"}, "it has no size, and what its type has by default"),
    ],
)
def test_what_nothing_here_knows_is_unpriced(inputs: dict[str, Any], reason: str) -> None:
    assert one(DISK, {**ZONE, **inputs}).unpriced[0].startswith(reason)


def test_a_type_that_nobody_knows_is_unpriced_also_with_a_size() -> None:
    found = one(DISK, {**ZONE, "type": "hyperdisk-ml", "size": 20})

    assert found.unpriced == ("there is no price for disks of the type hyperdisk-ml",)


def test_a_circle_of_sources_has_no_size() -> None:
    cost = cost_of(
        case.resource(DISK, "a", snapshot=case.output_of("b"), **ZONE),
        case.resource(SNAPSHOT, "b", sourceDisk=case.output_of("a"), **ZONE),
    )

    assert "size of its source" in str(cost.unpriced[0].unpriced)
