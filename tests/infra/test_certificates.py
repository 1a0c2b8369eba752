"""Certificates that the configuration holds."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pulumi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from infra.config import load, temporal_certificate_end
from infra.config.certificates import end_of
from tests.infra.deployment import in_stack, sample_certificate

KEY = "temporal-tls-certificate"
PAGE = "docs/runbooks/temporal-certificate.md"
NOW = datetime.now(UTC).replace(microsecond=0)


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate(end: datetime) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a client")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_key().public_key())
        .serial_number(1)
        .not_valid_before(end - timedelta(days=365))
        .not_valid_after(end)
        .sign(_key(), hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


ENDS = st.integers(-300_000_000, 200_000_000_000).map(lambda end: datetime.fromtimestamp(end, UTC))
"""From 1960 to 8307, by the second."""


@given(st.lists(ENDS, min_size=1, max_size=3))
def test_several_end_with_the_first_of_them(ends: list[datetime]) -> None:
    assert end_of("".join(map(certificate, ends))) == min(ends)


@given(st.text())
def test_any_other_text_is_none(text: str) -> None:
    assert end_of(text) is None


@pytest.mark.parametrize("text", ["", "placeholder", "-----BEGIN CERTIFICATE-----\nAA==\n"])
def test_what_is_no_certificate_is_none(text: str) -> None:
    assert end_of(text) is None


def test_the_sample_is_good_for_a_century() -> None:
    assert end_of(sample_certificate()) == datetime(2126, 1, 1, tzinfo=UTC)


def test_one_that_has_ended_is_refused_where_there_is_a_temporal() -> None:
    ended = {KEY: certificate(NOW - timedelta(days=1))}
    with pytest.raises(pulumi.RunError) as refused:
        in_stack("staging", ended, load)
    [_, problem, fix] = str(refused.value).splitlines()
    assert problem == (
        f"  {KEY}: a secret value ended on {NOW - timedelta(days=1):%Y-%m-%d};"
        " expected the client certificate for Temporal, in PEM."
    )
    assert fix == f"    pulumi config set --stack staging --secret {KEY}"
    assert ended[KEY] not in str(refused.value)
    in_stack("dev", ended, load)


@pytest.mark.parametrize(
    ("text", "end", "said"),
    [
        (certificate(NOW + timedelta(days=90)), NOW + timedelta(days=90), []),
        (
            certificate(NOW + timedelta(days=29)),
            NOW + timedelta(days=29),
            [f"{KEY}: expires on {NOW + timedelta(days=29):%Y-%m-%d}; {PAGE}"],
        ),
        (
            "any text",
            None,
            [f"{KEY}: not a PEM certificate, so there is no alert before it expires"],
        ),
    ],
    ids=["good", "soon", "none"],
)
def test_the_preview_says_when_it_ends_soon_or_nobody_can_know(
    monkeypatch: pytest.MonkeyPatch, text: str, end: datetime | None, said: list[str]
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(pulumi, "warn", heard.append)
    assert in_stack("staging", {KEY: text}, temporal_certificate_end)[0] == end
    assert in_stack("dev", {KEY: text}, temporal_certificate_end)[0] is None
    assert heard == said
