"""Formats of tokens and keys that their issuers document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import AnyStr, Final

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
    # Bounded, lest a long text with many beginnings take minutes.
    "JSON Web Token": (r"eyJ[A-Za-z0-9_-]{8,4000}+\.eyJ[A-Za-z0-9_-]{8,16000}+\.[A-Za-z0-9_-]{8,}"),
}
"""Formats that their issuers document, by name. A match starts where a word does."""

_MARKS: Final[Mapping[str, tuple[str, ...]]] = {
    # A part that is always there, by its rarest character and what is before that: to look for one
    # character is several times faster than for the formats, and nearly every resource has none.
    "_": ("ghp", "gho", "ghu", "ghs", "ghr", "github_pat", "k_live", "hf", '"private'),
    "-": ("sk", "glpat", "pul", "xoxa", "xoxb", "xoxp", "xoxr", "xoxs"),
    ".": ("ya29", "SG"),
    "J": ("ey",),
    "A": ("AKI", "ASI"),
    "z": ("AI",),
    "K": ("PRIVATE ",),
    "Y": ("InNlcnZp",),
}
_MARKS_IN_BYTES: Final[Mapping[bytes, tuple[bytes, ...]]] = {
    last.encode(): tuple(text.encode() for text in before) for last, before in _MARKS.items()
}
# In a message the bytes around a text are lengths and tags, which may look like letters: here a
# format has no say in what is around it.
_ANY_TOKEN: Final = re.compile(
    re.sub(r"\(\?!\[[^]]*\]\)", "", "|".join(TOKEN_FORMATS.values())).encode()
)


# Several rules ask it of one resource, one after the other.
@lru_cache(maxsize=4)
def may_hold_token(data: bytes) -> bool:
    """Whether a token may be in the bytes of a text or of a message; never wrongly false."""
    return _is_marked(data, _MARKS_IN_BYTES) and _ANY_TOKEN.search(data) is not None


def _is_marked(text: AnyStr, marks: Mapping[AnyStr, tuple[AnyStr, ...]]) -> bool:
    for last, before in marks.items():
        at = text.find(last)
        while at >= 0:
            if text.endswith(before, 0, at):
                return True
            at = text.find(last, at + 1)
    return False


_FORMATS: Final = {
    # White space is what it is in bytes, lest a text hold more than `may_hold_token` sees.
    name: re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})", re.ASCII)
    for name, pattern in TOKEN_FORMATS.items()
}


def token_format(text: str) -> str | None:
    """The name of the first token format that occurs in a text, or `None`."""
    if not _is_marked(text, _MARKS):
        return None
    return next((name for name, pattern in _FORMATS.items() if pattern.search(text)), None)
