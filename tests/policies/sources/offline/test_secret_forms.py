"""Secret config of which nobody has said what form it has."""

from __future__ import annotations

import base64
import json
import warnings
from pathlib import Path

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

from apex_guardrails.sources.offline.placeholder_forms import form_of
from apex_guardrails.sources.offline.placeholders import Placeholders
from apex_guardrails.sources.offline.stack_config import StackConfig
from tests.policies.judged import RAW, Apex, judged

SECRET = "config:\n  gcp:project: p\n  judged:settings: {secure: v1:a:b}\n"
HINT = "a placeholder stands in for the secret config judged:settings, and its form is not known"


def program(folder: Path, text: str, stack: str = SECRET) -> Path:
    start = (
        "\nimport json, base64\nconfig = pulumi.Config()\nnetwork = 'gcp:compute/network:Network'\n"
    )
    return judged(folder, RAW.replace("\n    ", "\n") + start + text, stack=stack)


def test_a_secret_that_is_taken_for_an_object_has_every_member(apex: Apex, tmp_path: Path) -> None:
    text = """
settings = config.require_secret_object("settings")
Raw("vpc", network, {"description": settings["network"]["description"]})
secret = config.require_secret("settings")
secret.apply(lambda text: print("a", json.loads(text).get("b", 1) == text))
text = config.require("settings")
print("as bytes", json.loads(text.encode())["x"] == text)
if "zone" in config.require_object("settings"): print("any member is in it")
"""
    apex.preview(program(tmp_path, text)).expect(
        1,
        "a True",
        "as bytes True",
        "any member is in it",
        "exposes the secret config value judged:settings (description)",
        "note: the secret config judged:settings is read as JSON, and its members are not known: "
        "give a sample in policy-pack.yaml (offline.secrets.settings)",
    )


def test_a_secret_that_is_taken_for_a_number_or_a_boolean_is_one(
    apex: Apex, tmp_path: Path
) -> None:
    text = """
number = config.require_int("settings")
assert number > 0 and config.require_float("settings") == number
config.require_secret("settings").apply(lambda text: print("same", int(text) == number))
assert config.require_bool("settings") is True
config.require_secret_bool("settings").apply(lambda boolean: print("true is", boolean))
print("left alone", config.get_bool("other", False), config.get_bool("none"))
base64.b64decode(config.require("settings"), validate=True)
Raw("vpc", network, {"description": f"number {number}"})
"""
    outcome = apex.preview(program(tmp_path, text, SECRET + "  judged:other: true\n"))
    outcome.expect(
        1,
        "same True",
        "true is True",
        "left alone True None",
        "exposes the secret config value judged:settings (description)",
    )


@pytest.mark.parametrize(
    "line",
    [
        "config.require_object('settings').items()",
        "[name for name in config.require_object('settings')]",
        "dict(**config.require_object('settings'))",
        "len(config.require_object('settings'))",
        "config.require_secret('settings').apply(lambda text: text.split(':')[1])",
        "config.require_secret('settings').apply(lambda text: {'blue': 1}[text])",
        "text = config.require('settings')\ntext['blue']",
    ],
)
def test_what_a_placeholder_cannot_be_names_the_setting(
    apex: Apex, tmp_path: Path, line: str
) -> None:
    outcome = apex.preview(program(tmp_path, f"\n{line}\n")).expect(
        3, f"{HINT}: give a sample in policy-pack.yaml (offline.secrets.settings)", "__main__.py"
    )
    assert outcome.said.count(HINT) == 1


def test_an_error_about_something_else_gets_no_such_hint(apex: Apex, tmp_path: Path) -> None:
    outcome = apex.preview(program(tmp_path, "\ntext = config.require('settings')\n1 / 0\n"))
    outcome.expect(3, "ZeroDivisionError")
    assert HINT not in outcome.said


def test_a_sample_is_as_it_is(apex: Apex, tmp_path: Path) -> None:
    folder = program(tmp_path, "\nprint(sorted(config.require_object('settings').items()))\n")
    (folder / "policy-pack.yaml").write_text("offline: {secrets: {settings: {size: 3}}}\n")
    apex.preview(folder).expect(0, "[('size', 3)]")


def rsa_key(text: bytes) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(text, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.sign(b"a", padding.PKCS1v15(), hashes.SHA256())
    return key


def stood_in(key: str) -> str:
    return Placeholders.of(StackConfig({}, frozenset({key})), {}).values[key]


@pytest.mark.parametrize(
    ("key", "load"),
    [
        ("p:tlsKey", lambda text: serialization.load_pem_private_key(text, None)),
        ("p:db-private-key", lambda text: serialization.load_pem_private_key(text, None)),
        ("p:rsaKey", rsa_key),
        ("p:jwtRsaPrivateKey", rsa_key),
        ("p:tls_cert", x509.load_pem_x509_certificate),
        ("p:caCertificate", x509.load_pem_x509_certificate),
        ("p:public_key", serialization.load_pem_public_key),
        ("p:sshPublicKey", serialization.load_ssh_public_key),
        ("p:serviceAccountKey", lambda text: rsa_key(json.loads(text)["private_key"].encode())),
    ],
)
def test_a_key_that_says_what_it_holds_gets_that(key: str, load: object) -> None:
    assert callable(load)
    first, second = (stood_in(key) for _ in range(2))
    assert first != second
    assert load(first.encode())


@pytest.mark.parametrize("key", ["p:apiKey", "p:monkey", "p:concert", "p:key", "p:stripe-key"])
def test_a_key_that_does_not_gets_a_text(key: str) -> None:
    assert form_of(key) is None
    assert base64.b64decode(stood_in(key), validate=True)
