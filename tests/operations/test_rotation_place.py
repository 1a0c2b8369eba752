"""Where a rotation is, is read from the state and the stack's file."""

from __future__ import annotations

from typing import Any

import pytest

from infra.rotation import Rotation
from operations.rotation.place import Place, read_places

TYPE = "gcp:secretmanager/secretVersion:SecretVersion"
JWT = "jwt-secret-key"


def version(name: str, told: Any, *, delete: bool = False) -> dict[str, Any]:
    urn = f"urn:pulumi:dev::apex::apex:secrets:SecretStore${TYPE}::{name}"
    return {
        "type": TYPE,
        "urn": urn,
        "inputs": {"secretDataWoVersion": told},
        "delete": delete,
    }


@pytest.mark.parametrize(
    "told",
    [
        {"plaintext": '"211106232532992"'},
        {"plaintext": "211106232532992"},
        {
            "4dabf18193072939515e22adb298388d": "1b47061264138c4a",
            "plaintext": "2.11106232532992e14",
        },
        "211106232532992",
    ],
)
def test_a_fingerprint_is_read_however_the_state_has_it(told: Any) -> None:
    [place] = read_places([version(JWT, told)], {}, [JWT]).values()
    assert place == Place(Rotation(), {0: "211106232532992"})


def test_versions_are_told_apart_by_their_names() -> None:
    resources = [
        version(f"{JWT}-2", "2"),
        version(f"{JWT}-3", "3"),
        version(f"{JWT}-1", "1", delete=True),  # replaced, and not gone yet
        version(f"other-{JWT}", "4"),
        version(f"{JWT}-old", "5"),
        {"type": "gcp:secretmanager/secret:Secret", "urn": f"urn::{JWT}"},
    ]
    file = {JWT: Rotation(3, is_under_way=True)}
    [place] = read_places(resources, file, [JWT]).values()
    assert place == Place(file[JWT], {2: "2", 3: "3"})
    assert place.is_deployed


@pytest.mark.parametrize(
    ("file", "deployed", "under_way", "fits", "taken_back"),
    [
        (Rotation(2), {2}, False, True, False),
        (Rotation(3, is_under_way=True), {2}, True, True, False),
        (Rotation(3, is_under_way=True), {2, 3}, True, True, False),
        (Rotation(3), {2, 3}, True, True, False),
        (Rotation(2), {2, 3}, True, False, True),
        (Rotation(2), {3}, False, False, True),
        (Rotation(3), {2}, False, False, False),
        (Rotation(5, is_under_way=True), {2}, True, False, False),
    ],
)
def test_the_file_is_one_step_ahead_at_most(
    file: Rotation, deployed: set[int], *, under_way: bool, fits: bool, taken_back: bool
) -> None:
    place = Place(file, dict.fromkeys(deployed, "1"))
    assert (place.is_under_way, place.fits, place.is_taken_back) == (under_way, fits, taken_back)
