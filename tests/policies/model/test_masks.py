"""What is marked as secret is shown in no form."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apex_guardrails.model.masks import Masks

FORMS: list[Callable[[str], str]] = [
    str,
    json.dumps,
    lambda text: json.dumps(text, ensure_ascii=False),
    lambda text: str({"password": text}),
    lambda text: quote(text, safe=""),
    lambda text: quote(text, safe="!'()*"),
    lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text)),
    quote_plus,
    html.escape,
    shlex.quote,
    lambda text: json.dumps(json.dumps({"password": text})),
    lambda text: str(text.encode()),
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    lambda text: text.encode().hex(),
    str.upper,
    str.lower,
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=8)


@given(TEXTS, st.sampled_from(FORMS), st.text(), st.text())
def test_no_form_of_a_value_is_left(
    value: str, form: Callable[[str], str], before: str, after: str
) -> None:
    assume(value not in before + "[secret]" + after)
    shown = Masks([value]).redact(f"{before}{form(value)}{after}")

    assert "[secret]" in shown
    assert form(value) not in shown or form(value) in before + after


def test_short_and_common_values_are_left_and_shorter_ones_are_words() -> None:
    masks = Masks(["abc", "true", "False", "none", "12345", "hunter2"])
    text = "abc true False none 9123459 hunter22"
    assert masks.redact(text) == text
    assert masks.redact("port 12345, (hunter2)") == "port [secret], ([secret])"
    assert Masks([]).redact(text) == text


def test_the_lines_and_members_of_a_value_are_masked_alone() -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\n  kqhkiG9w0BAQEF\nx=\n-----END KEY-----\n"
    login = json.dumps({"user": "app", "password": "correct horse", "n": [123456789]})
    masks = Masks([key, login, "[not JSON"])

    assert masks.redact("| MIIEvQIBADANBg") == "| [secret]"
    assert masks.redact("| kqhkiG9w0BAQEF, x=") == "| [secret], x="
    assert masks.redact(key.strip()) == "[secret]"
    assert masks.redact("app: 'correct horse' 123456789") == "app: '[secret]' [secret]"


@pytest.mark.parametrize("value", ["a(b)c.d*e", "tab\tand \\ and 'quote'"])
def test_a_value_is_a_text_and_no_pattern(value: str) -> None:
    assert Masks([value]).redact(f"x{value!r}") == f"x{repr(value)[0]}[secret]{repr(value)[-1]}"
    assert Masks(["a(b)c.d*e"]).redact("abc.d*e") == "abc.d*e"


@pytest.mark.parametrize(
    "broken",
    [
        "Tr0ub4do\n    r-and-3",
        "Tr0ub4dor\r\n-and-3",
        "\x1b[31mTr0ub4\x1b[0m\x1b[1mdor-and-3",
        "T r 0 u b 4 d o r - a n d - 3",
        "Tr0ub4dor'\n '-and-3",
        "VHIwdWI0ZG9yLW\nFuZC0z",
    ],
)
def test_a_value_with_breaks_in_it_is_masked(broken: str) -> None:
    masks = Masks(["Tr0ub4dor-and-3", "hunter2"])
    assert masks.redact(f"is {broken}, and\nhunt er2").endswith("[secret], and\nhunt er2")
    assert "dor" not in masks.redact(f"{broken} {broken}")


def test_the_breaks_of_everything_else_are_left() -> None:
    text = "a\n  b 'c'\n'd' \x1b[31me\x1b[0m\n"
    assert Masks(["Tr0ub4dor-and-3"]).redact(text) == text
    assert Masks(["Tr0ub4dor-and-3"]).redact(f"{text}Tr0ub4do\nr-and-3{text}") == (
        f"{text}[secret]{text}"
    )
