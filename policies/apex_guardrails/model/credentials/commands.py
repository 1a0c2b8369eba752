"""Programs that are given a password as an argument, in the text of a script or a query.

Sources: the manuals of the programs, 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from apex_guardrails.model.credentials.names import Meaning
from apex_guardrails.model.credentials.values import is_credential
from apex_guardrails.model.literals import Literals

_VALUE = r"[\"']?(?P<value>[^\s\"'|;&-][^\s\"'|;&]{2,})"
# What repeats is bounded, lest a long text take minutes.
_ARGUMENTS = r"\b[^\n|;&]{0,400}?\s"
_REGISTRY_CLIENTS = ("docker", "podman", "helm", "az", "oc")
_LDAP = ("search", "add", "modify", "delete", "passwd", "whoami")
_UPPER_CASE = ("sqlcmd", "bcp", "zip", "unzip")
_LOWER_CASE = ("7z", "twine", "useradd", "usermod", "clickhouse-client")
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
        (
            ("identified", "user"),
            (
                r"\b(?:create|alter)\s+user\s[^\n;]{1,200}?\sidentified\s+(?:with\s+\S+\s+)?by\s+"
                r"['\"](?P<value>[^'\"]{3,})['\"]"
            ),
        ),
        (
            ("set password",),
            r"\bSET\s+PASSWORD\s[^=\n;]{0,200}=\s*(?:PASSWORD\()?'(?P<value>[^']{3,})'",
        ),
        # A line of .pgpass.
        *(
            ((mark,), rf"(?:^|[\s\"'])[\w.*-]+{port}:[^:\s]+:[^:\s]+:(?P<value>[^\s:\"']{{3,}})")
            for mark, port in ((":5432:", ":5432"), ("*:*:", r":\*"))
        ),
        (("password", "'"), r"\bPASSWORD\s+'(?P<value>[^']{3,})'"),
        (("mysql", "-p"), rf"\bmysql(?:dump|admin)?{_ARGUMENTS}(?-i:-p){_VALUE}"),
        (("mariadb", "-p"), rf"\bmariadb(?:-dump)?{_ARGUMENTS}(?-i:-p){_VALUE}"),
        (("sshpass", "-p"), rf"\bsshpass{_ARGUMENTS}-p{_VALUE}"),
        (("sshpass", "-p"), rf"\bsshpass\s+-p\s+{_VALUE}"),
        (("redis-cli", "-a"), rf"\bredis-cli{_ARGUMENTS}-a\s+{_VALUE}"),
        (
            ("curl", "-"),
            rf"\bcurl{_ARGUMENTS}(?:-[a-zA-Z]{{0,9}}u|--user)[\s=]*[\"']?[\w.@-]+:{_VALUE}",
        ),
        (("http", "-a"), rf"\bhttps?\s(?:[^\n|;&]{{0,400}}?\s)?-a\s+[\"']?[\w.@-]+:{_VALUE}"),
        (("lftp", "-u"), rf"\blftp{_ARGUMENTS}-u\s+[\"']?[\w.@-]+,{_VALUE}"),
        (
            ("smbclient", "-u"),
            rf"\bsmbclient{_ARGUMENTS}(?:-U|--user)[\s=]*[\"']?[\w.@\\-]+%{_VALUE}",
        ),
        *(
            ((f"ldap{what}", "-w"), rf"\bldap{what}{_ARGUMENTS}(?-i:-w)\s+{_VALUE}")
            for what in _LDAP
        ),
        *(((tool, "-p"), rf"\b{tool}{_ARGUMENTS}(?-i:-P)\s*{_VALUE}") for tool in _UPPER_CASE),
        *(((tool, "-p"), rf"\b{tool}{_ARGUMENTS}(?-i:-p)\s*{_VALUE}") for tool in _LOWER_CASE),
        (("openssl", "-k"), rf"\bopenssl{_ARGUMENTS}(?-i:-k)\s+{_VALUE}"),
        (("rabbitmqctl", "_"), rf"\brabbitmqctl\s+(?:add_user|change_password)\s+\S+\s+{_VALUE}"),
        (("mysqladmin", "password"), rf"\bmysqladmin{_ARGUMENTS}password\s+{_VALUE}"),
        (
            ("--from-literal",),
            rf"\bsecret\s[^\n|;&]{{0,400}}?--from-literal[\s=][\"']?[\w.-]+={_VALUE}",
        ),
        (("alias set",), rf"\bmc\s+alias\s+set\s+\S+\s+\S+\s+\S+\s+{_VALUE}"),
        (
            ("convertto-securestring",),
            r"\bConvertTo-SecureString\s+(?:-String\s+)?([\"'])(?P<value>[^\"']{3,})\1\s+-AsPlain",
        ),
        (("net user",), rf"\bnet\s+user\s+\S+\s+(?!/){_VALUE}\s+/add"),
        *(
            (("echo", reads), rf"\becho\s+(?:-n\s+)?{_VALUE}[\"']?\s*\|\s*(?:sudo\s+)?{what}")
            for reads, what in (
                ("stdin", r"[^\n|;&]{0,400}?--(?:password-)?stdin"),
                ("sudo", r"(?-i:sudo\s+-S|(?<=sudo )-S)"),
            )
        ),
        (("acl ", ">"), rf"\bACL\s+SETUSER\s[^\n]{{0,200}}?\s>{_VALUE}"),
        (
            ("user ", ">"),
            r"^\s*user\s+\S+\s+on\s[^\n]{0,200}?>(?P<value>[^\s]{3,})\s[^\n]{0,200}[~+]",
        ),
        *(
            (
                (client, "login", "-p"),
                rf"\b{client}\b[^\n|;&]{{0,400}}?\blogin{_ARGUMENTS}-p\s*{_VALUE}",
            )
            for client in _REGISTRY_CLIENTS
        ),
        (("cypher-shell", "-p"), rf"\bcypher-shell{_ARGUMENTS}-p\s*{_VALUE}"),
        (("mongo", "-p"), rf"\bmongo(?:sh|dump)?{_ARGUMENTS}(?-i:-p)\s*{_VALUE}"),
        (("set-initial-password",), rf"\bset-initial-password\s+{_VALUE}"),
        (
            ("htpasswd", "-"),
            rf"\bhtpasswd\s+(?:-\w+\s+)*?-\w{{0,9}}b\w{{0,9}}\s+(?:-\w+\s+)*\S+\s+\S+\s+{_VALUE}",
        ),
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
# Nearly always none is there. Of the further marks the first that is missing ends it.
_FIRST_MARKS: Final = Literals(
    (place, marks[0].encode()) for place, (marks, _) in enumerate(_COMMANDS)
)
LITERALS: Final = (
    *(b"identified by", b"identified with", b" -p", b" -a ", b" -u", b" --user", b" -w ", b" -k "),
    *(b"stdin", b"rabbitmqctl ", b"mysqladmin ", b"--from-literal", b"alias set ", b"net user "),
    *(b"convertto-securestring", b"acl setuser ", b"user default on ", b"curl -", b"sudo -s"),
    *(b"htpasswd ", b"smbclient ", b":5432:", b"*:*:"),
)
"""Where a program is given a password there is one of them, in lower case.

But for commands with a name in them that means a credential.
"""

ARGUMENT_LITERALS: Final = (
    *(b"mysql", b"mariadb", b"mongo", b"sshpass", b"redis-cli", b"curl", b"lftp", b"smbclient"),
    *(b"ldap", b"sqlcmd", b"twine", b"useradd", b"usermod", b"clickhouse-client", b"openssl"),
    *(b"rabbitmqctl", b"cypher-shell", b"htpasswd", b"set-initial-password"),
    # Arguments of their own, as a message has them: after their length.
    *(b"\x05login", b"\x05alias", b"\x04http", b"\x05https", b"\x03bcp", b"\x03zip", b"\x027z"),
)
"""Where the arguments are a list there is one of them, in lower case."""

COMMAND_INPUTS: Final = ("command", "commands", "entrypoint")
ARGUMENT_INPUTS: Final = ("args", "arguments")
_LIST_INPUTS: Final = tuple(name.encode() for name in (*COMMAND_INPUTS, *ARGUMENT_INPUTS))


def may_have_arguments(data: bytes, _at: int) -> bool:
    """Whether a message has an input that may be a list of arguments."""
    return any(name in data for name in _LIST_INPUTS)


def gives_password(text: str) -> bool:
    """Whether a program in a text is given a password."""
    return password_given(text) is not None


def password_given(text: str) -> str | None:
    """The first password that a program in a text is given, or `None`."""
    lower = text.lower()
    possible = {place for place, _ in _FIRST_MARKS.found_in(lower.encode("utf-8", "replace"))}
    found = (
        found["value"]
        for marks, pattern in (_COMMANDS[place] for place in sorted(possible))
        if all(mark in lower for mark in marks)
        for found in _each(pattern, marks[0], text, lower)
    )
    return next((value for value in found if is_credential(value, Meaning.PASSWORD)), None)


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
