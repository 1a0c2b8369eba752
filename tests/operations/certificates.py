"""Certificates for a server on this machine and for its clients, made anew for each run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Identity:
    """A certificate and its private key, in PEM."""

    certificate: str
    key: str


@dataclass(frozen=True)
class Certificates:
    """A server's and a client's, and what signed both."""

    roots: bytes
    server: Identity
    client: Identity


def certificates() -> Certificates:
    """New ones."""
    key = ec.generate_private_key(ec.SECP256R1())
    root = _certificate("root", key, "root", key)
    return Certificates(
        root.public_bytes(serialization.Encoding.PEM),
        _identity("localhost", key),
        _identity("client", key),
    )


def _identity(name: str, authority: ec.EllipticCurvePrivateKey) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    return Identity(
        _certificate(name, key, "root", authority)
        .public_bytes(serialization.Encoding.PEM)
        .decode(),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
    )


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=name == issuer, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
