"""Credentials that are written in a text: a script, YAML, JSON, a command line, a query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from apex_guardrails.model.credentials.commands import gives_password
from apex_guardrails.model.credentials.names import Meaning, meaning, named_in
from apex_guardrails.model.credentials.values import (
    is_bearer_token,
    is_credential,
    is_login_in_base64,
    looks_random,
)

_ASSIGNED: Final = re.compile(
    # What closes the name's quotes or brackets; what assigns, a tag's end or a space.
    r"(?P<close>\\?[\"']?\]?)"
    r"(?P<sep>[ \t]{0,8}(?:=>|:=|=(?!=)|:)[ \t]{0,8}|>(?=[^<>\s]+</)|[ \t]{1,4}(?![=:]))"
    r"(?:[rbf]?\\?(?P<quote>[\"'])"
    r"(?P<quoted>(?:(?!(?P=quote))[^\n\\]|\\(?!(?P=quote)).){0,512})\\?(?P=quote)"
    # In YAML its type or an anchor may be before it.
    r"|(?:(?:!!?[a-z]+|&\w+)[ \t]+)?(?P<bare>[^\s\"'`,;|<>\\]{1,512}))"
)
_BELOW: Final = re.compile(
    # In YAML on the next line, with or without a sign that says so.
    r"[\"']?:[ \t]{0,8}(?P<sign>[|>][+-]?)?[ \t]{0,8}\n[ \t]{1,80}"
    r"(?P<value>[^\s:#\"'-][^\s:]{4,512})[ \t]{0,8}(?:\n|$)"
)
_NEXT_ARGUMENT: Final = re.compile(
    r"\\?[\"']?(?:\s*,\s*|\s*\n\s*-\s+)\\?[\"']?(?P<value>[^\s\"'\\,\]-][^\s\"'\\,\]]{2,512})"
)
_TOLD: Final = re.compile(r"\b(?:ENV|ARG|setx|config(?:ure)? set)\s+\S{0,60}$")
_BRACED: Final = re.compile(r"\{(?!\w+(?:![rsa])?(?::|\}))([^{}\"'\s]*[^{}\"'\s\w.-][^{}\"'\s]*)\}")
"""A password in braces, as ODBC's connection strings have it, and no variable's name."""
_TO = r"\\?[\"']?\s*[:=]\s*"
_TEXT = r"(?:\\?[\"'](?P<quoted>[^\"'\n\\]{1,512})\\?[\"']|(?P<bare>[^\s\"'`,}\]]{1,512}))"
_CALLED_SO = r"\\?[\"']?(?P<name>[\w.-]{2,100})"
_VALUE_IS: Final = re.compile(rf"[vV]alue{_TO}")
"""In both of these: to look for it is far faster."""
_OTHER = (
    r"(?:\\?[\"']?(?![Vv]alue|[Nn]ame|[Kk]ey)[A-Za-z]{2,40}\\?[\"']?\s{0,4}:\s{0,4}"
    r"(?:\\?[\"'][^\"'\n\\]{0,200}\\?[\"']|[^\s\"'`,{}\[\]]{1,200})\s*(?:,\s*)?){0,3}"
)
"""What an entry has besides."""
_NEXT = rf"\s*(?:,\s*)?{_OTHER}\\?[\"']?"
_PAIR: Final = re.compile(
    # An entry of a list of variables, in YAML or JSON, the name first or last.
    # A literal first, and then that a word begins there: that is searched far faster.
    rf"(?:[nN]ame(?<!\w.{{4}})|[kK]ey(?<!\w.{{3}})){_TO}{_CALLED_SO}\\?[\"']?{_NEXT}[vV]alue{_TO}{_TEXT}"
)
_REVERSED: Final = re.compile(
    rf"[vV]alue(?<!\w.{{5}}){_TO}{_TEXT}\\?[\"']?{_NEXT}(?:[nN]ame|[kK]ey){_TO}{_CALLED_SO}"
)
_HEADER: Final = re.compile(
    r"authorization\\?[\"']?\s*[:=,]\s*[fb]?\\?[\"']?(?:Basic|Bearer|Token|ApiKey)\s+"
    r"(?P<value>[A-Za-z0-9+/=_.~:-]{6,})",
    re.IGNORECASE,
)
_TOKEN68 = r"[A-Za-z0-9._~+/-]{6,}+=*+"
_AUTHORIZATION: Final = re.compile(
    # RFC 9110, 11.4: what a header of any name has for a value, as a whole.
    rf"\b(?:Basic +(?P<login>{_TOKEN68})|Bearer +(?P<token>{_TOKEN68}))"
    r"(?=$|</|[\s\"'`,;\\)\]}&|])",
    re.IGNORECASE,
)
LITERALS: Final = (b"basic ", b"bearer ")
"""One of them is in what such a header has for a value, in lower case."""
_AUTHORIZATION_IN_BYTES: Final = re.compile(rb"(?:basic|bearer) +[\w.~+/-]{6}", re.IGNORECASE)
SEPARATORS: Final = frozenset("=: \n\t>")
"""Between what is set and its value there is one of them."""
_ENDS: Final = re.compile(r"[ \t]*(?:$|[\r\n,;&}\]\"'#<]|\\[nr\"'])|[ \t]+[\w-]+=")
_CALL: Final = re.compile(r"[()\[\]{}]")
_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z_.-]*\d?")
_CALLED: Final = re.compile(
    r"pass|pwd|secret|token|key|cred|auth|value|input|config|param|str", re.IGNORECASE
)
_JOINED: Final = re.compile(r"[._-]")
_SHORTEST_BARE: Final = 5
_BY_SPACE: Final = frozenset({"requirepass", "masterauth", "authtoken", "add-authtoken"})

_PROPERTY: Final = re.compile(r"(?:^|[^-])-D[a-z][\w-]*\.")
"""What follows the dash where Java is given a property: `-Dspring.datasource.password=`."""


def sets_credential(text: str) -> str | None:
    """What in a text is given a value and is called a credential; `None` where nothing is.

    The name alone is given back, and never the value.
    """
    return None if SEPARATORS.isdisjoint(text) else next(_set_in(text), None)


def _set_in(text: str) -> Iterator[str]:
    for found, means in named_in(text):
        if _is_set(text, found, means):
            name = found.group()
            before = text[max(0, found.start() - 2) : found.start()]
            is_property = _PROPERTY.match(before + name) is not None
            yield name[1:] if is_property else name
    if _VALUE_IS.search(text):
        for pattern in (_PAIR, _REVERSED):
            for found in pattern.finditer(text):
                if is_credential(found["quoted"] or found["bare"] or "", meaning(found["name"])):
                    yield found["name"]
    if _authorizes(text):
        yield "Authorization"
    if gives_password(text):
        yield "a password"


def _authorizes(text: str) -> bool:
    """Whether a text has what an `Authorization` header has for a value, under whatever name."""
    lower = text.lower()
    if "authorization" in lower and any(
        is_login_in_base64(found["value"]) or any(map(str.isdigit, found["value"]))
        for found in _HEADER.finditer(text)
    ):
        return True
    return ("basic " in lower or "bearer " in lower) and any(
        is_login_in_base64(found["login"]) if found["login"] else is_bearer_token(found["token"])
        for found in _AUTHORIZATION.finditer(text)
    )


def may_be_authorization(data: bytes, at: int) -> bool:
    """Whether one of the literals, found somewhere in a message, may be such a value's."""
    return _AUTHORIZATION_IN_BYTES.match(data, at) is not None


def _is_set(text: str, name: re.Match[str], means: Meaning) -> bool:
    """Whether what follows a name gives it a value that can be a credential."""
    before = text[max(0, name.start() - 2) : name.start()]
    is_flag = before.endswith("-")
    if is_flag or name.group().lower() in _BY_SPACE:
        argument = _NEXT_ARGUMENT.match(text, name.end())
        if argument is not None:
            return is_credential(argument["value"], means)
    found = _ASSIGNED.match(text, name.end())
    # `${PASSWORD:-...}` and `$PASSWORD` are looked up.
    is_variable = before.endswith(("$", "%")) and not _sets_variable(name.group(), found)
    if before == "${" or is_variable:
        return False
    if found is None:
        return _is_below(text, name, means)
    sep = found["sep"].strip()
    is_told = is_flag or (not sep and _is_told(text, name.start()))
    if not sep and not is_told and name.group().lower() not in _BY_SPACE:
        return False
    if found["quoted"] is not None:
        return is_credential(found["quoted"], means)
    return _is_bare(text, name, found, means, before=before)


def _is_bare(
    text: str, name: re.Match[str], found: re.Match[str], means: Meaning, *, before: str
) -> bool:
    """The same of a value without quotes, which may as well be a part of a program."""
    value, is_flag = found["bare"], before.endswith("-")
    if before.endswith(("?", "&")):
        value = value.partition("&")[0]
    braced = _BRACED.fullmatch(value) if found["sep"] == "=" else None
    if braced is not None:
        return not is_flag and is_credential(braced[1], means)
    # What closes a list or a mapping of YAML around it.
    value = value if "{" in value or "[" in value else value.rstrip("}]")
    if len(value) < _SHORTEST_BARE or not is_credential(value, means):
        return _is_below(text, name, means)
    if found["close"] and found["sep"] != ">":
        return value.isdigit() and means is Meaning.PASSWORD
    if not found["sep"].strip():
        return not value.startswith("-") and _CALL.search(value) is None
    if found["sep"] == "=" and (is_flag or name.group().isupper()):
        return _CALL.search(value) is None
    if found["sep"] in (":", "= "):
        return False
    if not _is_data(value):
        return False
    # A word with a digit is no other word of a sentence.
    is_argument = found["sep"] == "=" and any(map(str.isdigit, value))
    return is_argument or _ENDS.match(text, found.end()) is not None


def _sets_variable(name: str, found: re.Match[str] | None) -> bool:
    """Whether a variable of PHP, Perl or PowerShell is set to a literal: no test of a shell is."""
    if found is None or found["quoted"] is None or name.isupper():
        return False
    return not found["close"] and found["sep"].strip() == "="


def _is_told(text: str, at: int) -> bool:
    """Whether a command before a name sets it to what follows."""
    return _TOLD.search(text, max(0, at - 80), at) is not None


def _is_below(text: str, name: re.Match[str], means: Meaning) -> bool:
    found = _BELOW.match(text, name.end())
    if found is None or not is_credential(found["value"], means):
        return False
    return bool(found["sign"]) or (
        any(map(str.isdigit, found["value"])) and _is_data(found["value"])
    )


def _is_data(value: str) -> bool:
    """Whether an unquoted value is data, and no type, no variable and no call of a program."""
    if _CALL.search(value):
        return False
    if not _IDENTIFIER.fullmatch(value) or looks_random(_JOINED.sub("", value)):
        return True
    return value.islower() and "." not in value and not _CALLED.search(value)
