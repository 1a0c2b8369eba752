"""What a name says of its value: that it is a credential, for certain, perhaps, or not.

The last words of a name decide: `DB_PASSWORD` holds a password, `DB_PASSWORD_FILE` a file's path.

Sources: the documented variables of the official container images of postgres, mysql, mariadb,
mongo, redis, neo4j, rabbitmq, couchdb, elasticsearch, influxdb and wordpress (Docker Hub), of
MinIO, Grafana, Keycloak, Vault, n8n, Airflow, Meilisearch, Qdrant, Weaviate and SQL Server, of
libpq ("Environment Variables"), MySQL ("Environment Variables", `MYSQL_PWD`) and Redis
(`requirepass`, `masterauth`, `REDISCLI_AUTH`); all 2026-11.
"""

from __future__ import annotations

import enum
import re
import string
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from apex_guardrails.model.credentials.keys import KEY_IS, KEY_ISSUED, NO_KEY
from apex_guardrails.model.literals import Literals


class Meaning(enum.Enum):
    """What a name says of its value."""

    NOTHING = "nothing"
    PASSWORD = "password"  # noqa: S105 a kind of name
    """A password: nearly every value is one."""
    SECRET = "secret"  # noqa: S105 a kind of name
    """A key or a token that somebody may have made up."""
    ISSUED = "issued"
    """A key or a token to a service, which makes it up: it is no plain word."""
    KEY_OR_NAME = "key or name"
    """`ROUTING_KEY` holds a key or the name of something, `VERIFY_TOKEN` a token or a switch."""
    SECRET_OR_NAME = "secret or its name"  # noqa: S105 a kind of name
    """`DB_SECRET` holds a secret, or the name of one."""
    ADDRESS = "address"
    """An address that has a password as a rule, which its value shows."""
    LOGIN = "login"
    """`NEO4J_AUTH` holds a user and a password; `GRAFANA_AUTH`, say, the way of logging in."""

    def __bool__(self) -> bool:
        return self is not Meaning.NOTHING


UNAMBIGUOUS: Final = frozenset({Meaning.PASSWORD, Meaning.SECRET, Meaning.ISSUED})
"""What is a credential even where the value is not known."""

_ANY_KEY: Final = UNAMBIGUOUS | {Meaning.KEY_OR_NAME}

LONGEST: Final = 100
"""Longer ones are no names."""

STEMS: Final = (
    *(b"key", b"token", b"cookie", b"pw", b"psw", b"auth", b"secret", b"cred", b"pass", b"pat"),
    *(b"psk", b"salt", b"pepper", b"kennwort", b"contrasena", b"senha", b"wachtwoord"),
)
"""One of them is in every name that is a credential's, in lower case."""

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_OF_NO_MATTER: Final = frozenset(
    {
        *("prod", "production", "dev", "development", "staging", "stage", "test", "live", "local"),
        *("default", "value", "text", "plain", "plaintext", "raw", "base64", "b64", "json", "pem"),
        *("old", "new", "current", "previous", "primary", "secondary", "wo", "main", "backup"),
        *("v", "b", "var", "env", "part"),
    }
)
"""Last words that leave a name what it is: `PASSWORD_PROD`."""

_WHOSE: Final = frozenset(
    {
        *("admin", "root", "app", "db", "database", "postgres", "postgresql", "mysql", "mariadb"),
        *("redis", "mongo", "mongodb", "rabbitmq", "smtp", "readonly", "replica", "master"),
        *("owner", "superuser", "sa", "ro", "rw"),
    }
)
"""Last words after `PASSWORD` that say whose it is: `PASSWORD_ADMIN`."""
_PASSWORD_OF: Final = frozenset({"password", "passwd", "passwort", "kennwort", "pwd"})

_NO_VALUE: Final = frozenset(
    {
        *("allow", "allowed", "empty", "random", "existing", "enable", "enabled", "disable"),
        *("disabled", "require", "required", "requires", "skip", "forgot", "reset", "use", "has"),
        *("is", "needs", "without", "show", "hide", "change", "validate", "verify", "check"),
        *("rotate", "generate", "min", "max", "ignore", "mask", "redact", "onetime"),
        *("missing", "invalid", "wrong", "expired", "weak"),
    }
)
"""First, or right before the last, they make it a switch, a limit, a message as a rule:
`ALLOW_EMPTY_PASSWORD`."""

_PASSWORD: Final = re.compile(
    r".*(?:password|passwd|passwrd|pswd|passphrase|passcode|passwort|kennwort|contrasena|motdepasse|wachtwoord)s?|senha"
    r"|(?:db|pg|postgres|sql|mysql|redis|smtp|mail|imap|user|root|admin|ldap|ftp|auth|rabbit|mongo"
    r"|require|master|ssh|http|proxy|store|key|trust|keystore|truststore|login|my|app|api|web|svc"
    r"|amqp|bind|cert|clickhouse|database|docker|elastic|email|grafana|jenkins|kafka|mongodb|mq"
    r"|postgresql|rabbitmq|registry|smb|ssl|sudo|tls|vault|vnc|wifi"
    r"|)(?:pass|pwd|psw|pw)"
)
_MOT_DE: Final = ["mot", "de"]
_NO_PASSWORD: Final = frozenset(
    {
        *("first", "second", "third", "single", "multi", "two", "render", "boarding", "low"),
        *("high", "band", "all", "one", "next", "season", "fastcgi", "uwsgi", "scgi", "grpc"),
        *("memcached", "to", "tests", "will", "must", "should", "not", "old", "last"),
    }
)
"""What is before `pass` where that is no password."""

_TOKEN: Final = re.compile(r"(?:.+)?token")
_NO_TOKEN: Final = frozenset(
    {
        *("page", "next", "continuation", "end", "start", "stop", "eos", "bos", "pad", "unk"),
        *("sep", "cls", "cancel", "cancellation", "sync", "resume", "per", "special", "design"),
        *("idempotency", "nft", "erc20", "last", "first", "prompt", "completion"),
        *("input", "output", "total", "each", "delimiter", "separator", "by", "public", "csrf"),
    }
)
_TOKEN_ISSUED: Final = frozenset({"bot", "discord", "telegram", "oauth", "oauth2"})
"""What is before `token` where whoever issues it makes it up."""

_SECRET_IS: Final = frozenset(
    {
        *("client", "app", "application", "jwt", "session", "cookie", "auth", "shared", "signing"),
        *("webhook", "consumer", "api", "oauth", "oauth2", "nextauth", "nuxt", "totp", "hmac"),
        *("token", "access", "refresh", "flask", "django", "rails", "encryption", "hash", "state"),
        *("couchdb", "site", "recaptcha", "hcaptcha", "turnstile", "stripe", "slack", "github"),
        *("google", "facebook", "twitter", "discord", "linkedin", "twilio", "plaid", "better"),
        *("master", "user", "internal", "service", "cron", "callback", "link", "minio", "otp"),
        *("mfa", "erlang", "signature", "bot", "partner", "merchant", "payment", "hook"),
    }
)
"""What is before `secret` where the value can hardly be a secret's name."""

_KEYS_IN_ONE: Final = re.compile(
    r".*(api|secret|private|access|auth|encryption|signing|license|master|ssh|shared|account)keys?"
)
_CREDENTIALS: Final = re.compile(r"(?:.+)?(?:credentials?|creds?)")
_PATS: Final = frozenset(
    {"github", "gitlab", "gh", "gl", "azure", "azdo", "ado", "git", "jira", "devops"}
)
_SALTED: Final = frozenset({"auth", "password", "cookie"})
_CONNECTION: Final = frozenset({"string", "str", "uri", "url"})

_BY_ITSELF: Final = {
    "requirepass": Meaning.PASSWORD,
    "masterauth": Meaning.PASSWORD,
    "vault_dev_root_token_id": Meaning.SECRET,
    "secret_key_base": Meaning.SECRET,
    "authentication_apikey_allowed_keys": Meaning.SECRET,
    "private_key_id": Meaning.NOTHING,
    # The metadata of a virtual machine: public keys.
    "ssh_keys": Meaning.NOTHING,
    "database_url": Meaning.ADDRESS,
    # The shell's own: working directories.
    "oldpwd": Meaning.NOTHING,
}


def name_around(data: bytes, at: int) -> bytes:
    """The name in a message around a stem; nothing where it means nothing, never one too few."""
    word = data[slice(*_word_around(data, at))]
    # The byte before a text in a message may be one more.
    return word if len(word) <= LONGEST + 1 and _means_something(word) else b""


def named_in(text: str) -> Iterator[tuple[re.Match[str], Meaning]]:
    """The names in a text that mean anything, in their order, each where it is."""
    # A byte for each character, so that places are the same.
    data = text.encode("ascii", "replace")
    for start, end in sorted({_word_around(data, at) for _, at in _STEMS.found_in(data)}):
        found = _NAME.search(text, start, end) if end - start <= LONGEST + 1 else None
        means = meaning(found.group()) if found else Meaning.NOTHING
        if found and means:
            yield found, means


def _word_around(data: bytes, at: int) -> tuple[int, int]:
    """Where the word around a place begins and ends, or is longer than any name."""
    first = max(0, at - LONGEST - 1)
    after = _NAME_RUN.match(data, at, at + LONGEST + 2)
    return first + len(data[first:at].rstrip(_NAME_BYTES)), after.end() if after else at


_STEMS: Final = Literals((None, stem) for stem in STEMS)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_.-]+[A-Za-z0-9]+)*")
_NAME_BYTES: Final = (string.ascii_letters + string.digits + "_.-").encode()
_NAME_RUN: Final = re.compile(b"[" + re.escape(_NAME_BYTES) + b"]*")


@lru_cache(maxsize=4096)
def _means_something(name: bytes) -> bool:
    # In a message the byte before a text is its length, which may look like a part of the name.
    text = name.decode()
    return bool(meaning(text)) or bool(meaning(text[1:]))


@lru_cache(maxsize=4096)
def meaning(name: str) -> Meaning:
    """What a name such as `DB_PASSWORD`, `dbPassword` or `--db-password` says of its value."""
    if len(name) > LONGEST:
        return Meaning.NOTHING
    words = [word.lower() for word in _WORD.findall(name)]
    known = _BY_ITSELF.get("_".join(words))
    if known is not None:
        return known
    if words[:2] == ["tf", "token"]:
        # Terraform's own: a host's name follows.
        return Meaning.SECRET
    while len(words) > 1 and (words[-1] in _OF_NO_MATTER or words[-1].isdigit()):
        words.pop()
    if len(words) > 1 and words[-1] in _WHOSE and words[-2] in _PASSWORD_OF:
        words.pop()
    if not words:
        return Meaning.NOTHING
    *before, last = words
    means = _of_last(last, before, before[-1] if before else "")
    if means and before and not _NO_VALUE.isdisjoint((before[0], before[-1])):
        is_one = means in _ANY_KEY or (means is Meaning.SECRET_OR_NAME and "existing" not in before)
        return Meaning.KEY_OR_NAME if is_one else Meaning.NOTHING
    return means


def _of_last(last: str, before: list[str], previous: str) -> Meaning:  # noqa: C901 a table in words
    if _PASSWORD.fullmatch(last):
        if last in ("pass", "pw") and previous in _NO_PASSWORD:
            return Meaning.NOTHING
        return Meaning.PASSWORD
    if (last == "word" and previous == "pass") or (last == "passe" and before[-2:] == _MOT_DE):
        return Meaning.PASSWORD
    in_one = _KEYS_IN_ONE.fullmatch(last)
    if in_one is not None or last in ("key", "keys"):
        return _of_key(in_one[1] if in_one else previous)
    if _TOKEN.fullmatch(last):
        if previous in _TOKEN_ISSUED:
            return Meaning.ISSUED
        if previous == "security":
            return Meaning.KEY_OR_NAME
        return Meaning.NOTHING if previous in _NO_TOKEN else Meaning.SECRET
    if last == "tokens":
        is_one = previous in ("api", "auth", "access", "bearer")
        return Meaning.SECRET if is_one else Meaning.NOTHING
    if last.endswith(("secret", "secrets")):
        is_one = last.removesuffix("s") != "secret" or previous in _SECRET_IS
        return Meaning.SECRET if is_one else Meaning.SECRET_OR_NAME
    if _CREDENTIALS.fullmatch(last):
        return Meaning.ISSUED
    if last == "dsn" or last in ("connstr", "connectionstring", "connstring"):
        return Meaning.ADDRESS
    if last in _CONNECTION and previous in ("connection", "conn"):
        return Meaning.ADDRESS
    return _of_rare(last, before, previous)


def _of_key(previous: str) -> Meaning:
    if previous in KEY_IS:
        return Meaning.SECRET
    if previous in KEY_ISSUED:
        return Meaning.ISSUED
    return Meaning.KEY_OR_NAME if previous and previous not in NO_KEY else Meaning.NOTHING


def _of_rare(last: str, before: list[str], previous: str) -> Meaning:
    if last in ("auth", "authorization", "basicauth", "cookie"):
        is_cookie = last == "cookie" and "erlang" in before
        return Meaning.SECRET if is_cookie else Meaning.LOGIN
    is_secret = (
        (last in ("string", "str") and previous == "auth")
        or last == "authstring"
        or (last == "pat" and previous in _PATS)
        or (last == "salt" and previous in _SALTED)
    )
    if is_secret or last == "psk":
        return Meaning.SECRET
    return Meaning.KEY_OR_NAME if last in ("salt", "pepper") else Meaning.NOTHING
