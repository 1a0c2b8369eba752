"""Recognises credentials: by the form of a token, and by where a value comes from."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from policies.model.value import Value, from_json, leaves

TOKEN_FORMATS: Final[Mapping[str, str]] = {
    # The first few characters of each alternative are literal: they are what makes it unmistakable.
    "Anthropic API key": r"sk-ant-[A-Za-z0-9_-]{20,}",
    "OpenAI API key": r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{32,}",
    "AWS access key": r"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    "Google API key": r"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])",
    "Google access token": r"ya29\.[A-Za-z0-9_-]{20,}",
    "Google service account key file": (
        # The second and third forms are the first in base64, as the IAM API returns it.
        r'\{[^{}]*"type"\s*:\s*"service_account"[^{}]*"private_key"'
        r"|ewogICJ0eXBlIjogInNlcnZpY2VfYWNjb3VudCIs|eyJ0eXBlIjogInNlcnZpY2VfYWNjb3VudCIs"
    ),
    "private key": r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----",
    "GitHub token": r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}",
    "GitLab token": r"glpat-[A-Za-z0-9_-]{20,}",
    "Slack token": r"xox[abprs]-[A-Za-z0-9-]{20,}",
    "SendGrid API key": r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    "Stripe live key": r"[rs]k_live_[A-Za-z0-9]{20,}",
    "Pulumi access token": r"pul-[a-f0-9]{40}",
    "Hugging Face token": r"hf_[A-Za-z0-9]{30,}",
    "JSON Web Token": r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
}
"""Formats that their issuers document, by name. A match starts where a word does."""

_MARK: Final = (
    # A part that is always there, found by its rarest character, on which the search can skip:
    # several times faster than the formats themselves, and nearly every resource has none.
    r"_(?:(?<=gh[pousr]_)|(?<=github_pat_)|(?<=[rs]k_live_)|(?<=hf_)|(?<=service_)(?=account))"
    r"|-(?:(?<=sk-)|(?<=glpat-)|(?<=pul-)|(?<=xox[abprs]-))"
    r"|\.(?:(?<=ya29\.)|(?<=SG\.))"
    r"|J(?<=eyJ)|A(?:KIA|SIA|Iza)|PRIVATE KEY|InNlcnZpY2VfYWNjb3VudCIs"
)
_MARK_IN_BYTES: Final = re.compile(_MARK.encode())
_MARK_IN_TEXT: Final = re.compile(_MARK)
# In a message the bytes around a text are lengths and tags, which may look like letters: here a
# format has no say in what is around it.
_ANY_TOKEN: Final = re.compile(
    re.sub(r"\(\?!\[[^]]*\]\)", "", "|".join(TOKEN_FORMATS.values())).encode()
)


# Several rules ask it of one resource, one after the other.
@lru_cache(maxsize=4)
def may_hold_token(data: bytes) -> bool:
    """Whether a token may be in the bytes of a text or of a message; never wrongly false."""
    return _MARK_IN_BYTES.search(data) is not None and _ANY_TOKEN.search(data) is not None


_FORMATS: Final = {
    # White space is what it is in bytes, lest a text hold more than `may_hold_token` sees.
    name: re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})", re.ASCII)
    for name, pattern in TOKEN_FORMATS.items()
}


def token_format(text: str) -> str | None:
    """The name of the first token format that occurs in a text, or `None`."""
    if _MARK_IN_TEXT.search(text) is None:
        return None
    return next((name for name, pattern in _FORMATS.items() if pattern.search(text)), None)


_SHORTEST_WHOLE: Final = 4
"""Shorter secrets prove nothing: any program has such values by chance."""

_SHORTEST_PART: Final = 8
"""Shorter secrets count only as a whole value: as a part they would match by chance."""


_LOGIN = r"://[^/\s:@?#]{0,%s}:([^@\s/?#]{3,%s})@"
_LOGIN_IN_TEXT: Final = re.compile(_LOGIN % (200, 200))
# A character takes up to four bytes.
_LOGIN_IN_BYTES: Final = re.compile((_LOGIN % (800, 800)).encode())
_LONGEST_SCHEME: Final = 31
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*$", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"^(?:\$\{?\w+\}?|\$\(\w+\)|%\w+%|\{\w*\}|<\w+>)$")


def may_hold_password(data: bytes) -> bool:
    """Whether an address with a password may be in a message; never wrongly false."""
    return _LOGIN_IN_BYTES.search(data) is not None


def has_password(text: str) -> bool:
    """Whether an address with a password, `scheme://user:password@host`, occurs in a text.

    A reference that something else fills in, such as `${PASSWORD}`, is none.
    """
    return any(
        # The scheme is looked for last: what is rare comes first.
        not _REFERENCE.match(found[1]) and _ends_in_scheme(text, found.start())
        for found in _LOGIN_IN_TEXT.finditer(text)
    )


def _ends_in_scheme(text: str, end: int) -> bool:
    return _SCHEME.search(text, max(0, end - _LONGEST_SCHEME), end) is not None


@dataclass(frozen=True)
class SecretConfig:
    """The secret config values that the judged program was given, by key.

    Offline these are placeholders, so nothing secret is held. Its representation shows no value.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def _keys(self) -> dict[str, str]:
        """Every form in which a value may turn up, with its config key."""
        return {
            form: key
            for key, value in self.values.items()
            for form in _forms(value)
            if len(form) >= _SHORTEST_WHOLE and form not in {"true", "false"}
        }

    @cached_property
    def _in_messages(self) -> tuple[bytes, ...]:
        """Every form as it is in a message: texts unchanged, numbers as doubles."""
        return tuple(
            encoded for form in self._keys for encoded in (_utf8(form), _double(form)) if encoded
        )

    @cached_property
    def _parts(self) -> re.Pattern[str] | None:
        parts = [form for form in self._keys if len(form) >= _SHORTEST_PART]
        parts.sort(key=len, reverse=True)
        return re.compile("|".join(map(re.escape, parts))) if parts else None

    def key_of(self, value: Value) -> str | None:
        """The config key whose secret value is a number, or is or occurs in a text, or `None`."""
        if not self.values or isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        text = value if isinstance(value, str) else str(value) if value % 1 else str(int(value))
        if text in self._keys:
            return self._keys[text]
        match = self._parts.search(text) if self._parts and isinstance(value, str) else None
        return self._keys[match.group()] if match else None

    def occurs_in(self, value: Value) -> bool:
        """Whether a scalar is, or contains, a secret config value."""
        return self.key_of(value) is not None

    def may_occur_in(self, data: bytes) -> bool:
        """Whether a value may be in the bytes of a message; never wrongly false."""
        return any(form in data for form in self._in_messages)

    def redact(self, text: str) -> str:
        """The text with every secret config value replaced by its key."""
        if not self._parts:
            return text
        return self._parts.sub(lambda match: f"[secret {self._keys[match.group()]}]", text)


def _forms(value: str) -> Iterator[str]:
    """A secret as it is, in base64, and, for a JSON object, each of its strings and numbers."""
    if not value:
        return
    yield value
    yield _base64(value)
    if value[0] in "[{":
        try:
            parsed = from_json(value)
        except ValueError:
            return
        for leaf in leaves(parsed):
            if isinstance(leaf.value, str | int | float) and not isinstance(leaf.value, bool):
                text = str(leaf.value)
                if len(text) >= _SHORTEST_PART:
                    yield text
                    yield _base64(text)


def _base64(text: str) -> str:
    return base64.b64encode(_utf8(text)).decode()


def _utf8(text: str) -> bytes:
    # JSON can hold half of a surrogate pair, which is no character.
    return text.encode(errors="surrogatepass")


def _double(text: str) -> bytes:
    """A number as a protobuf message has it; nothing for a text that is none."""
    try:
        return struct.pack("<d", float(text))
    except ValueError:
        return b""
