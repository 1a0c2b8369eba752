"""Stand-ins are found again wherever a program puts them, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.sources.offline.functions.asked import Asked
from apex_guardrails.sources.offline.functions.marked import with_stand_ins, without_stand_ins
from apex_guardrails.sources.offline.functions.stand_ins import ASSUMED, Origin, StandIns
from apex_guardrails.sources.offline.unknowns import unknowns
from apex_guardrails.wire import ASSET, SECRET, SIGNATURE, WireMapping, plain

FORM = {
    "name": "s",
    "email": "s",
    "ipAddress": "s",
    "cidrBlock": "s",
    "number": "s",
    "url": "s",
    "policyData": "s",
    "port": "n",
}
TOKEN = "a:b:getC"


def stand_ins() -> tuple[StandIns, dict[str, Any]]:
    """Some, and the answer they are in."""
    made = StandIns("seed")
    return made, made.answer(Asked(TOKEN, {"x": 1}, {}), FORM, {}, prefix=ASSUMED)


def written(content: dict[str, Any]) -> struct_pb2.Struct:
    """A message with this in it."""
    struct = struct_pb2.Struct()
    struct.update(content)
    return struct


@given(
    name=st.sampled_from([name for name in FORM if name not in ("port", "policyData")]),
    before=st.sampled_from(["", "https://", "a b ", "user:", "x-", "/"]),
    after=st.sampled_from(["", "/path", ":80", " b", "-x", "?q=1"]),
)
def test_a_stand_in_is_found_in_any_text(name: str, before: str, after: str) -> None:
    made, answer = stand_ins()
    parts = list(made.split(f"{before}{answer[name]}{after}"))
    origin = next(part for part in parts if isinstance(part, Origin))
    assert origin == Origin(TOKEN, name)
    start = before + ("https://" if name == "url" else "")
    assert parts == [*([start] if start else []), origin, *([after] if after else [])]


@given(st.text())
def test_other_texts_have_none(text: str) -> None:
    made, _ = stand_ins()
    assert "".join(part for part in made.split(text) if isinstance(part, str)) == text


def test_where_one_is_sent_the_input_is_unknown() -> None:
    made, answer = stand_ins()
    sent = written(
        {
            "name": answer["name"],
            "text": f"a-{answer['name']}",
            "port": answer["port"],
            "ports": [answer["port"], 80],
            "policy": answer["policyData"],
            "secret": {SIGNATURE: SECRET, "value": answer["email"]},
            "asset": {SIGNATURE: ASSET, "text": answer["name"]},
            "labels": {answer["name"]: "x"},
            "other": {"list": ["a", answer["ipAddress"]], "known": True},
        }
    )
    judged = without_stand_ins(sent, made)
    values: dict[str, Any] = plain(WireMapping(judged))
    assert values.pop("secret").value is UNKNOWN
    assert values.pop("asset").text == answer["name"]
    assert values == {
        **dict.fromkeys(("name", "text", "port", "policy", "labels"), UNKNOWN),
        "ports": [UNKNOWN, 80],
        "other": {"list": ["a", UNKNOWN], "known": True},
    }
    found = unknowns(judged)
    assert found.parts["text",] == ("a-", None)
    assert found.functions["other", "list", 1] == (TOKEN,)
    # And the program gets back what it sent.
    outputs = written({"name": "x", "computed": "x"})
    outputs.fields["name"].CopyFrom(judged.fields["name"])
    outputs.fields["name"].string_value = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    assert with_stand_ins(outputs, sent, judged)["name"] == answer["name"]
    assert with_stand_ins(outputs, sent, sent) is outputs


def test_without_any_nothing_is_read() -> None:
    sent = written({"a": "b"})
    assert without_stand_ins(sent, StandIns("seed")) is sent


@pytest.mark.parametrize("form", ["-", {"=": "one"}, {"*": "s"}, {"a": "b"}, ["s"], "?"])
def test_each_form_has_its_own(form: Any) -> None:
    made = StandIns("seed")
    answer = made.answer(Asked(TOKEN, {}, {}), {"it": form}, {}, prefix=ASSUMED).get("it")
    expected = {"-": "NoneType", "?": "str"}.get(str(form))
    assert type(answer).__name__ == (
        expected or {"=": "str", "*": "dict", "a": "dict"}.get(next(iter(form)), "list")
    )


def test_what_a_call_is_given_its_answer_has() -> None:
    made = StandIns("seed")
    form = {"name": "s", "size": "n", "on": "b", "tags": {"*": "s"}, "list": ["s"]}
    arguments = {"name": "n", "size": 3, "on": True, "tags": {"a": "b"}, "list": ["x"]}
    asked = Asked(TOKEN, arguments, {})
    assert made.answer(asked, form, {}, prefix=ASSUMED) == arguments
    wrong = Asked(TOKEN, {"name": 1, "size": True, "list": "x"}, {})
    answer = made.answer(wrong, form, {}, prefix=ASSUMED)
    assert answer["name"] != 1
    assert answer["size"] is not True
    assert len(answer["list"]) == 2
