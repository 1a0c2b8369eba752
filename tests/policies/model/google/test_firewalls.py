"""Whom firewall rules admit, and to what."""

from __future__ import annotations

from typing import Any

import pytest

from policies.model import UNKNOWN, Resource, ResourceType, Stack, UndecidedError
from policies.model.google.firewalls import (
    FIREWALL,
    NUMBERS,
    has_targets,
    is_all,
    is_egress,
    is_ingress,
    open_to_world,
    opens_all,
    protocol,
    shown,
)
from policies.provider.schema import tokens


def firewall(**inputs: Any) -> Resource:
    return Resource("urn", ResourceType(FIREWALL), inputs, Stack("s", "p"))


def test_the_provider_has_the_type() -> None:
    assert FIREWALL in tokens()


@pytest.mark.parametrize(
    ("inputs", "paths"),
    [
        ({}, ["sourceRanges"]),
        ({"sourceRanges": []}, ["sourceRanges"]),
        ({"sourceRanges": [], "sourceTags": [], "sourceServiceAccounts": []}, ["sourceRanges"]),
        ({"sourceRanges": ["10.0.0.0/8", "0.0.0.0/0"]}, ["sourceRanges[1]"]),
        ({"sourceRanges": ["::/0", "0.0.0.0/1"]}, ["sourceRanges[0]", "sourceRanges[1]"]),
        ({"sourceRanges": ["0.0.0.0/0"], "sourceTags": ["a"]}, ["sourceRanges[0]"]),
        ({"sourceRanges": ["10.0.0.0/8"]}, []),
        ({"sourceRanges": ["somewhere"]}, []),
        ({"sourceTags": ["a"]}, []),
        ({"sourceTags": [UNKNOWN]}, []),
        ({"sourceTags": UNKNOWN}, []),
        ({"sourceRanges": [], "sourceServiceAccounts": ["a@example.org"]}, []),
        ({"direction": "INGRESS", "disabled": False}, ["sourceRanges"]),
    ],
)
def test_open_to_the_world(inputs: Any, paths: list[str]) -> None:
    assert list(open_to_world(firewall(**inputs))) == paths


@pytest.mark.parametrize(
    "inputs",
    [
        {"sourceRanges": UNKNOWN},
        {"sourceRanges": [UNKNOWN]},
    ],
)
def test_whom_it_admits_is_not_known(inputs: Any) -> None:
    with pytest.raises(UndecidedError):
        list(open_to_world(firewall(**inputs)))


def test_what_is_known_comes_before_what_is_not() -> None:
    found = open_to_world(firewall(sourceRanges=[UNKNOWN, "0.0.0.0/0"]))
    assert next(found) == "sourceRanges[1]"
    with pytest.raises(UndecidedError):
        next(found)


@pytest.mark.parametrize(
    ("inputs", "lets_in", "lets_out"),
    [
        ({}, True, False),
        ({"disabled": True}, False, False),
        ({"direction": "EGRESS"}, False, True),
        ({"direction": "EGRESS", "disabled": True}, False, False),
    ],
)
def test_what_it_is_in_force_for(inputs: Any, *, lets_in: bool, lets_out: bool) -> None:
    assert is_ingress(firewall(**inputs)) is lets_in
    assert is_egress(firewall(**inputs)) is lets_out


@pytest.mark.parametrize(
    ("inputs", "lets_in", "lets_out"),
    [
        ({"direction": UNKNOWN}, None, None),
        ({"direction": UNKNOWN, "disabled": True}, None, None),
        ({"disabled": UNKNOWN}, None, False),
        ({"direction": "EGRESS", "disabled": UNKNOWN}, False, None),
    ],
)
def test_what_it_is_in_force_for_may_not_be_known(
    inputs: Any, lets_in: bool | None, lets_out: bool | None
) -> None:
    for is_in_force, expected in ((is_ingress, lets_in), (is_egress, lets_out)):
        if expected is None:
            with pytest.raises(UndecidedError):
                is_in_force(firewall(**inputs))
        else:
            assert is_in_force(firewall(**inputs)) is expected


@pytest.mark.parametrize(
    ("given", "name"),
    [("tcp", "tcp"), ("TCP", "tcp"), (6, "tcp"), ("17", "udp"), ("58", "58"), (None, "")],
)
def test_a_protocol(given: Any, name: str) -> None:
    assert protocol(firewall(protocol=given)) == name


def test_a_protocol_s_number() -> None:
    assert {protocol(firewall(protocol=number)) for number in NUMBERS} == set(NUMBERS.values())


@pytest.mark.parametrize(
    ("entry", "opens"),
    [
        ({"protocol": "all"}, True),
        ({"protocol": "tcp"}, True),
        ({"protocol": "udp", "ports": []}, True),
        ({"protocol": "132", "ports": ["22", "1-65535"]}, True),
        ({"protocol": "tcp", "ports": ["2-65535"]}, False),
        ({"protocol": "tcp", "ports": ["0-65534"]}, False),
        ({"protocol": "icmp"}, False),
        ({"protocol": "esp"}, False),
        ({}, False),
    ],
)
def test_all_ports(entry: Any, *, opens: bool) -> None:
    assert opens_all(firewall(**entry)) is opens


@pytest.mark.parametrize("entry", [{"protocol": UNKNOWN}, {"protocol": "tcp", "ports": UNKNOWN}])
def test_ports_that_are_not_known(entry: Any) -> None:
    with pytest.raises(UndecidedError):
        opens_all(firewall(**entry))


@pytest.mark.parametrize(
    ("ports", "every"),
    [(range(65536), True), (range(1, 65536), True), (range(2, 65536), False), (range(9), False)],
)
def test_every_port(ports: range, *, every: bool) -> None:
    assert is_all(ports) is every


@pytest.mark.parametrize(
    ("inputs", "has"),
    [
        ({}, False),
        ({"targetTags": [], "targetServiceAccounts": []}, False),
        ({"targetTags": ["web"]}, True),
        ({"targetTags": UNKNOWN}, True),
        ({"targetServiceAccounts": [UNKNOWN]}, True),
    ],
)
def test_targets(inputs: Any, *, has: bool) -> None:
    assert has_targets(firewall(**inputs)) is has


@pytest.mark.parametrize(
    ("ports", "text"), [(range(22, 23), "port 22"), (range(22, 26), "ports 22 to 25")]
)
def test_ports_in_a_message(ports: range, text: str) -> None:
    assert shown(ports) == text
