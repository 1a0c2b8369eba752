"""How much of the internet a list of address ranges holds: its union counts, however it is split.

Public are the addresses that IANA's registries leave: of IPv4 all but the "IPv4 Special-Purpose
Address Registry" and multicast ("IPv4 Address Space Registry"); of IPv6 the global unicast
addresses, 2000::/3 ("IPv6 Address Space"), without the "IPv6 Special-Purpose Address Registry"
(all 2026-11).
"""

from __future__ import annotations

import socket
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Annotated, Final, TypeAlias

from pydantic import Field

from apex_guardrails.model.policy import Looser, Parameters
from apex_guardrails.model.value import Value

Interval: TypeAlias = tuple[int, int]
"""The first address and the one after the last."""

_DOCUMENTATION: Final = (
    "192.0.2.0/24",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "2001:db8::/32",
    "3fff::/20",
)
NOT_PUBLIC: Final = (
    *_DOCUMENTATION,
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/3",
    "2001::/23",
    "4000::/2",
    "8000::/1",
)
"""Private, shared, loopback, link-local, documentation, multicast, reserved, not yet allotted."""

EVERYBODY: Final = "the whole internet"

# Whoever lists "everybody but us" leaves out some of his own or his cloud's, at most a few /8.
_NEARLY_ALL: Final = 0.99

# What an IPv4 address has before it where it is written as an IPv6 one, ::ffff:0:0/96.
_MAPPED: Final = 0xFFFF


class WideRanges(Parameters):
    """How much of the internet is too much; the whole of it always is."""

    widest_ipv4: Annotated[int, Looser.LESS] = Field(
        8,
        ge=0,
        le=32,
        description="A prefix length. Ranges that hold more public IPv4 addresses together than "
        "one of this length are judged as the whole internet is.",
    )
    widest_ipv6: Annotated[int, Looser.LESS] = Field(
        16,
        ge=0,
        le=128,
        description="The same for global IPv6 addresses, of which 2000::/3 is all.",
    )


class _Space:
    """The public addresses of one version of the protocol."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        special = unite(NOT_PUBLIC)[bits]
        ends = [0, *(end for _, end in special)]
        starts = [*(start for start, _ in special), 1 << bits]
        pieces = [piece for piece in zip(ends, starts, strict=True) if piece[0] < piece[1]]
        self._starts = [start for start, _ in pieces]
        self._pieces = pieces
        self._before = [0, *accumulate(end - start for start, end in pieces)]
        self.all = self._before[-1]

    def below(self, address: int) -> int:
        """How many public addresses come before one."""
        at = bisect_right(self._starts, address)
        if at == 0:
            return 0
        start, end = self._pieces[at - 1]
        return self._before[at - 1] + min(address, end) - start

    def within(self, intervals: Iterable[Interval]) -> int:
        """How many of them are in intervals that have no address in common."""
        return sum(self.below(end) - self.below(start) for start, end in intervals)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What some ranges hold together.

    Attributes:
        ipv4: how many public IPv4 addresses.
        ipv6: how many global unicast IPv6 addresses.
        unreadable: the indexes of the texts that are no ranges.
    """

    ipv4: int
    ipv6: int
    unreadable: tuple[int, ...] = ()

    @property
    def is_world(self) -> bool:
        """Whether it is the whole internet, over one version of the protocol at least."""
        return self.ipv4 >= _NEARLY_ALL * IPV4.all or self.ipv6 >= _NEARLY_ALL * IPV6.all

    def is_wide(self, limits: WideRanges) -> bool:
        """Whether it is the whole internet, or more of it than the limits allow."""
        return (
            self.is_world
            or self.ipv4 > 1 << (IPV4.bits - limits.widest_ipv4)
            or self.ipv6 > 1 << (IPV6.bits - limits.widest_ipv6)
        )

    def __add__(self, other: Coverage) -> Coverage:
        """Both, if they have no address in common; else more than that."""
        return Coverage(self.ipv4 + other.ipv4, self.ipv6 + other.ipv6, self.unreadable)

    def is_all(self, other: Coverage) -> bool:
        """Whether it holds as much as another."""
        return (self.ipv4, self.ipv6) == (other.ipv4, other.ipv6)

    def shown(self) -> str:
        """What it is, for a message: the whole internet, or a share of its addresses."""
        if self.is_world:
            return EVERYBODY
        shares = [(self.ipv4 / IPV4.all, "public IPv4"), (self.ipv6 / IPV6.all, "global IPv6")]
        share, of = max(shares)
        return f"{100 * share:.2g}% of the {of} addresses"


def parse_interval(text: Value) -> tuple[int, Interval] | None:
    """The bits of an address of a range, 32 or 128, and the range; `None` if it is none.

    An address alone is a range of one; an IPv4 address that is written as an IPv6 one is what it
    stands for; bits of the host say nothing.
    """
    return _interval(text) if isinstance(text, str) else None


@lru_cache(maxsize=16384)
def _interval(text: str) -> tuple[int, Interval] | None:
    # Much faster than `ipaddress`, and lists may have thousands.
    address, slash, length = text.partition("/")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        packed = socket.inet_pton(family, address)
    except (OSError, ValueError):
        return None
    bits = 8 * len(packed)
    if slash and not (length.isascii() and length.isdigit() and len(length) <= len("128")):
        return None
    host = bits - (int(length) if slash else bits)
    if host < 0:
        return None
    start = int.from_bytes(packed, "big") >> host << host
    if start >> 32 == _MAPPED:
        bits, start = 32, start & ((1 << 32) - 1)
    return bits, (start, start + (1 << host))


def unite(texts: Iterable[Value]) -> dict[int, list[Interval]]:
    """The ranges among some texts, by bits of an address and in order; those that touch are one."""
    found: dict[int, list[Interval]] = {32: [], 128: []}
    for bits, (start, end) in sorted(filter(None, map(parse_interval, texts))):
        there = found[bits]
        if there and start <= there[-1][1]:
            there[-1] = there[-1][0], max(end, there[-1][1])
        else:
            there.append((start, end))
    return found


def is_private(text: Value) -> bool:
    """Whether a range has no public address; one for documentation stands for a public one."""
    found = parse_interval(text)
    if found is None:
        return False
    bits, (start, end) = found
    space = IPV4 if bits == IPV4.bits else IPV6
    is_example = any(first <= start < last for first, last in _EXAMPLES[bits])
    return not is_example and not space.within([(start, end)])


def measure(texts: Iterable[Value]) -> Coverage:
    """What some ranges hold together: the same in any order, split, merged or said twice."""
    return _coverage(tuple(text if isinstance(text, str) else None for text in texts))


@lru_cache(maxsize=256)  # twenty rules ask about the same firewall
def _coverage(texts: tuple[str | None, ...]) -> Coverage:
    found = unite(texts)
    return Coverage(
        ipv4=IPV4.within(found[32]),
        ipv6=IPV6.within(found[128]),
        unreadable=tuple(index for index, text in enumerate(texts) if parse_interval(text) is None),
    )


_EXAMPLES: Final = unite(_DOCUMENTATION)
IPV4: Final = _Space(32)
IPV6: Final = _Space(128)
