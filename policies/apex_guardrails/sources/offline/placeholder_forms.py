"""Placeholders that parse as what they stand for: keys and certificates, made for one run.

All are of Ed25519, whose keys are any 32 bytes, so that nothing has to be computed, where the name
does not ask for RSA; a certificate's signature is random and proves nothing. Source: RFC 8410
(keys), RFC 5280 (certificates), RFC 4253 and RFC 8709 (SSH keys).
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Final

from apex_guardrails.sources.offline.placeholder_der import (
    BITS,
    INTEGER,
    OCTETS,
    SEQUENCE,
    SET,
    TEXT,
    UTC_TIME,
    der,
    pem,
)
from apex_guardrails.sources.offline.placeholder_rsa import (
    rsa_private_key,
    wrapped_rsa_private_key,
)

_ED25519: Final = bytes.fromhex("300506032b6570")
_COMMON_NAME: Final = bytes.fromhex("0603550403")
_VERSION_3: Final = bytes.fromhex("a003020102")


def private_key() -> str:
    """A private key (PKCS #8)."""
    key = der(OCTETS, der(OCTETS, secrets.token_bytes(32)))
    return pem("PRIVATE KEY", der(SEQUENCE, b"\x02\x01\x00", _ED25519, key))


def _public() -> bytes:
    return der(SEQUENCE, _ED25519, der(BITS, b"\x00", secrets.token_bytes(32)))


def public_key() -> str:
    """A public key (SubjectPublicKeyInfo)."""
    return pem("PUBLIC KEY", _public())


def ssh_public_key() -> str:
    """A public key as OpenSSH writes it."""
    kind = b"ssh-ed25519"
    data = b"".join(len(part).to_bytes(4, "big") + part for part in (kind, secrets.token_bytes(32)))
    return f"{kind.decode()} {base64.b64encode(data).decode()} placeholder"


def certificate() -> str:
    """A certificate that is valid for as long as one can be."""
    name = der(
        SEQUENCE,
        der(SET, der(SEQUENCE, _COMMON_NAME, der(TEXT, b"placeholder.invalid"))),
    )
    validity = der(SEQUENCE, der(UTC_TIME, b"200101000000Z"), der(UTC_TIME, b"491231235959Z"))
    number = der(INTEGER, b"\x01", secrets.token_bytes(15))
    content = der(SEQUENCE, _VERSION_3, number, _ED25519, name, validity, name, _public())
    signature = der(BITS, b"\x00", secrets.token_bytes(64))
    return pem("CERTIFICATE", der(SEQUENCE, content, _ED25519, signature))


def service_account_key() -> str:
    """The key of a service account, as Google writes it."""
    tag = f"placeholder-{secrets.token_hex(8)}"
    return json.dumps(
        {
            "type": "service_account",
            "project_id": tag,
            "private_key_id": secrets.token_hex(20),
            "private_key": wrapped_rsa_private_key(),
            "client_email": f"{tag}@{tag}.iam.gserviceaccount.com",
            "client_id": str(secrets.randbelow(9 * 10**20) + 10**20),
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": "https://oauth2.googleapis.com/token",
        }
    )


_BY_NAME: Final[Mapping[str, Callable[[], str]]] = {
    r"service_?account_?key|(^|_)sa_?key|google_?credentials|gcp_?credentials": service_account_key,
    r"ssh_?pub|ssh_?public|authorized_?key": ssh_public_key,
    r"public_?key(_?pem)?$": public_key,
    r"(^|_)(ca|ssl|tls|client|server)?_?cert(ificate)?(_?(pem|chain|body))?$": certificate,
    r"(^|_)ca_?(bundle|pem)$": certificate,
    r"(^|_)rsa(_private)?(_?key)?(_?pem)?$|private_?key_?rsa$": rsa_private_key,
    r"private_?key(_?pem)?$|(tls|ssl|cert|key)_?(key|pem)$|ssh_?key$": private_key,
}
"""Keys of config that people name after what they hold, in lower case."""


def form_of(key: str) -> Callable[[], str] | None:
    """What makes a placeholder for a config key whose name tells a form."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-.]", "_", key.rpartition(":")[2]).lower()
    return next((make for pattern, make in _BY_NAME.items() if re.search(pattern, name)), None)
