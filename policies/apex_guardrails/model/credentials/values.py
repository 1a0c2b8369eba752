"""Which values can be a credential, given what their name says, and which cannot."""

from __future__ import annotations

import base64
import re
from typing import Final

from apex_guardrails.model.credentials.addresses import HOLE, is_reference
from apex_guardrails.model.credentials.names import Meaning

_SWITCH: Final = re.compile(
    r"true|false|yes|no|on|off|y|n|none|null|nil|undefined|n/a|enabled?|disabled?|required?"
    r"|optional|auto|automatic|string|str|text|number|integer|int|bool(?:ean)?|object|bytes|varchar"
    r"|unset|empty|always|never|allow|deny|missing|default_value|todo|tbd|fixme|unused"
    r"|not[-_ ]?(?:used|set|needed)|(?:from|in|see|use|via)[-_ ](?:\w+[-_ ])?secret[-_ ]?manager",
    re.IGNORECASE,
)
_LOOKED_UP: Final = re.compile(
    # Something else fills it in: a shell, a template, a deployment.
    r"[$%`@!&*]|\{\{|\{[^{}]*(?:\}|$)|<[^<>]*(?:>|$)|\[(?:[^\]]*$|.*\]$)|\((?:[^)]*$|.*\)$)"
    r"|__\w+__$|\$\$|#\{[^{}]*\}#?$"
    # A variable's name, in whatever language.
    r"|(?:process\.env|env|vars?|local|secrets|data|module|config|settings|inputs|params|values)"
    r"\.[a-z_][\w.-]*$"
    # It says where the credential is.
    r"|(?:projects|organizations|folders|locations|secrets|keyRings)/"
    r"|(?:gsm|gcpsm|secretref|gcp-?secret\w*|ref\+\w+|berglas|awssm|keyvault|azurekeyvault|infisical"
    r"|aws-?secret\w*|akv|gcp)[:@](?=[\w/.-])|(?-i:env:[A-Z][A-Z0-9_]*$)"
    r"|(?:sm|secrets?|vault|op|ssm|kms|file|env|doppler|arn|gs|s3|data)[:@]"
    # One word alone may as well be a part of the password.
    r"(?=\S*[/:]|(?-i:[A-Z0-9]+_[A-Z0-9_]+)$|(?:[a-z]+[-_.])+(?:secret|passw|cred|key|token|txt)\w*$)"
    r"|ENC\[|(?:lookup|getenv|env|secret|vault|file|load|get|fetch|read|require|os|process)\b[\w.]*\("
    # A path.
    r"|(?:~|\.{1,2})?/{1,2}[\w.@+-]|[A-Za-z]:\\"
    # What is public.
    r"|-----BEGIN (?:[A-Z0-9]+ ){0,3}(?:PUBLIC KEY|CERTIFICATE|PARAMETERS)|ssh-(?:rsa|ed25519|dss) "
    r"|ecdsa-sha2-\S+ ",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_MASKED: Final = re.compile(
    r"[*.•…]+|[x_?-]{3,}|\W+(?:redacted|hidden|masked|omitted|secret)\W+|redacted", re.IGNORECASE
)
_NAME_OF_ONE: Final = re.compile(
    r"(?=.*(?:secret|passw|cred|key|token|auth|tls|cert|config|login))[a-z0-9]+(?:[-_./][a-z0-9]+)*"
)
_NUMBER: Final = re.compile(r"[+-]?\d{1,9}(?:\.\d+)?\s*[a-z]{0,3}", re.IGNORECASE)
_LOGIN: Final = re.compile(r"[\w.@-]{1,64}[/:](?P<password>\S{3,})")
_WAY_OF_LOGIN: Final = re.compile(
    r"(?:[a-z]+[-_])*[a-z]*(?:auth|oauth2?|oidc|saml|ldap|iam|jwt|mtls|tls|kerberos|ntlm|scram|sha|md5"
    r"|basic|digest|bearer|token|key|plain|login|native|trust|peer|cert|password|x509|openid"
    r"|connect|sso|spnego|gssapi|anonymous|google|github|gitlab|azure|aws|okta|firebase|internal"
    r"|external)[a-z\d_-]*",
    re.IGNORECASE,
)
_FIELD: Final = re.compile(
    r"(?:x-)?(?:access|refresh|id|auth|api|bearer|session|csrf)[-_]?(?:token|key)", re.IGNORECASE
)
"""What a credential is called in a request."""
_WORDS: Final = re.compile(r"[A-Za-z]+(?:[-_./:][A-Za-z]+)*")
_SENTENCE: Final = re.compile(
    r"\b(?:the|an?|of|your|to|is|for|must|be|in|on|with|or|not|passwords?|please|enter)\b|[.!?:,]$",
    re.IGNORECASE,
)
_ORDINARY: Final = re.compile(
    # A word with a number; a number with a unit; a version, a time; what people spell with digits.
    r"(?:[A-Za-z]+\d{0,6}|\d{1,8}[a-z]{0,10}|\d+T\d+Z?|\d+Z|v\d+[a-z]+\d*"
    r"|[a-z]\d+[a-z]|(?:neo4j|log4j|oauth2|base64|base32|sha\d+|md5|utf8|ec2|s3|x509|web3|win32"
    r"|ipv[46]|http2|x86|(?:north|south|east|west|central)\w*)(?:[a-z]+\d*)?)"
)
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HASH: Final = re.compile(r"(?<![A-Za-z0-9])[0-9a-f]{4,64}(?![A-Za-z0-9])")
_KEY_ID: Final = re.compile(r"(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9A-F]{40})")
"""What GnuPG says of a key, in place of it."""
_YOURS: Final = re.compile(r"<?your[-_ ][\w -]*>?", re.IGNORECASE)
_NAMES: Final = re.compile(r"[a-z]+(?:[-_][a-z]+)*(?:,\s*[a-z]+(?:[-_][a-z]+)*)+")
_LONGEST_WORD: Final = 24
_LONGEST_WAY: Final = 200
_LONGEST_PORT: Final = 5
_MOST_WORDS: Final = 4
_LONGEST_PASSPHRASE: Final = 80
_SHORTEST: Final = 3


def is_credential(text: str, meaning: Meaning) -> bool:
    """Whether a value can be what its name says: a password, a key, a token."""
    text = text.strip().strip("\"'")
    if not text or not meaning or _is_none(text):
        return False
    if meaning is Meaning.PASSWORD:
        return not (re.fullmatch(r"\d{1,3}", text) or _is_prose(text))
    if len(text) < _SHORTEST or len(text.split()) > _MOST_WORDS or _YOURS.fullmatch(text):
        return False
    if meaning is Meaning.KEY_OR_NAME:
        return looks_issued(text)
    if meaning is Meaning.SECRET:
        return not (_NUMBER.fullmatch(text) or _FIELD.fullmatch(text))
    if meaning is Meaning.ISSUED:
        return not (_NUMBER.fullmatch(text) or _is_plain(text) or _KEY_ID.fullmatch(text))
    if meaning is Meaning.SECRET_OR_NAME and HOLE not in text:
        return not (
            _NUMBER.fullmatch(text) or _NAME_OF_ONE.fullmatch(text) or _NAMES.fullmatch(text)
        )
    return meaning is Meaning.LOGIN and text != HOLE and _is_login(text)


def _is_none(text: str) -> bool:
    if _SWITCH.fullmatch(text) or _MASKED.fullmatch(text) or is_reference(text):
        return True
    if _LOOKED_UP.match(text) and not _is_odd_password(text):
        return True
    return bool(_MAIL.fullmatch(text) or _ADDRESS.fullmatch(text))


def _is_prose(text: str) -> bool:
    """Whether a text of many words is none that somebody has chosen as a passphrase."""
    if len(text.split()) <= _MOST_WORDS:
        return False
    return len(text) > _LONGEST_PASSPHRASE or _SENTENCE.search(text) is not None


def _is_plain(text: str) -> bool:
    """Whether a text is a word or two, as names are, and says nothing of a secret."""
    is_told = "secret" in text.lower() or "changeme" in text.lower()
    return len(text) <= _LONGEST_WORD and not is_told and _WORDS.fullmatch(text) is not None


def _is_odd_password(text: str) -> bool:
    """Whether what begins as a reference does is a password with such a character in front."""
    return text[0] in "@!&*%$" and looks_random(text) and not re.search(r"[{}()\s]", text)


def _is_login(text: str) -> bool:
    """Whether it is a user with a password, also in base64, or looks like a password alone."""
    scheme, _, rest = text.partition(" ")
    if scheme.lower() in ("basic", "bearer", "token", "apikey", "digest", "negotiate"):
        return len(rest) >= 6 and not rest.startswith(("$", "{", "<", "%"))  # noqa: PLR2004
    login = _LOGIN.fullmatch(text)
    if login is not None:
        password = login["password"]
        return not (
            _is_none(password)
            or (password.isdigit() and len(password) <= _LONGEST_PORT)
            or "/" in password[:-1]
            or ":" in password
        )
    if (
        " " in text
        or text.startswith("__")
        or (len(text) <= _LONGEST_WAY and _WAY_OF_LOGIN.fullmatch(text))
    ):
        return False
    return is_login_in_base64(text) or looks_random(text)


def is_login_in_base64(text: str) -> bool:
    """Whether a text is `user:password` in base64, as in a Basic header."""
    try:
        decoded = base64.b64decode(text, validate=True).decode("ascii")
    except ValueError:
        return False
    return decoded.isprintable() and _LOGIN.fullmatch(decoded) is not None and ":" in decoded


def is_bearer_token(text: str) -> bool:
    """Whether a word that follows `Bearer` is a token, and no other word of a sentence."""
    if _is_none(text) or "..." in text:
        return False
    return looks_issued(text) or _UUID.fullmatch(text) is not None


def looks_random(text: str) -> bool:
    """Whether a word has three of the four kinds of characters, as no name and no word has."""
    kinds = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
    return len(text) >= 6 and sum(bool(re.search(kind, text)) for kind in kinds) >= 3  # noqa: PLR2004


def looks_issued(text: str) -> bool:
    """Whether a text is what a machine makes up, and neither a name, nor words, nor a path."""
    if len(text) < 8 or any(map(str.isspace, text)) or _UUID.fullmatch(text):  # noqa: PLR2004
        return False
    if "/" in text or "." in text:
        # Files and objects are called after commits and UUIDs.
        text = _HASH.sub("", text)
    return not all(
        len(part) <= _LONGEST_WORD and _ORDINARY.fullmatch(part)
        for part in re.split(r"[^A-Za-z0-9]+", text)
        if part
    )
