"""Placeholders that parse as what they stand for: keys and certificates, made for one run.

All are of Ed25519, whose keys are any 32 bytes, so that nothing has to be computed; a certificate's
signature is random and proves nothing. Source: RFC 8410 (keys), RFC 5280 (certificates), RFC 4253
and RFC 8709 (SSH keys).
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Final

_ED25519: Final = bytes.fromhex("300506032b6570")
_COMMON_NAME: Final = bytes.fromhex("0603550403")
_VERSION_3: Final = bytes.fromhex("a003020102")
_SEQUENCE, _SET, _BITS, _INTEGER = 0x30, 0x31, 0x03, 0x02
_OCTETS, _TEXT, _UTC_TIME = 0x04, 0x0C, 0x17


def _der(tag: int, *parts: bytes) -> bytes:
    """A value of ASN.1 in its distinguished encoding."""
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 0x80 else b"\x81" + bytes([size])  # noqa: PLR2004 its short form
    return bytes([tag]) + (length if size < 0x100 else _long(size)) + content  # noqa: PLR2004


def _long(size: int) -> bytes:
    return b"\x82" + size.to_bytes(2, "big")


def _pem(label: str, der: bytes) -> str:
    text = base64.b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def private_key() -> str:
    """A private key (PKCS #8)."""
    key = _der(_OCTETS, _der(_OCTETS, secrets.token_bytes(32)))
    return _pem("PRIVATE KEY", _der(_SEQUENCE, b"\x02\x01\x00", _ED25519, key))


def _public() -> bytes:
    return _der(_SEQUENCE, _ED25519, _der(_BITS, b"\x00", secrets.token_bytes(32)))


def public_key() -> str:
    """A public key (SubjectPublicKeyInfo)."""
    return _pem("PUBLIC KEY", _public())


def ssh_public_key() -> str:
    """A public key as OpenSSH writes it."""
    kind = b"ssh-ed25519"
    data = b"".join(len(part).to_bytes(4, "big") + part for part in (kind, secrets.token_bytes(32)))
    return f"{kind.decode()} {base64.b64encode(data).decode()} placeholder"


def certificate() -> str:
    """A certificate that is valid for as long as one can be."""
    name = _der(
        _SEQUENCE,
        _der(_SET, _der(_SEQUENCE, _COMMON_NAME, _der(_TEXT, b"placeholder.invalid"))),
    )
    validity = _der(_SEQUENCE, _der(_UTC_TIME, b"200101000000Z"), _der(_UTC_TIME, b"491231235959Z"))
    number = _der(_INTEGER, b"\x01", secrets.token_bytes(15))
    content = _der(_SEQUENCE, _VERSION_3, number, _ED25519, name, validity, name, _public())
    signature = _der(_BITS, b"\x00", secrets.token_bytes(64))
    return _pem("CERTIFICATE", _der(_SEQUENCE, content, _ED25519, signature))


def service_account_key() -> str:
    """The key of a service account, as Google writes it."""
    tag = f"placeholder-{secrets.token_hex(8)}"
    return json.dumps(
        {
            "type": "service_account",
            "project_id": tag,
            "private_key_id": secrets.token_hex(20),
            "private_key": private_key(),
            "client_email": f"{tag}@{tag}.iam.gserviceaccount.com",
            "client_id": str(secrets.randbelow(9 * 10**20) + 10**20),
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": "https://oauth2.googleapis.com/token",
        }
    )


_BY_NAME: Final[Mapping[str, Callable[[], str]]] = {
    r"service_?account_?key|sa_?key|google_?credentials|gcp_?credentials": service_account_key,
    r"ssh_?pub|ssh_?public|authorized_?key": ssh_public_key,
    r"public_?key(_?pem)?$": public_key,
    r"(^|_)(ca|ssl|tls|client|server)?_?cert(ificate)?(_?(pem|chain|body))?$": certificate,
    r"(^|_)ca_?(bundle|pem)$": certificate,
    r"private_?key(_?pem)?$|(tls|ssl|cert|key)_?(key|pem)$|ssh_?key$": private_key,
}
"""Keys of config that people name after what they hold, in lower case."""


def form_of(key: str) -> Callable[[], str] | None:
    """What makes a placeholder for a config key whose name tells a form."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-.]", "_", key.rpartition(":")[2]).lower()
    return next((make for pattern, make in _BY_NAME.items() if re.search(pattern, name)), None)
