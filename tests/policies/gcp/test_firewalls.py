"""Whom firewall rules admit, and to what."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from apex_guardrails.gcp.admitted import Admitted
from apex_guardrails.gcp.firewalls import (
    NUMBERS,
    Gap,
    PublicPorts,
    destination_of,
    format_protocols,
    has_targets,
    is_all,
    is_egress,
    is_ingress,
    opened,
    require_in_force,
    source_of,
)
from apex_guardrails.gcp.networks import ALL_PORTS, format_ports
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.gcp.types import COMPUTE_FIREWALL
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack, UndecidedError
from apex_guardrails.provider.schema import tokens


def firewall(**inputs: Any) -> Resource:
    return Resource("urn", ResourceType(COMPUTE_FIREWALL), inputs, Stack("s", "p"))


def test_the_provider_has_the_type() -> None:
    assert COMPUTE_FIREWALL in tokens()


LIMITS = WideRanges()
ALL = "the whole internet"
QUARTERS = ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"]


@pytest.mark.parametrize(
    ("inputs", "whom"),
    [
        ({}, Admitted(ALL, "sourceRanges")),
        ({"sourceRanges": []}, Admitted(ALL, "sourceRanges")),
        (
            {"sourceRanges": [], "sourceTags": [], "sourceServiceAccounts": []},
            Admitted(ALL, "sourceRanges"),
        ),
        ({"sourceRanges": ["10.0.0.0/8", "0.0.0.0/0"]}, Admitted(ALL, "sourceRanges[1]")),
        ({"sourceRanges": QUARTERS}, Admitted(ALL, "sourceRanges")),
        ({"sourceRanges": ["0.0.0.0/0"], "sourceTags": ["a"]}, Admitted(ALL, "sourceRanges[0]")),
        ({"sourceRanges": ["10.0.0.0/8"]}, Admitted()),
        ({"sourceRanges": ["somewhere"]}, Admitted(unknown="sourceRanges[0]")),
        ({"sourceRanges": UNKNOWN}, Admitted(unknown="sourceRanges")),
        ({"sourceTags": ["a"]}, Admitted()),
        ({"sourceTags": [UNKNOWN]}, Admitted()),
        ({"sourceTags": UNKNOWN}, Admitted()),
        ({"sourceRanges": [], "sourceServiceAccounts": ["a@example.org"]}, Admitted()),
    ],
)
def test_whom_it_admits(inputs: Any, whom: Admitted) -> None:
    assert source_of(firewall(**inputs), LIMITS) == whom


@pytest.mark.parametrize(
    ("inputs", "where"),
    [
        ({}, Admitted(ALL, "destinationRanges")),
        ({"destinationRanges": []}, Admitted(ALL, "destinationRanges")),
        ({"destinationRanges": QUARTERS}, Admitted(ALL, "destinationRanges")),
        ({"destinationRanges": ["10.0.0.0/8"]}, Admitted()),
        ({"destinationRanges": [UNKNOWN]}, Admitted(unknown="destinationRanges[0]")),
    ],
)
def test_where_it_lets_out_to(inputs: Any, where: Admitted) -> None:
    assert destination_of(firewall(**inputs), LIMITS) == where


@pytest.mark.parametrize(
    ("inputs", "lets_in", "lets_out"),
    [
        ({}, True, False),
        ({"direction": "INGRESS", "disabled": False}, True, False),
        ({"disabled": True}, False, False),
        ({"direction": "EGRESS"}, False, True),
        ({"direction": "EGRESS", "disabled": True}, False, False),
        ({"direction": UNKNOWN}, True, True),
        ({"direction": UNKNOWN, "disabled": True}, False, False),
        ({"disabled": UNKNOWN}, True, False),
        ({"direction": "EGRESS", "disabled": UNKNOWN}, False, True),
    ],
)
def test_what_it_may_be_in_force_for(inputs: Any, *, lets_in: bool, lets_out: bool) -> None:
    assert is_ingress(firewall(**inputs)) is lets_in
    assert is_egress(firewall(**inputs)) is lets_out


@pytest.mark.parametrize("path", ["direction", "disabled"])
def test_whether_it_is_in_force_may_not_be_known(path: str) -> None:
    require_in_force(firewall(direction="INGRESS", disabled=False))
    with pytest.raises(UndecidedError) as error:
        require_in_force(firewall(**{path: UNKNOWN}))
    assert error.value.path == path


def protocol(given: Any) -> str:
    (entry,) = opened(firewall(allows=[{"protocol": given}])).entries
    return entry.protocol


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("tcp", "tcp"),
        ("TCP", "tcp"),
        (6, "tcp"),
        (6.0, "tcp"),
        ("17", "udp"),
        ("58", "58"),
        (None, ""),
    ],
)
def test_a_protocol(given: Any, name: str) -> None:
    assert protocol(given) == name


def test_a_protocol_s_number() -> None:
    assert set(map(protocol, NUMBERS)) == set(NUMBERS.values())


@pytest.mark.parametrize(
    ("entries", "everything"),
    [
        ([{"protocol": "all"}], ["all"]),
        ([{"protocol": "tcp"}], ["tcp"]),
        ([{"protocol": "udp", "ports": []}], ["udp"]),
        ([{"protocol": "132", "ports": ["22", "1-65535"]}], ["sctp"]),
        ([{"protocol": "tcp", "ports": ["2-65535"]}], []),
        ([{"protocol": "tcp", "ports": ["0-65534"]}], []),
        ([{"protocol": "tcp", "ports": ["30000-65535", "0-29999"]}], ["tcp"]),
        (
            [{"protocol": "tcp", "ports": ["0-9"]}, {"protocol": "tcp", "ports": ["10-65535"]}],
            ["tcp"],
        ),
        (
            [{"protocol": "tcp", "ports": ["0-9"]}, {"protocol": "udp", "ports": ["10-65535"]}],
            [],
        ),
        ([{"protocol": "icmp"}], []),
        ([{"protocol": "esp"}], []),
        ([{}], []),
        ([UNKNOWN], []),
        (UNKNOWN, []),
        (None, []),
    ],
)
def test_every_port_of_a_protocol(entries: Any, everything: list[str]) -> None:
    found = opened(firewall(allows=entries)).everything
    assert [entry.protocol for entry in found] == everything


WEB = {"protocol": "tcp", "ports": ["443"]}


@pytest.mark.parametrize(
    ("entries", "gaps"),
    [
        ([WEB], []),
        (UNKNOWN, [Gap("allows")]),
        ([WEB, UNKNOWN], [Gap("allows[1]")]),
        ([{"protocol": UNKNOWN}], [Gap("allows[0].protocol", None, (ALL_PORTS,))]),
        (
            [{"protocol": UNKNOWN, "ports": ["443"]}],
            [Gap("allows[0].protocol", None, (range(443, 444),))],
        ),
        ([{"protocol": UNKNOWN, "ports": [UNKNOWN]}], [Gap("allows[0].protocol")]),
        ([{"protocol": "tcp", "ports": UNKNOWN}], [Gap("allows[0].ports", "tcp")]),
        ([{"protocol": "tcp", "ports": ["1", UNKNOWN]}], [Gap("allows[0].ports[1]", "tcp")]),
        ([{"protocol": "icmp", "ports": UNKNOWN}], []),
    ],
)
def test_what_is_not_known(entries: Any, gaps: list[Gap]) -> None:
    assert list(opened(firewall(allows=entries)).gaps) == gaps


@pytest.mark.parametrize(
    ("entries", "is_known"),
    [
        ([WEB, {"protocol": UNKNOWN, "ports": ["443"]}], True),
        ([{"protocol": UNKNOWN, "ports": ["20-25"]}], False),
        ([{"protocol": UNKNOWN}], True),
        ([{"protocol": "udp", "ports": UNKNOWN}], True),
        ([{"protocol": "tcp", "ports": UNKNOWN}], False),
        ([UNKNOWN], False),
        ([{"protocol": "all"}, UNKNOWN], True),
        ([{"protocol": "tcp"}, {"protocol": "tcp", "ports": UNKNOWN}], True),
    ],
)
def test_whether_one_port_is_open(entries: Any, *, is_known: bool) -> None:
    here = opened(firewall(allows=entries))
    if is_known:
        here.require(("tcp",), (22,))
    else:
        with pytest.raises(UndecidedError):
            here.require(("tcp",), (22,))


@pytest.mark.parametrize(
    ("ports", "every"),
    [
        ([range(65536)], True),
        ([range(1, 65536)], True),
        ([range(2, 65536)], False),
        ([range(9)], False),
        ([], False),
        ([range(9, 65536), range(9)], True),
        ([range(9, 65536), range(3, 9), range(2)], False),
        ([range(100), range(50), range(100, 65536)], True),
    ],
)
def test_every_port(ports: list[range], *, every: bool) -> None:
    assert is_all(*ports) is every


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
    ("ports", "text"),
    [
        ([range(22, 23)], "port 22"),
        ([range(22, 26)], "ports 22 to 25"),
        ([range(22, 23), range(80, 91)], "ports 22 and 80 to 90"),
        ([range(22, 23), range(22, 23)], "port 22"),
        ([range(1, 2), range(3, 4), range(5, 6)], "ports 1, 3 and 5"),
    ],
)
def test_ports_in_a_message(ports: list[range], text: str) -> None:
    assert format_ports(*ports) == text


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ([{"protocol": "all"}], "every port"),
        ([{"protocol": "tcp"}, {"protocol": "udp"}], "every port of tcp and udp"),
    ],
)
def test_every_port_in_a_message(entries: Any, text: str) -> None:
    assert format_protocols(opened(firewall(allows=entries)).everything) == text


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_public_port_is_one(port: int) -> None:
    with pytest.raises(ValidationError):
        PublicPorts(public_ports=(443, port))
