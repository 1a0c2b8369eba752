"""The network as tables: what its picture shows, for whoever does not see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Table:
    """A member of the network's description; one that is no list of objects has no column names."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def tables(network: Mapping[str, Any]) -> Iterator[Table]:
    """Everything that the document holds of the network, whatever it is made of."""
    for name, value in network.items():
        entries = value if isinstance(value, list) else [value]
        objects = [entry for entry in entries if isinstance(entry, Mapping)]
        if objects and len(objects) == len(entries):
            columns = list(dict.fromkeys(key for entry in objects for key in entry))
            rows = [[_text(entry.get(key)) for key in columns] for entry in objects]
            yield Table(_words(name), [_words(key) for key in columns], rows)
        else:
            yield Table(_words(name), (), [[_text(entry)] for entry in entries])


def _words(name: str) -> str:
    return name.replace("_", " ")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{_words(str(key))}: {_text(member)}" for key, member in value.items())
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return str(value)
