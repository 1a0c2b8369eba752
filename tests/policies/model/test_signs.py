"""What in a message hints at a credential is never missed, and names mean what people mean."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.credentials.encoding import decoded
from apex_guardrails.model.credentials.named_values import named_values
from apex_guardrails.model.credentials.names import Meaning, meaning
from apex_guardrails.model.credentials.texts import sets_credential
from apex_guardrails.model.signs import Signs
from apex_guardrails.model.value import UNKNOWN, Secret
from apex_guardrails.wire import WireMapping, write_struct
from tests.policies.model.credentials.test_found import (
    HARMFUL,
    HARMFUL_TEXTS,
    HARMLESS,
    HARMLESS_TEXTS,
    TEXTS,
    VARIABLES,
    found,
)

CONFIG = SecretConfig({"p:key": "value-of-a-secret"})
WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=130)


def signs(inputs: Mapping[str, object]) -> Signs:
    return Signs.of(write_struct(inputs).SerializeToString(), CONFIG)


@given(st.sampled_from(HARMFUL), WORDS)
def test_no_name_is_missed_in_a_message(variable: tuple[str, str], around: str) -> None:
    name, value = variable
    assert signs({"a": around, "env": [{"name": name, "value": value}, around]}).credential
    assert signs({around: around, "metadata": {name: value}}).credential


@given(st.sampled_from(HARMFUL_TEXTS), WORDS, WORDS)
def test_no_text_is_missed_in_a_message(text: str, before: str, after: str) -> None:
    whole = f"{before}\n{text}\n{after}"
    if sets_credential(whole) is not None:
        found = signs({"script": whole, before: after})
        assert found.credential
        assert found.may_set(whole)


@given(st.sampled_from(HARMFUL_TEXTS), st.integers(1, 40))
def test_no_text_in_base64_is_missed_behind_any_length(text: str, length: int) -> None:
    encoded = base64.b64encode(text.encode()).decode()
    assert decoded(encoded) == text
    assert signs({"a" * length: "b", "body": encoded}).credential


@given(st.sampled_from(HARMFUL + HARMLESS), st.sampled_from(sorted(VARIABLES)), WORDS)
def test_a_message_and_plain_values_are_answered_alike(
    variable: tuple[str, str], place: str, around: str
) -> None:
    token, inputs = VARIABLES[place]
    for value in (variable[1], f"{around}\n{variable[1]}", f"{variable[0]}={variable[1]}"):
        content = inputs(variable[0], value)
        assert found(token, content, is_message=True) == found(token, content, is_message=False)


@given(st.sampled_from(HARMFUL_TEXTS + HARMLESS_TEXTS), st.sampled_from(sorted(TEXTS)), WORDS)
def test_so_are_texts_as_they_are_in_base64_and_in_json(text: str, place: str, around: str) -> None:
    token, inputs = TEXTS[place]
    encoded = base64.b64encode(text.encode()).decode()
    for value in (text, f"{around} {text}", f"{around} {encoded}", json.dumps({"a": [text]})):
        content = inputs(value)
        assert found(token, content, is_message=True) == found(token, content, is_message=False)


def test_secret_config_in_base64_is_a_sign() -> None:
    body = base64.b64encode(b'{"key": "value-of-a-secret"}').decode()
    assert signs({"body": body}).config


def test_an_ordinary_message_has_no_sign() -> None:
    message = {
        "name": "db",
        "settings": {"tier": "db-f1-micro", "pointInTimeRecoveryEnabled": True},
        "image": "docker.pkg.dev/p/r/api@sha256:" + "0123456789abcdef" * 4,
        "text": "some text of an input, as - for - example - this one " * 20,
    }
    assert not signs(message).credential


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DB_PASSWORD", Meaning.PASSWORD),
        ("dbPassword", Meaning.PASSWORD),
        ("db-password", Meaning.PASSWORD),
        ("PGPASSWORD", Meaning.PASSWORD),
        ("DB_PASSWORD_PROD_2", Meaning.PASSWORD),
        ("APIKey", Meaning.SECRET),
        ("JWT_SECRET", Meaning.SECRET),
        ("DB_SECRET", Meaning.SECRET_OR_NAME),
        ("DATABASE_URL", Meaning.ADDRESS),
        ("SENTRY_DSN", Meaning.ADDRESS),
        ("NEO4J_AUTH", Meaning.LOGIN),
        ("PASSWORD_FILE", Meaning.NOTHING),
        ("existingSecret", Meaning.NOTHING),
        ("ALLOW_EMPTY_PASSWORD", Meaning.KEY_OR_NAME),
        ("ROUTING_KEY", Meaning.KEY_OR_NAME),
        ("BOT_TOKEN", Meaning.ISSUED),
        ("ssh-keys", Meaning.NOTHING),
        ("BYPASS", Meaning.NOTHING),
        ("PUBLIC_KEY", Meaning.NOTHING),
        ("", Meaning.NOTHING),
        ("x" * 200 + "_PASSWORD", Meaning.NOTHING),
    ],
)
def test_the_last_words_of_a_name_decide(name: str, expected: Meaning) -> None:
    assert meaning(name) is expected


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    named = sets_credential(text)
    assert named in (None, "a password", "Authorization") or (named or "") in text
    meaning(text)
    decoded(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4) | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "value", "key", "labels", "a.b"]), inner)
        | st.builds(Secret, inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["labels", "env", "x"]), VALUES))
def test_a_message_is_walked_as_plain_values_are(inputs: dict[str, object]) -> None:
    maps = frozenset({"labels"})
    message = WireMapping(write_struct(inputs))

    def walked(value: object) -> list[tuple[str, str, str, bool]]:
        return sorted(
            (item.path, item.name, repr(item.value), item.is_secret)
            for item in named_values(value, maps)
        )

    assert walked(message) == walked(inputs)
