"""How much of the internet a list of ranges holds."""

from __future__ import annotations

import ipaddress
import itertools
import random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from apex_guardrails.gcp.public_space import (
    IPV4,
    IPV6,
    NOT_PUBLIC,
    WideRanges,
    is_private,
    measure,
    parse_interval,
    unite,
)
from apex_guardrails.model import UNKNOWN

DEFAULTS = WideRanges()
PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
EIGHTS = [f"{first}.0.0.0/8" for first in range(256)]


def without(*holes: str) -> list[str]:
    """All IPv4 addresses but some."""
    left = [ipaddress.IPv4Network("0.0.0.0/0")]
    for hole in map(ipaddress.IPv4Network, holes):
        [around] = [part for part in left if hole.subnet_of(part)]
        left.remove(around)
        left += around.address_exclude(hole)
    return list(map(str, left))


@pytest.mark.parametrize(
    "texts",
    [
        ["0.0.0.0/0"],
        ["::/0"],
        ["192.0.2.1/0"],
        ["0.0.0.0/1", "128.0.0.0/1"],
        ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"],
        EIGHTS,
        without(*PRIVATE),
        without(*PRIVATE, "203.0.113.0/24", "8.8.8.8/32"),
        ["2000::/3"],
        ["::/1", "8000::/1"],
        ["::ffff:0.0.0.0/96"],
        ["::ffff:0.0.0.0/97", "128.0.0.0/1"],
        ["nowhere", "0.0.0.0/0"],
    ],
)
def test_the_whole_internet(texts: list[str]) -> None:
    found = measure(texts)
    assert found.is_world
    assert found.is_wide(DEFAULTS)
    assert found.is_wide(WideRanges(widest_ipv4=0, widest_ipv6=0))
    assert found.shown() == "the whole internet"


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (["0.0.0.0/1"], "57% of the public IPv4 addresses"),
        (["128.0.0.0/1"], "43% of the public IPv4 addresses"),
        (["8.0.0.0/7"], "0.91% of the public IPv4 addresses"),
        (["8.0.0.0/8", "9.0.0.0/32"], "0.45% of the public IPv4 addresses"),
        (EIGHTS[1:9], "3.6% of the public IPv4 addresses"),
        (["2600::/15"], "0.024% of the global IPv6 addresses"),
        (["2600::/16", "2800::/128"], "0.012% of the global IPv6 addresses"),
        (["2000::/4", "16.0.0.0/4"], "50% of the global IPv6 addresses"),
    ],
)
def test_a_wide_part_of_it(texts: list[str], shown: str) -> None:
    found = measure(texts)
    assert not found.is_world
    assert found.is_wide(DEFAULTS)
    assert found.shown() == shown


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["8.0.0.0/8"],
        ["2600::/16"],
        ["203.0.113.7"],
        ["::ffff:8.8.8.8"],
        ["8000::/1"],
        [*PRIVATE, "100.64.0.0/10", "127.0.0.0/8", "224.0.0.0/3", "fc00::/7"],
    ],
)
def test_no_wide_part_of_it(texts: list[str]) -> None:
    found = measure(texts)
    assert not found.is_wide(DEFAULTS)
    assert not found.unreadable


def test_how_much_is_too_much_is_for_the_settings_to_say() -> None:
    assert measure(["8.0.0.0/24"]).is_wide(WideRanges(widest_ipv4=25))
    assert not measure(["8.0.0.0/24"]).is_wide(WideRanges(widest_ipv4=24))
    assert measure(["2600::/48"]).is_wide(WideRanges(widest_ipv6=49))
    assert not measure(["0.0.0.0/1"]).is_wide(WideRanges(widest_ipv4=0))
    for wrong in ({"widest_ipv4": 33}, {"widest_ipv4": -1}, {"widest_ipv6": 129}):
        with pytest.raises(ValidationError):
            WideRanges(**wrong)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "office",
        "example.org",
        "*",
        "0.0.0.0/",
        "0.0.0.0/33",
        "0.0.0.0/-1",
        "0.0.0.0/0 ",
        " 0.0.0.0/0",
        "0.0.0.0 /0",
        "0.0.0.0/0.0.0.0",
        "0.0.0/0",
        "0x0.0.0.0/0",
        "::/129",
        "::/\u0660",
        "fe80::1%eth0/64",
        "0.0.0.0/" + "0" * 5000,
        None,
        0,
        True,
        UNKNOWN,
        ["0.0.0.0/0"],
        {"value": "0.0.0.0/0"},
    ],
)
def test_what_cannot_be_read_as_a_range(text: Any) -> None:
    assert parse_interval(text) is None
    found = measure(["10.0.0.0/8", text])
    assert found.unreadable == (1,)
    assert not found.is_wide(DEFAULTS)


addresses = st.ip_addresses(v=4) | st.ip_addresses(v=6)
networks = st.builds(
    lambda address, length: ipaddress.ip_network(
        f"{address}/{length % (address.max_prefixlen + 1)}", strict=False
    ),
    addresses,
    st.integers(0, 128),
)
lists = st.lists(networks.map(str), max_size=6)


@given(networks)
def test_reads_what_the_standard_library_reads(network: Any) -> None:
    found = parse_interval(str(network))
    assert found is not None
    bits, (start, end) = found
    assert end - start == network.num_addresses
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if bits == network.max_prefixlen:
        assert start == int(network.network_address)
    else:
        assert mapped is not None
        assert start == int(mapped)


@given(lists, st.randoms(use_true_random=False))
def test_the_order_says_nothing(texts: list[str], chance: random.Random) -> None:
    shuffled = list(texts)
    chance.shuffle(shuffled)
    assert measure(shuffled) == measure(texts)
    assert measure(texts + texts[:2]) == measure(texts)


@given(lists, networks)
def test_a_range_is_what_its_parts_are(texts: list[str], network: Any) -> None:
    halves = list(network.subnets())  # of a single address itself
    # What stands for IPv4 addresses is read as these, and half of this one does.
    assume(network != ipaddress.ip_network("::fffe:0:0/95"))
    assert measure([*texts, *map(str, halves)]) == measure([*texts, str(network)])


@given(lists, lists)
def test_more_ranges_hold_no_less(texts: list[str], others: list[str]) -> None:
    some, more = measure(texts), measure(texts + others)
    assert some.ipv4 <= more.ipv4 <= some.ipv4 + measure(others).ipv4
    assert some.ipv6 <= more.ipv6 <= some.ipv6 + measure(others).ipv6
    assert not some.is_world or more.is_world
    assert not some.is_wide(DEFAULTS) or more.is_wide(DEFAULTS)


@given(lists)
def test_never_more_than_there_is(texts: list[str]) -> None:
    found = measure(texts)
    assert 0 <= found.ipv4 <= IPV4.all
    assert 0 <= found.ipv6 <= IPV6.all


@given(addresses)
def test_public_is_what_the_standard_library_calls_global(address: Any) -> None:
    found = measure([str(address)])
    if found.ipv4 or found.ipv6:
        mapped = getattr(address, "ipv4_mapped", None) or address
        assert mapped.is_global
        assert not mapped.is_multicast


def test_what_is_not_public_is_nothing_of_the_internet() -> None:
    assert measure(NOT_PUBLIC) == measure([])
    left = sum(ipaddress.ip_network(text).num_addresses for text in NOT_PUBLIC if "." in text)
    assert IPV4.all == 2**32 - left


@given(lists)
def test_a_union_is_in_order_and_apart(texts: list[str]) -> None:
    for pieces in unite(texts).values():
        for one, next_one in itertools.pairwise(pieces):
            assert one[0] < one[1] < next_one[0]


@pytest.mark.parametrize(
    ("text", "private"),
    [
        *(
            (text, True)
            for text in (
                *("10.0.0.0/8", "172.31.4.1", "192.168.0.0/16", "100.64.0.0/10", "10.0.0.1/32"),
                *(
                    "fd00::/8",
                    "127.0.0.1",
                    "169.254.0.0/16",
                    "224.0.0.0/4",
                    "fe80::/10",
                    "fc00::/6",
                ),
                "::ffff:10.0.0.0/104",
            )
        ),
        *(
            (text, False)
            for text in (
                *("0.0.0.0/0", "::/0", "8.8.8.8", "172.32.0.0/16", "10.0.0.0/7", "192.0.0.0/2"),
                # What is for documentation stands for a public range.
                *("203.0.113.0/24", "192.0.2.7", "198.51.100.0/25", "2001:db8::/32", "3fff::/20"),
                *("office", "", None, 10, UNKNOWN),
            )
        ),
    ],
)
def test_what_is_private(text: Any, *, private: bool) -> None:
    assert is_private(text) is private


@given(st.ip_addresses(), st.integers(0, 128))
def test_what_is_private_holds_nothing_of_the_internet(address: Any, length: int) -> None:
    text = f"{address}/{min(length, address.max_prefixlen)}"
    if is_private(text):
        assert measure([text]) == measure([])
