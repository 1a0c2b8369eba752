"""What a waiver must say to count: something of a resource, a reason, an owner, and a near end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from typing import Final

from apex_guardrails.model import ANY_TYPE, Rule, Waiver

LONGEST: Final = 400
"""Days that a waiver may last unless settings say otherwise: a year, and time to renew it."""

FEWEST_OF_REASON: Final = 8
"""Letters of a reason; a letter of a script that writes no spaces counts twice."""

FEWEST_OF_OWNER: Final = 3
"""Letters of an owner, such as SRE."""

FEWEST_DIFFERENT: Final = 4
"""Different letters of a reason; half of them for an owner."""

FEWEST_NAMED: Final = 2
"""Letters and digits that a pattern must give of a name or type."""

_PLACEHOLDERS: Final = frozenset(
    {
        *("asdf", "fixme", "na", "nobody", "none", "noone", "null", "someone", "somebody"),
        *("tba", "tbd", "test", "todo", "unknown", "noreason", "placeholder", "temporary"),
    }
)
"""What people write where they have nothing to say."""

_CLASS: Final = re.compile(r"\[!?\]?[^\]]*\]")
_ONE: Final = re.compile(r"\[([^!\]])\]")
_WILD: Final = re.compile(r"[*?\[]")


def objections(
    waiver: Waiver, rule: Rule | None, today: date, longest: int
) -> Iterator[tuple[str, str]]:
    """Why a waiver may not count: the key at fault, and what is wrong with it.

    One that has expired accepts nothing, and nothing is asked of it.

    Args:
        waiver: as settings have it.
        rule: what it is about; `None` for a check of Checkov's.
        today: the day on which it would count.
        longest: days that it may last from then on.
    """
    if waiver.is_expired(today):
        return
    if (waiver.expires - today).days > longest:
        latest = date.fromordinal(min(today.toordinal() + longest, date.max.toordinal()))
        yield "expires", f"is too far away: {latest} is the latest day (max_waiver_days: {longest})"
    if fits_everything(waiver.resource, rule):
        yield (
            "resource",
            f"matches every resource; expected the name, or at least {FEWEST_NAMED} letters of it",
        )
    if not _is_said(waiver.reason, FEWEST_OF_REASON, FEWEST_DIFFERENT):
        yield (
            "reason",
            f"says too little; expected a reason of at least {FEWEST_OF_REASON} letters",
        )
    if not _is_said(waiver.owner, FEWEST_OF_OWNER, FEWEST_DIFFERENT // 2):
        yield "owner", "names nobody; expected a person or a team"


def fits_everything(pattern: str, rule: Rule | None = None) -> bool:
    """Whether a waiver's pattern leaves out no resource that a rule is about.

    It does where it says too little of the name, and nothing of the type that the rule does not say
    itself.
    """
    kind, name = _parts(pattern)
    if _says_something(name):
        return False
    if not _says_something(_without_package(kind)):
        return True
    if rule is None or callable(rule.on) or rule.on == ANY_TYPE:
        return False
    tokens = [rule.on] if isinstance(rule.on, str) else rule.on
    return all(fnmatchcase(token, kind) for token in tokens)


def is_of_a_type_alone(pattern: str) -> bool:
    """Whether a pattern names no resource, but a type."""
    return not _says_something(_parts(pattern)[1])


def letters_named(pattern: str) -> int | None:
    """How many letters and digits of a name a pattern gives; `None` for the whole name."""
    _, name = _parts(pattern)
    return _named(name) if _WILD.search(name) else None


def _parts(pattern: str) -> tuple[str, str]:
    """What a pattern says of the type, and of the name."""
    if not pattern.startswith("urn:"):
        kind, separator, name = pattern.partition("::")
        return (kind, name) if separator else ("*", pattern)
    _, _, kind, name = [*pattern.split("::", 3), "", "", ""][:4]
    if name:
        return kind, name
    # A star goes on over what separates the parts: only what comes after the last one is sure.
    rest = re.split(r"[*?\]]", pattern)[-1]
    return kind or "*", rest if rest == pattern else f"*{rest}"


def _without_package(kind: str) -> str:
    """What a pattern says of the type beside the provider, which is nearly always the same."""
    package, colon, rest = kind.rpartition("$")[2].partition(":")
    if colon:
        return rest
    wild = _WILD.search(package)
    return package[wild.start() :] if wild else package


def _says_something(pattern: str) -> bool:
    return not _WILD.search(pattern) or _named(pattern) >= FEWEST_NAMED


def _named(pattern: str) -> int:
    """The letters and digits that stand for themselves."""
    return sum(map(str.isalnum, _CLASS.sub("", _ONE.sub(r"\1", pattern))))


def _is_said(text: str, fewest: int, different: int) -> bool:
    letters = [char for char in text.casefold() if char.isalpha()]
    count = sum(2 if unicodedata.category(char) == "Lo" else 1 for char in letters)
    return (
        count >= fewest
        and len(set(letters)) >= min(different, len(letters))
        and "".join(letters) not in _PLACEHOLDERS
    )
