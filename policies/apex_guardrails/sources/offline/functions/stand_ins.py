"""Stand-ins for what a function's answer has and nobody here knows.

Each has a mark in it, by which it is found again wherever the program puts it: there the input is
unknown, and what stands around it is known. A mark is the same on every run, as resources may be
named after it, and another one for every call and member.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from apex_guardrails.sources.offline.functions.asked import Asked

ASSUMED: Final = "assumed"
"""Begins the marks of an answer that is assumed as a whole."""

UNSTATED: Final = "unstated"
"""Begins the marks in an answer that follows from the arguments, but for this."""

_MARK: Final = rf"(?:{ASSUMED}|{UNSTATED})[0-9a-f]{{8}}"
_FOUND: Final = re.compile(
    # A mark, or an address at a domain of one; an address in a network that nobody has
    # (RFC 1112, class E); the digits of a project or a port.
    rf"(?P<mark>{_MARK})(?:@{_MARK}\.invalid|\.invalid)?"
    r"|(?<![\d.])(?P<network>241\.\d{1,3}\.\d{1,3})\.\d{1,3}(?:/\d{1,2})?(?![\d.])"
    r"|(?<![\w.])(?P<digits>9\d{11}|\d{5})(?![\w.])",
    re.IGNORECASE,
)

_SMALLEST: Final = 49_152
"""From here to 65,151 they are valid as ports and sizes, and hardly ever written in a program."""

_DIGITS: Final = frozenset({"number", "projectNumber", "numericId", "uniqueId", "imageId"})
_NETWORK: Final = re.compile(r"cidr|IpRange$|^range$", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"^ip$|Ip$|IpAddress$|^ipAddress$|^address$|gatewayIpv4|gatewayAddress"
)
_URL: Final = re.compile(r"(^u|U)r[il]$")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stand-in comes from: the function, and the path in its answer."""

    token: str
    path: str


@dataclass
class StandIns:
    """The stand-ins of one run.

    Attributes:
        seed: what makes the marks of this program others than those of the next.
    """

    seed: str
    _issued: dict[str, Origin] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._issued)

    def mark(self, asked: Asked, path: str, *, prefix: str = ASSUMED) -> str:
        """The mark for a member of an answer."""
        mark = f"{prefix}{self._hash(asked, path)[:8]}"
        self._issued[mark] = Origin(asked.token, path)
        return mark

    def answer(
        self, asked: Asked, form: Mapping[str, Any], known: Mapping[str, Any], *, prefix: str
    ) -> dict[str, Any]:
        """An answer of a form, with what is known of it.

        Args:
            asked: the call.
            form: see `apex_guardrails.provider.functions`.
            known: members that follow from the arguments.
            prefix: of the marks; see above.
        """
        found = {**known}
        for name in form:
            if name in known:
                continue
            # What a call is given, its answer has, too.
            given = asked.arguments.get(name)
            if given is not None and _fits(given, form[name]):
                found[name] = given
            else:
                value = self._value(asked, form[name], name, name, prefix)
                if value is not None:
                    found[name] = value
        return found

    def _value(self, asked: Asked, form: Any, name: str, path: str, prefix: str) -> Any:
        if form == "s":
            return self._text(asked, name, path, prefix)
        if form == "n":
            number = _SMALLEST + int(self._hash(asked, path)[:8], 16) % 16_000
            self._issued[str(number)] = Origin(asked.token, path)
            return number
        if form == "b":
            # A boolean has no place for a mark: an answer that is assumed needs one.
            return None if prefix == UNSTATED else False
        if isinstance(form, list):
            # Two, as programs ask for the second one more often than for a third.
            return [
                self._value(asked, form[0], name, f"{path}[{index}]", prefix) for index in range(2)
            ]
        if isinstance(form, Mapping):
            if "=" in form:
                return form["="]
            if "*" in form:
                key = self.mark(asked, f"{path}.*", prefix=prefix)
                return {key: self._value(asked, form["*"], name, f"{path}.{key}", prefix)}
            return {
                member: self._value(asked, inner, member, f"{path}.{member}", prefix)
                for member, inner in form.items()
            }
        return None if form == "-" else self.mark(asked, path, prefix=prefix)

    def _text(self, asked: Asked, name: str, path: str, prefix: str) -> str:
        mark = self.mark(asked, path, prefix=prefix)
        digest = self._hash(asked, path)
        if name in _DIGITS:
            return self._kept(str(9 * 10**11 + int(digest[:8], 16)), asked, path)
        if _NETWORK.search(name) or _ADDRESS.search(name):
            network = f"241.{int(digest[:2], 16)}.{int(digest[2:4], 16)}"
            self._kept(network, asked, path)
            return (
                f"{network}.0/24"
                if _NETWORK.search(name)
                else f"{network}.{1 + int(digest[4], 16)}"
            )
        if name.lower().endswith("email"):
            return f"{mark}@{mark}.invalid"
        if _URL.search(name):
            return f"https://{mark}.invalid"
        if name == "policyData":
            return json.dumps({"bindings": [{"members": [mark], "role": mark}]})
        return mark

    def _kept(self, text: str, asked: Asked, path: str) -> str:
        self._issued[text] = Origin(asked.token, path)
        return text

    def _hash(self, asked: Asked, path: str) -> str:
        return hashlib.sha256(f"{self.seed} {asked.key} {path}".encode()).hexdigest()

    def split(self, text: str) -> Iterator[str | Origin]:
        """The parts of a text: what is written, and where each stand-in between comes from."""
        end = 0
        for found in _FOUND.finditer(text):
            key = next(part for part in found.group("mark", "network", "digits") if part)
            origin = self._issued.get(key.lower())
            if origin is not None:
                if found.start() > end:
                    yield text[end : found.start()]
                yield origin
                end = found.end()
        if text[end:]:
            yield text[end:]

    def of_number(self, number: float) -> Origin | None:
        """Where a number comes from, if it is a stand-in."""
        return self._issued.get(f"{number:.0f}") if number >= _SMALLEST else None


def _fits(value: Any, form: Any) -> bool:
    """Whether an argument may be the member of the same name."""
    kinds = {"s": str, "n": int | float, "b": bool}
    if isinstance(form, str):
        return isinstance(value, kinds.get(form, object)) and (
            form == "b" or not isinstance(value, bool)
        )
    return isinstance(value, list if isinstance(form, list) else Mapping)
