"""Credentials, by their form and by where they come from. Nothing here is one."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from google.protobuf import struct_pb2
from hypothesis import assume, example, given
from hypothesis import strategies as st

from apex_guardrails.model.credentials import (
    TOKEN_FORMATS,
    SecretConfig,
    has_password,
    may_hold_token,
    token_format,
)
from apex_guardrails.model.signs import Signs

# Put together here, so that nothing in this file has the form of a credential.
TOKENS = {
    "Anthropic API key": "sk-" + "ant-" + "a1" * 12,
    "OpenAI API key": "sk-" + "a1" * 20,
    "AWS access key": "AKI" + "A" + "Z9" * 8,
    "Google API key": "AIz" + "a" + "Z" * 35,
    "Google access token": "ya2" + "9." + "a1" * 12,
    "Google service account key file": '{"type": "service_' + 'account", "private_key": "k"}',
    "private key": "-----BEGIN EC " + "PRIVATE KEY-----",
    "GitHub token": "gh" + "s_" + "a1" * 18,
    "GitLab token": "glp" + "at-" + "a1" * 12,
    "Slack token": "xox" + "p-" + "1" * 24,
    "SendGrid API key": "SG" + "." + "a1" * 10 + "." + "a1" * 10,
    "Stripe live key": "sk" + "_live_" + "a1" * 12,
    "Pulumi access token": "pul" + "-" + "a1" * 20,
    "Hugging Face token": "hf" + "_" + "a1" * 17,
    "JSON Web Token": "eyJ" + "a1" * 6 + ".eyJ" + "a1" * 6 + "." + "a1" * 6,
    "Slack app token": "xapp" + "-1-A0-12-" + "a1" * 12,
    "Slack webhook": "hooks.slack" + ".com/services/T0000001/B0000001/" + "a1" * 12,
    "Discord webhook": "discord" + ".com/api/webhooks/" + "1" * 18 + "/" + "a1" * 30,
    "Teams webhook": (
        "webhook.office" + ".com/webhookb2/" + "a1" * 20 + "/IncomingWebhook/" + "a1" * 16 + "/x"
    ),
    "Google OAuth client secret": "GOC" + "SPX-" + "a1" * 14,
    "Google refresh token": "1/" + "/0" + "a1" * 20,
    "Stripe webhook secret": "whs" + "ec_" + "a1" * 16,
    "DigitalOcean token": "dop" + "_v1_" + "a1" * 32,
    "npm token": "np" + "m_" + "a1" * 18,
    "PyPI token": "pyp" + "i-AgEI" + "a1" * 30,
    "RubyGems API key": "ruby" + "gems_" + "a1" * 24,
    "Docker token": "dckr" + "_pat_" + "a1" * 13,
    "Vault token": "hv" + "s." + "a1" * 30,
    "Shopify token": "shp" + "at_" + "a1" * 16,
    "New Relic key": "NRA" + "K-" + "A1" * 14,
    "Linear token": "lin" + "_api_" + "a1" * 20,
    "Postman API key": "PMA" + "K-" + "a1" * 12 + "-" + "a1" * 17,
    "Databricks token": "dap" + "i" + "a1" * 16,
    "Grafana service account token": "gls" + "a_" + "a1" * 16 + "_" + "a1" * 4,
    "Grafana Cloud token": "glc" + "_eyJ" + "a1" * 20,
    "Grafana API key": "eyJ" + "rIjoi" + "a1" * 30,
    "Atlassian token": "ATA" + "TT3" + "a1" * 40,
    "Figma token": "fig" + "d_" + "a1" * 20,
    "Square token": "sq0" + "atp-" + "a1" * 11,
    "Brevo API key": "xkey" + "sib-" + "a1" * 32 + "-" + "a1" * 8,
    "Sentry token": "snt" + "ryu_" + "a1" * 32,
    "Fly.io token": "fm" + "2_" + "a1" * 40,
    "Groq API key": "gs" + "k_" + "a1" * 26,
    "Replicate token": "r" + "8_" + "a1" * 18 + "a",
    "Perplexity API key": "ppl" + "x-" + "a1" * 24,
    "xAI API key": "xa" + "i-" + "a1" * 40,
    "OpenRouter API key": "sk-" + "or-v1-" + "a1" * 32,
    "Langfuse key": "sk-" + "lf-" + "a1b2c3d4-a1b2-a1b2-a1b2-" + "a1" * 6,
    "LangSmith key": "lsv2" + "_pt_" + "a1" * 16 + "_" + "a1" * 5,
    "Amazon Bedrock API key": "ABSK" + "QmVkcm9ja" + "a1" * 40,
    "Doppler token": "dp." + "pt." + "a1" * 20,
    "Tailscale key": "tsk" + "ey-auth-k1CNTRL-" + "a1" * 12,
    "1Password token": "ops" + "_eyJ" + "a1" * 60,
    "Notion token": "nt" + "n_" + "1" * 11 + "a1" * 18,
    "PostHog key": "ph" + "x_" + "a1" * 22,
    "EasyPost key": "EZ" + "AK" + "a1" * 27,
    "Supabase key": "sb" + "p_" + "a1" * 20,
    "Netlify token": "nf" + "p_" + "a1" * 18,
    "PlanetScale token": "pscale" + "_tkn_" + "a1" * 20,
    "SonarQube token": "sq" + "u_" + "a1" * 20,
    "Buildkite token": "bku" + "a_" + "a1" * 20,
    "age key": "AGE-SECRET" + "-KEY-1" + "A1" * 29,
    "Azure shared access signature": "si" + "g=" + "a1" * 21 + "a%3D",
    "signed address": "X-Goog-" + "Signature=" + "a1" * 100,
}


def test_every_format_has_an_example() -> None:
    assert TOKENS.keys() == TOKEN_FORMATS.keys()


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_is_known_by_its_form(name: str) -> None:
    assert token_format(f"KEY={TOKENS[name]}") == name
    assert token_format(TOKENS[name]) == name


@pytest.mark.parametrize(
    "name", sorted(set(TOKENS) - {"Google service account key file", "private key"})
)
def test_a_token_begins_where_a_word_does(name: str) -> None:
    assert token_format(f"x{TOKENS[name]}") is None


@given(st.sampled_from(list(TOKENS.values())), st.text(max_size=150), st.text(max_size=150))
def test_no_token_is_missed_in_a_message(token: str, before: str, after: str) -> None:
    # The byte before a text in a message is its length, which may look like a letter.
    message = struct_pb2.Struct()
    message.update({before: before, "list": [before, f"{token} {after}"], f"z{after}": after})

    assert may_hold_token(message.SerializeToString())


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("name", ["k", "a1"])
def test_no_token_is_missed_behind_any_length(token: str, name: str) -> None:
    for before in range(1, 128):
        # Short lengths are the byte before a text; of longer ones it is their upper half.
        length = before if before >= len(token) else before << 7
        text = token.ljust(length, ".")
        message = struct_pb2.Struct(fields={name: struct_pb2.Value(string_value=text)})
        data = message.SerializeToString()

        assert data[data.index(token.encode()) - 1] == before
        assert may_hold_token(data)


@given(st.sampled_from(list(TOKENS.values())), st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_a_token_may_be_one(token: str, before: str, after: str) -> None:
    text = before + token + after

    assert may_hold_token(text.encode()) or token_format(text) is None


def test_white_space_is_the_same_in_texts_and_in_bytes() -> None:
    for space in (" ", "\n", "\N{NO-BREAK SPACE}", "\N{EM SPACE}"):
        text = TOKENS["Google service account key file"].replace(": ", f":{space}")
        assert may_hold_token(text.encode()) is (token_format(text) is not None)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----",
        "PuTTY-User" + "-Key-File-3: ssh-ed25519\nComment: x\nPrivate-Lines: 1\nAAAA",
    ],
)
def test_a_private_key_has_more_than_one_form(text: str) -> None:
    assert token_format(text) == "private key"
    assert may_hold_token(text.encode())


def test_ordinary_texts_hold_none() -> None:
    for text in (
        *("disk-" + "a1" * 5, "projects/p/secrets/s", "service_account", "PRIVATE KEY"),
        *("npm_config_registry", "hf_transformer", "gsk_demo", "r8_config", "dapi", "sig=abc"),
        *(
            "https://hooks.slack.com/",
            "discord.com/api/v10",
            "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        ),
    ):
        assert token_format(text) is None
        assert not may_hold_token(text.encode())


PARTS = st.sampled_from(
    ["db", "+", "9", ":", "/", "://", "@", "${X}", " ", "\N{EM SPACE}", "é", "?"]
)


@given(st.lists(PARTS, max_size=4), st.lists(PARTS, max_size=8))
def test_no_address_with_a_password_is_missed_in_a_message(
    before: list[str], after: list[str]
) -> None:
    text = "".join([*before, "://", *after])
    message = struct_pb2.Struct()
    message.update({"a": text, "list": [text]})

    assert Signs.of(message.SerializeToString(), CONFIG).address or not has_password(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see postgresql://app:correct-horse@db/x", True),
        ("x://:horse@db", True),
        ("jdbc:mysql://u:horse@h and ftp://x", True),
        ("//u:horse@h", False),
        ("9://u:horse@h", False),
        ("://u:horse@h", False),
        ("http://h:443/a@b", False),
        ("http://u:${PASSWORD}@h", False),
        ("http://u:$(PASSWORD)@h x://u:horse@h", True),
        ("http://u:ab@h", False),
        (f"http://{'é' * 200}:{'é' * 200}@h", True),
        (f"http://{'u' * 201}:horse@h", False),
    ],
)
def test_an_address_with_a_password(text: str, expected: bool) -> None:
    assert has_password(text) is expected
    assert Signs.of(text.encode(), CONFIG).address or not expected


CONFIG = SecretConfig(
    {
        "p:password": "value-of-the-password",
        "p:pin": "1234",
        "p:short": "ab",
        "p:flag": "true",
        "p:number": "9876543210",
        "p:fraction": "1234567.25",
        "p:half": '{"k": "\\ud800-half-a-pair"}',
        "p:deep": "[" * 100_000,
        "p:object": json.dumps({"user": "root", "key": "value-inside-an-object", "n": 12345678901}),
        "p:broken": "{value-that-is-no-json",
        "p:empty": "",
    }
)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("value-of-the-password", "p:password"),
        ("postgres://u:value-of-the-password@host", "p:password"),
        (base64.b64encode(b"value-of-the-password").decode(), "p:password"),
        ("1234", "p:pin"),
        pytest.param(1234, "p:pin", id="a number"),
        ("port 12345", None),  # as a part, something so short proves nothing
        ("ab", None),
        ("true", None),
        (True, None),
        (9876543210, "p:number"),
        (9876543210.0, "p:number"),
        (98765.5, None),
        (98765432101, None),  # a number that begins with another
        (1234567.25, "p:fraction"),
        ("value-inside-an-object", "p:object"),
        pytest.param("\ud800-half-a-pair", "p:half", id="half a pair"),
        (12345678901, "p:object"),
        ("root", None),
        ("{value-that-is-no-json", "p:broken"),
        ("", None),
        (None, None),
        (["value-of-the-password"], None),
    ],
)
def test_where_a_value_comes_from(value: object, key: str | None) -> None:
    assert CONFIG.key_of(value) == key
    assert CONFIG.occurs_in(value) is (key is not None)


@pytest.mark.parametrize(
    "value",
    [
        "postgres://u:value-of-the-password@host",
        base64.b64encode(b"value-of-the-password").decode(),
        "1234",
        pytest.param(1234, id="a number"),
        9876543210.0,
        1234567.25,
        12345678901,
        "value-inside-an-object",
    ],
)
def test_no_secret_is_missed_in_a_message(value: str | float) -> None:
    message = struct_pb2.Struct()
    message.update({"list": [{"a": value}]})

    assert CONFIG.key_of(value) is not None
    assert CONFIG.may_occur_in(message.SerializeToString())


@given(st.sampled_from(sorted(CONFIG.values.values())), st.text(max_size=20))
def test_whatever_is_a_secret_may_be_one(secret: str, around: str) -> None:
    text = around + secret[:100] + around

    assert CONFIG.may_occur_in(text.encode(errors="surrogatepass")) or CONFIG.key_of(text) is None


def _everywhere(text: str) -> Iterator[str]:
    """A text as programs write it into others."""
    yield json.dumps({"a": text})
    yield json.dumps({"a": text}, ensure_ascii=False)
    yield str({"a": text})
    yield f"https://example.org/?a={quote(text, safe='')}&b"
    yield f"https://example.org/{quote(text)}"
    for before in ("", "user:", "app:", "a:"):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            encoded = encode(f"{before}{text}{before}".encode()).decode()
            yield f"Basic {encoded}"
            yield f"projects/p/{encoded.rstrip('=')}/x"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=8))
@example('p@ss/w"rd')
def test_a_secret_is_known_in_every_form(secret: str) -> None:
    assume(secret.strip())
    config = SecretConfig({"p:key": secret})
    for text in _everywhere(secret):
        assert config.key_of(text) == "p:key"
        assert config.may_occur_in(text.encode())
        assert secret not in config.redact(text)


def test_a_message_without_a_secret_holds_none() -> None:
    message = struct_pb2.Struct()
    message.update({"name": "ab", "flag": True, "number": 3, "text": "value-of-the"})

    assert not CONFIG.may_occur_in(message.SerializeToString())
    assert not SecretConfig().may_occur_in(message.SerializeToString())


def test_without_secret_config_nothing_comes_from_it() -> None:
    assert SecretConfig().key_of("anything") is None
    assert SecretConfig().redact("anything") == "anything"


def test_a_representation_shows_no_value() -> None:
    assert "value-of" not in repr(CONFIG)


@given(
    st.dictionaries(
        st.text(alphabet="abc", min_size=1), st.text(alphabet="xyz0-.*", min_size=8), min_size=1
    ),
    st.lists(st.text(alphabet="xyz "), max_size=4),
)
def test_a_redacted_text_shows_no_value(values: dict[str, str], around: list[str]) -> None:
    config = SecretConfig({f"p:{key}": value for key, value in values.items()})
    text = " ".join([*around, *values.values(), *around])

    assert not any(value in config.redact(text) for value in values.values())
