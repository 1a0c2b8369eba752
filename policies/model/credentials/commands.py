"""Programs that are given a password as an argument, in the text of a script or a query.

Sources: the manuals of the programs, 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policies.model.credentials.names import Meaning
from policies.model.credentials.values import is_credential

_VALUE = r"[\"']?(?P<value>[^\s\"'|;&-][^\s\"'|;&]{2,})"
# What repeats is bounded, lest a long text take minutes.
_ARGUMENTS = r"\b[^\n|;&]{0,400}?\s"
_REGISTRY_CLIENTS = ("docker", "podman", "helm", "az", "oc")
_WORD = r"[\w.-]{1,64}+"
_GENERATED = rf"[\s|>-]{{0,80}}(?:{_WORD}:R(?:ANDOM)?\s+)*"

_COMMANDS: Final = tuple(
    (marks, re.compile(pattern, re.IGNORECASE))
    # What is in every text that a pattern is found in, in lower case: to look for it is far faster.
    for marks, pattern in (
        (
            ("identified",),
            r"\b(?-i:IDENTIFIED)\s+(?:WITH\s+\S+\s+)?BY\s+['\"](?P<value>[^'\"]{3,})['\"]",
        ),
        (("password", "'"), r"\bPASSWORD\s+'(?P<value>[^']{3,})'"),
        (("mysql", "-p"), rf"\bmysql(?:dump|admin)?{_ARGUMENTS}-p{_VALUE}"),
        (("mariadb", "-p"), rf"\bmariadb(?:-dump)?{_ARGUMENTS}-p{_VALUE}"),
        (("sshpass", "-p"), rf"\bsshpass{_ARGUMENTS}-p{_VALUE}"),
        (("sshpass", "-p"), rf"\bsshpass\s+-p\s+{_VALUE}"),
        (("redis-cli", "-a"), rf"\bredis-cli{_ARGUMENTS}-a\s+{_VALUE}"),
        (("curl", "-u"), rf"\bcurl{_ARGUMENTS}(?:-u|--user)\s*[\"']?[\w.@-]+:{_VALUE}"),
        *(
            (
                (client, "login", "-p"),
                rf"\b{client}\b[^\n|;&]{{0,400}}?\blogin{_ARGUMENTS}-p\s*{_VALUE}",
            )
            for client in _REGISTRY_CLIENTS
        ),
        (("cypher-shell", "-p"), rf"\bcypher-shell{_ARGUMENTS}-p\s*{_VALUE}"),
        (("mongo", "-p"), rf"\bmongo(?:sh|dump)?{_ARGUMENTS}-p\s*{_VALUE}"),
        (("set-initial-password",), rf"\bset-initial-password\s+{_VALUE}"),
        (("htpasswd", "-"), rf"\bhtpasswd\s+-\w{{0,9}}b\w{{0,9}}\s+\S+\s+\S+\s+{_VALUE}"),
        (("-pass", "pass:"), rf"\s-pass(?:in|out)?\s+[\"']?pass:{_VALUE}"),
        (
            ("chpasswd", "|"),
            rf"(?<![\w.-]){_WORD}:(?P<value>[^\s\"'|]{{3,200}}+)[\"']?\s*\|\s*(?:sudo\s+)?chpasswd\b",
        ),
        (
            ("chpasswd", "<<"),
            rf"\bchpasswd\b[^\n]{{0,400}}<<<?\s*[\"']{_WORD}:(?P<value>[^\s\"']{{3,}})",
        ),
        (
            # cloud-init's module of that name.
            ("chpasswd:", "list:"),
            rf"\bchpasswd:[^:]{{0,80}}list:{_GENERATED}{_WORD}:(?P<value>[^\s:]{{3,}})",
        ),
        (("login", "password"), rf"\blogin\s+\S+\s+password\s+{_VALUE}"),
    )
)
LITERALS: Final = (b"identified", b" -p", b" -a ", b" -u", b" --user")
"""Where a program is given a password there is one of them, in lower case.

But for commands with a name in them that means a credential.
"""


def may_be_command(data: bytes, at: int) -> bool:
    """Whether one of the literals, found somewhere in a message, may be a command's."""
    return data.startswith((b" -", b"IDENTIFIED"), at)


def gives_password(text: str) -> bool:
    """Whether a program in a text is given a password."""
    lower = text.lower()
    return any(
        is_credential(found["value"], Meaning.PASSWORD)
        for marks, pattern in _COMMANDS
        if all(mark in lower for mark in marks)
        for found in _each(pattern, marks[0], text, lower)
    )


def _each(pattern: re.Pattern[str], mark: str, text: str, lower: str) -> Iterator[re.Match[str]]:
    """What a pattern finds in a text, which is searched for the mark where it begins with that."""
    # The lower case of a few letters is longer.
    if len(lower) != len(text) or not pattern.pattern.lower().startswith(rf"\b{mark}"):
        yield from pattern.finditer(text)
        return
    at = lower.find(mark)
    while at >= 0:
        found = pattern.match(text, at)
        if found:
            yield found
        at = lower.find(mark, found.end() if found else at + 1)
