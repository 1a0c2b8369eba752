"""What each part of a document must be, and what is said where it is something else."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

from apex_guardrails.model import UNKNOWN, Asset, ResourceReference, Secret
from apex_guardrails.model.value import AssetArchive
from apex_guardrails.support.errors import UsageError


@dataclass(frozen=True, slots=True)
class Kind:
    """What a document should be.

    Attributes:
        what: in words, such as `a state`.
        next_step: what whoever gave something else can do.
    """

    what: str
    next_step: str

    @property
    def it(self) -> str:
        """The same, as something that is known: `the state`."""
        return f"the {self.what.partition(' ')[2]}"


_KINDS: Final[Mapping[type, str]] = {
    str: "a text",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}

Member = TypeVar("Member")


@dataclass(frozen=True, slots=True)
class Form:
    """Checks the parts of one document.

    Attributes:
        name: the file's, with which each violation begins.
        kind: what it should be.
    """

    name: str
    kind: Kind

    def member(
        self, where: Mapping[str, Any], key: str, kind: type[Member], at: str = ""
    ) -> Member | None:
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

    def needed(self, where: Mapping[str, Any], key: str, kind: type[Member], at: str) -> Member:
        """As `member`, of what is never missing.

        Raises:
            UsageError: it is missing, or of another type.
        """
        value = self.member(where, key, kind, at)
        if value is None:
            self.wrong(at, key, kind, None)
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
                        f'{place}: no such key in {self.kind.what}, did you mean "{meant}"?; '
                        f"{self.kind.next_step}"
                    )
                yield key

    def wrong(self, at: str, key: str, expected: type | str, found: Any) -> NoReturn:
        """Refuses what is found at a place.

        Raises:
            UsageError: with the place, what is expected, and what was found.
        """
        place = ": ".join(part for part in (self.name, at, key) if part)
        wanted = expected if isinstance(expected, str) else _KINDS[expected]
        raise UsageError(f"{place}: expected {wanted}, not {kind_of(found)}; {self.kind.next_step}")


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
    if isinstance(value, Secret | Asset | AssetArchive | ResourceReference) or value is UNKNOWN:
        return "one of Pulumi's special values"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "nothing" if value is None else _KINDS.get(type(value), "something else")


def quote(text: str) -> str:
    """A text from a document, fit for a message's line."""
    return text if text.isprintable() else repr(text)
