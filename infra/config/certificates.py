"""Certificates that the configuration holds."""

from datetime import UTC, datetime

from cryptography import x509
from pydantic import ValidationInfo

from infra.config.keys import given


def end_of(text: str) -> datetime | None:
    """Returns when a certificate in PEM ends, of several the first; None where there is none."""
    try:
        certificates = x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        return None
    return min(certificate.not_valid_after_utc for certificate in certificates)


def not_ended(found: object, info: ValidationInfo) -> object:
    """Accepts a client certificate that Temporal accepts today, where there is a Temporal."""
    end = end_of(found) if isinstance(found, str) and given(info, "temporal-address") else None
    if end is not None and end <= datetime.now(UTC):
        raise ValueError(f"ended on {end:%Y-%m-%d}")
    return found
