"""What one condition of a Cloud Armor expression says of how many requests it matches.

Source: Cloud Armor documentation, "Custom rules language attributes", "Preconfigured WAF rules" and
"Named IP address lists" (2026-11). A condition is a limit only where it asks for what few can send;
a country, a network, a program or a header that every browser sends may be much of the internet.
"""

from __future__ import annotations

import enum
import operator
import re
from typing import Final


class Told(enum.Enum):
    """Whom a condition matches."""

    ALL = "all requests"
    NONE = "no request"
    SENDERS = "requests from few: those who know a secret, or are on a short list that Google keeps"
    PART = "anybody's requests for a part of the site, or with an attack in them"
    UNTOLD = "nobody can tell"


_STRING: Final = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_SIDE: Final = rf"(?:[^=!<>'\"]|{_STRING})+"
_COMPARISON: Final = re.compile(rf"({_SIDE})([=!<>]=|[<>])({_SIDE})", re.DOTALL)
_LITERAL: Final = re.compile(rf"r?({_STRING})", re.DOTALL)
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_CALL: Final = re.compile(
    rf"(.+?)((?:\.[A-Za-z0-9]+\(\s*\))*)\.(startsWith|endsWith|contains|matches)"
    rf"\(\s*r?({_STRING})\s*\)",
    re.DOTALL,
)
_CHANGED: Final = re.compile(r"(.+?)(?:\.[A-Za-z0-9]+\(\s*\))+", re.DOTALL)
_HEADER: Final = re.compile(r"request\.headers\[\s*(?:'([^']*)'|\"([^\"]*)\")\s*\]")
_PRECONFIGURED: Final = re.compile(
    r"evaluate(?:Preconfigured(?:Waf|Expr)|ThreatIntelligence)\(\s*['\"]([\w.-]+)['\"].*\)",
    re.DOTALL,
)

_ALWAYS: Final = ("request.path", "request.method", "origin.region_code", "origin.ip")
"""What every request has."""

_ANY_NETWORK: Final = ("origin.asn", "int(origin.asn)")

_SECRET_HEADER: Final = re.compile(
    r"(?:proxy-)?authorization|cookie|.*(?:token|secret|api-?key).*"
    r"|x-(?!forwarded-|requested-with|real-ip|client-).+"
)
"""Headers of which few know the value: a login's, and a team's own; browsers send others."""

_SMALL_LISTS: Final = re.compile(r"sourceiplist-.+|iplist-search-engines-crawlers")
"""The addresses of a content delivery network's proxies, and of search engines."""

_ATTACKS: Final = re.compile(r".+-(?:stable|canary)")

_COMPARE: Final = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}

_A_PATH: Final = re.compile(r"/[\w.-].*", re.DOTALL)
_ANY_TEXT: Final = re.compile(r"\^?/?(?:\(?(?:\.[*+]?)\)?)?\$?")
_PATH_PATTERN: Final = re.compile(r"\^?/[\w-]{2,}(?:$|[^*?{\w-].*)", re.DOTALL)


def parse_comparison(text: str) -> tuple[str, str, str] | None:
    """The sides of a comparison and its operator between them, a literal to the right."""
    found = _COMPARISON.fullmatch(text)
    if found is None:
        return None
    left, sign, right = (part.strip() for part in found.groups())
    if sign in {"==", "!="} and parse_literal(left) is not None and parse_literal(right) is None:
        left, right = right, left
    return left, sign, right


def parse_literal(text: str) -> str | float | None:
    """The value of a quoted text or a number; `None` for all else."""
    if found := _LITERAL.fullmatch(text):
        return found[1][1:-1]
    return float(text) if _NUMBER.fullmatch(text) else None


def parse_condition(text: str) -> Told:
    """Whom a condition matches that is not about addresses; not of `!=`, which is the contrary."""
    if text in {"true", "false"}:
        return Told.ALL if text == "true" else Told.NONE
    if sides := parse_comparison(text):
        return _comparison(*sides)
    if found := _CALL.fullmatch(text):
        subject, _, method, given = found.groups()
        return _call(subject.strip(), method, given[1:-1])
    if found := _PRECONFIGURED.fullmatch(text):
        if _SMALL_LISTS.fullmatch(found[1]):
            return Told.SENDERS
        return Told.PART if _ATTACKS.fullmatch(found[1]) else Told.UNTOLD
    return Told.UNTOLD


def _comparison(left: str, sign: str, right: str) -> Told:
    one, other = parse_literal(left), parse_literal(right)
    if one is not None and type(one) is type(other):
        return Told.ALL if _COMPARE[sign](one, other) else Told.NONE
    if left == right:
        return Told.ALL if sign in {"==", ">=", "<="} else Told.NONE
    if left in _ANY_NETWORK and other == 0 and sign in {">", ">="}:
        return Told.ALL
    if sign != "==" or not isinstance(other, str) or not other:
        return Told.UNTOLD
    changed = _CHANGED.fullmatch(left)
    subject = changed[1] if changed else left
    if subject == "request.path":
        return Told.PART
    return Told.SENDERS if _is_secret(subject) else Told.UNTOLD


def _call(subject: str, method: str, given: str) -> Told:
    is_pattern = method == "matches"
    if subject in _ALWAYS:
        if not given or (is_pattern and _ANY_TEXT.fullmatch(given)):
            return Told.ALL
        if subject == "request.path" and not is_pattern and given == "/" and method != "endsWith":
            return Told.ALL
    if subject == "request.path":
        if is_pattern:
            is_part = all(map(_PATH_PATTERN.fullmatch, given.split("|")))
        else:
            is_part = method == "startsWith" and bool(_A_PATH.fullmatch(given))
        return Told.PART if is_part else Told.UNTOLD
    # A cookie is compared so: all of them are in one header.
    is_cookie = _header(subject) == "cookie" and method == "contains"
    return Told.SENDERS if is_cookie and _has_value(given) else Told.UNTOLD


def _has_value(cookie: str) -> bool:
    name, _, value = cookie.partition("=")
    return bool(name and value)


def _header(subject: str) -> str:
    found = _HEADER.fullmatch(subject)
    return (found[1] or found[2] or "").lower() if found else ""


def _is_secret(subject: str) -> bool:
    return bool(_SECRET_HEADER.fullmatch(_header(subject)))
