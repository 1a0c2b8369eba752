"""Programs that are given a password as an argument, in the text of a script or a query.

Sources: the manuals of the programs, 2026-11.
"""

from __future__ import annotations

import re
from typing import Final

from policies.model.credentials.names import Meaning
from policies.model.credentials.values import is_credential

_VALUE = r"[\"']?(?P<value>[^\s\"'|;&-][^\s\"'|;&]{2,})"
_ARGUMENTS = r"\b[^\n|;&]*?\s"

_COMMANDS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?-i:IDENTIFIED)\s+(?:WITH\s+\S+\s+)?BY\s+['\"](?P<value>[^'\"]{3,})['\"]",
        r"\bPASSWORD\s+'(?P<value>[^']{3,})'",
        rf"\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|sshpass){_ARGUMENTS}-p{_VALUE}",
        rf"\bsshpass\s+-p\s+{_VALUE}",
        rf"\bredis-cli{_ARGUMENTS}-a\s+{_VALUE}",
        rf"\bcurl{_ARGUMENTS}(?:-u|--user)\s*[\"']?[\w.@-]+:{_VALUE}",
        rf"\b(?:docker|podman|helm|az|oc)\b[^\n|;&]*?\blogin{_ARGUMENTS}-p\s*{_VALUE}",
        rf"\b(?:cypher-shell|mongo|mongosh|mongodump){_ARGUMENTS}-p\s*{_VALUE}",
        rf"\bset-initial-password\s+{_VALUE}",
        rf"\bhtpasswd\s+-\w*b\w*\s+\S+\s+\S+\s+{_VALUE}",
        rf"\s-pass(?:in|out)?\s+[\"']?pass:{_VALUE}",
        r"[\w.-]+:(?P<value>[^\s\"'|]{3,})[\"']?\s*\|\s*(?:sudo\s+)?chpasswd\b",
        r"\bchpasswd\b[^\n]*<<<?\s*[\"'][\w.-]+:(?P<value>[^\s\"']{3,})",
        # cloud-init's module of that name.
        r"\bchpasswd:[^:]{0,80}list:[\s|>-]*(?:[\w.-]+:R(?:ANDOM)?\s+)*[\w.-]+:(?P<value>[^\s:]{3,})",
        rf"\blogin\s+\S+\s+password\s+{_VALUE}",
    )
)
_OPTION_MARKS: Final = (b" -p", b" -a ", b" -u", b" --user")


def may_hold_command(data: bytes) -> bool:
    """Whether a program in a message may be given a password.

    Never wrongly false, but for commands with a name in them that means a credential: that is
    another sign.
    """
    return b"IDENTIFIED" in data or (b" -" in data and any(mark in data for mark in _OPTION_MARKS))


def gives_password(text: str) -> bool:
    """Whether a program in a text is given a password."""
    return any(
        is_credential(found["value"], Meaning.PASSWORD)
        for pattern in _COMMANDS
        for found in pattern.finditer(text)
    )
