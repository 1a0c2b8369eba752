"""Formats of tokens and keys that their issuers document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from apex_guardrails.model.credentials.issuers import ISSUERS
from apex_guardrails.model.literals import Literals

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
    "private key": (
        r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
        r"|PuTTY-User-Key-File-\d: (?=[\s\S]{0,4000}\nPrivate-Lines:)"
    ),
    "GitHub token": r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}",
    "Slack token": r"xox[abeprs]-[A-Za-z0-9-]{20,}",
    "SendGrid API key": r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    "Stripe live key": r"[rs]k_live_[A-Za-z0-9]{20,}",
    "Pulumi access token": r"pul-[a-f0-9]{40}",
    "Hugging Face token": r"hf_[A-Za-z0-9]{30,}",
    # Bounded, lest a long text with many beginnings take minutes.
    "JSON Web Token": (r"eyJ[A-Za-z0-9_-]{8,4000}+\.eyJ[A-Za-z0-9_-]{8,16000}+\.[A-Za-z0-9_-]{8,}"),
    **{
        issuer: rf"(?:{'|'.join(map(re.escape, beginnings))}){rest}"
        for issuer, beginnings, rest in ISSUERS
    },
}
"""Formats that their issuers document, by name. A match starts where a word does."""

LITERALS: Final = (
    *(b"sk-", b"akia", b"asia", b"aiza", b"ya29.", b"-----begin ", b"github_pat_"),
    *(b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"xoxa-", b"xoxb-", b"xoxp-", b"xoxr-"),
    *(b"xoxe-", b"xoxs-", b"sg.", b"sk_live_", b"rk_live_", b"pul-", b"hf_", b"eyj"),
    b"ewogicj0exbl",
    *(b'"private_key"', b"putty-user-key-file-"),
    *(literal.lower().encode() for _, literals, _ in ISSUERS for literal in literals),
)
"""What the formats begin with, in lower case; of a key file, what is always in it."""

_KEY_FILE: Final = b'"p'
_LITERALS: Final = Literals((None, literal) for literal in LITERALS)


def may_hold_token(data: bytes) -> bool:
    """Whether a token may be in the bytes of a text or of a message; never wrongly false."""
    return any(may_be_token(data, at) for _, at in _LITERALS.found_in(data))


def may_be_token(data: bytes, at: int) -> bool:
    """Whether one of the literals, found somewhere, may be a token's."""
    if data.startswith(_KEY_FILE, at):
        # A key file begins before it.
        return _any_token().search(data) is not None
    return _any_token().match(data, at) is not None


# To compile these takes longer than most commands have; most look at no text that needs them.
@cache
def _any_token() -> re.Pattern[bytes]:
    # In a message the bytes around a text are lengths and tags, which may look like letters: here a
    # format has no say in what is around it.
    return re.compile(re.sub(r"\(\?!\[[^]]*\]\)", "", "|".join(TOKEN_FORMATS.values())).encode())


@cache
def _formats() -> Mapping[str, re.Pattern[str]]:
    # White space is what it is in bytes, lest a text hold more than `may_hold_token` sees.
    return {
        name: re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})", re.ASCII)
        for name, pattern in TOKEN_FORMATS.items()
    }


def token_format(text: str) -> str | None:
    """The name of the first token format that occurs in a text, or `None`."""
    if not may_hold_token(text.encode(errors="replace")):
        return None
    return next((name for name, pattern in _formats().items() if pattern.search(text)), None)
