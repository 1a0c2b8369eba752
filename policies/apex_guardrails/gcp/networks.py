"""One address range, or two; and ports, as firewalls have them. Lists of ranges: `admitted`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from apex_guardrails.model.value import Value
from apex_guardrails.model.view import View

ALL_PORTS = range(65536)


def _network(text: Value) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    return _parsed(text) if isinstance(text, str) else None


@lru_cache(maxsize=4096)  # each range of a network is compared with every other
def _parsed(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None  # not an address range: Google refuses it


def is_within(text: Value, outer: Value) -> bool:
    """Whether every address of a range is one of another range."""
    network, around = _network(text), _network(outer)
    if isinstance(network, ipaddress.IPv4Network):
        return isinstance(around, ipaddress.IPv4Network) and network.subnet_of(around)
    if isinstance(network, ipaddress.IPv6Network):
        return isinstance(around, ipaddress.IPv6Network) and network.subnet_of(around)
    return False


def overlaps(one: Value, other: Value) -> bool:
    """Whether two ranges have an address in common."""
    network, second = _network(one), _network(other)
    if network is None or second is None or network.version != second.version:
        return False
    return network.overlaps(second)


def is_single(text: Value) -> bool:
    """Whether a range is one address."""
    network = _network(text)
    return network is not None and network.num_addresses == 1


_NUMBER = re.compile(r"([0-9]{1,10})(?:\.0)?")
_PORTS = re.compile(r"([0-9]{1,5})\s*-\s*([0-9]{1,5})")


def whole_number(value: Value) -> int | None:
    """A number however it is written: `22`, `"22"`, and `22.0`, as numbers arrive over the wire."""
    found = _NUMBER.fullmatch(str(value).strip())
    return int(found[1]) if found else None


def ports_of(value: Value) -> range | None:
    """The ports of a number, or of a text such as `"20-25"`; `None` for what is neither."""
    number = whole_number(value)
    if number is not None:
        return range(number, number + 1)
    found = _PORTS.fullmatch(str(value).strip())
    return range(int(found[1]), int(found[2]) + 1) if found else None


def port_ranges(entry: View) -> Iterator[range]:
    """The ports of a firewall's `allows` or `denies` entry; all of them where it names none.

    Raises:
        UndecidedError: after all that is known: a port is not.
    """
    if not entry.get("ports", omitted=()):
        yield ALL_PORTS
        return
    for port in entry.each("ports"):
        found = ports_of(port.get(""))
        if found is not None:  # what is no port Google refuses
            yield found


def format_ports(*ports: range) -> str:
    """Ranges of ports for a message."""
    parts = list(dict.fromkeys(ports))
    texts = [
        str(part.start) if len(part) == 1 else f"{part.start} to {part.stop - 1}" for part in parts
    ]
    word = "port" if len(parts) == 1 and len(parts[0]) == 1 else "ports"
    return f"{word} {join_texts(texts)}"


def join_texts(texts: Iterable[str]) -> str:
    """Some texts in a sentence: `a`, `a and b`, `a, b and c`."""
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last
