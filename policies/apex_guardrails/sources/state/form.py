"""What each part of a state must be, and what is said where it is something else."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

from apex_guardrails.model import UNKNOWN, Asset, ResourceReference, Secret
from apex_guardrails.support.errors import UsageError

EXPORT: Final = "write one with: pulumi stack export --file FILE"
"""The next step for whoever gave something else."""

_KINDS: Final[Mapping[type, str]] = {
    str: "a text",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Form:
    """Checks the parts of one state.

    Attributes:
        name: the file's, with which each violation begins.
    """

    name: str

    def member(
        self, where: Mapping[str, Any], key: str, kind: type[Kind], at: str = ""
    ) -> Kind | None:
        """What an object has at a key; `None` where it has nothing there.

        Args:
            where: the object.
            key: the key.
            kind: the type that is expected.
            at: the place of the object, for messages; "" for the whole document.

        Raises:
            UsageError: it is of another type.
        """
        value = where.get(key)
        if value is not None and not isinstance(value, kind):
            self.wrong(at, key, kind, value)
        return value

    def texts(self, value: Any, at: str) -> list[str]:
        """A list of texts; an empty one for nothing.

        Raises:
            UsageError: it is something else.
        """
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(at, "", list, value)
        for item in value:
            if not isinstance(item, str):
                self.wrong(at, "", "a list of text", item)
        return value

    def unknown_keys(
        self, where: Mapping[str, Any], known: Collection[str], at: str = ""
    ) -> Iterator[str]:
        """The keys of an object that are none of those that Pulumi is known to write.

        A newer Pulumi may write more, so that such a key alone is no error.

        Args:
            where: the object.
            known: what it may have.
            at: the place of the object, for messages; "" for the whole document.

        Raises:
            UsageError: a key is one of the known ones in another spelling: what it holds would not
                be read.
        """
        for key in where:
            if key not in known:
                meant = _meant(key, where, known)
                if meant:
                    place = ": ".join(part for part in (self.name, at, quote(key)) if part)
                    raise UsageError(
                        f'{place}: no such key in a state, did you mean "{meant}"?; {EXPORT}'
                    )
                yield key

    def wrong(self, at: str, key: str, expected: type | str, found: Any) -> NoReturn:
        """Refuses what is found at a place.

        Raises:
            UsageError: with the place, what is expected, and what was found.
        """
        place = ": ".join(part for part in (self.name, at, key) if part)
        wanted = expected if isinstance(expected, str) else _KINDS[expected]
        raise UsageError(f"{place}: expected {wanted}, not {kind_of(found)}; {EXPORT}")


def _meant(key: str, where: Mapping[str, Any], known: Collection[str]) -> str:
    """The known key that another one stands for: in other case, or a slip where it is missing."""
    plain = {_plain(name): name for name in known}
    missing = [name for name in known if name not in where]
    alike = difflib.get_close_matches(key, missing, n=1, cutoff=0.85)
    return plain.get(_plain(key)) or next(iter(alike), "")


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").strip().casefold()


def kind_of(value: object) -> str:
    """What a value is, in words."""
    if isinstance(value, Secret | Asset | ResourceReference) or value is UNKNOWN:
        return "one of Pulumi's special values"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "nothing" if value is None else _KINDS.get(type(value), "something else")


def quote(text: str) -> str:
    """A text from a state, fit for a message's line."""
    return text if text.isprintable() else repr(text)
