"""Pulumi's special values become the model's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.model import UNKNOWN, Asset, Origin, ResourceReference, Secret
from apex_guardrails.model.value import AssetArchive
from apex_guardrails.wire import ARCHIVE, ASSET, OUTPUT, RESOURCE, SECRET, SIGNATURE
from tests.policies.sources.state.reading import RANDOM, UNKNOWN_TEXT, one, state
from tests.policies.state_files import (
    USER,
    encrypted,
    in_clear,
    resource,
)


@pytest.mark.parametrize(
    ("written_as", "read_as"),
    [
        (encrypted(), Secret(UNKNOWN)),
        (in_clear({"a": [1]}), Secret({"a": [1]})),
        (in_clear({"a": encrypted()}), Secret({"a": Secret(UNKNOWN)})),
        (in_clear(UNKNOWN_TEXT), Secret(UNKNOWN)),
        ({SIGNATURE: SECRET}, Secret(UNKNOWN)),
        ({SIGNATURE: SECRET, "plaintext": "no JSON"}, Secret(UNKNOWN)),
        ({SIGNATURE: SECRET, "plaintext": "[" * 100_000}, Secret(UNKNOWN)),
        ({SIGNATURE: ASSET, "hash": "h", "text": "t"}, Asset("t", None, None)),
        ({SIGNATURE: ASSET, "hash": "h"}, Asset(None, None, None)),
        ({SIGNATURE: ARCHIVE, "path": "p"}, Asset(None, "p", None, is_archive=True)),
        (
            {SIGNATURE: ARCHIVE, "assets": {"x": {SIGNATURE: ASSET, "uri": "u"}}},
            AssetArchive(assets={"x": Asset(None, None, "u")}),
        ),
        ({SIGNATURE: RESOURCE, "urn": "u", "id": ""}, ResourceReference("u", UNKNOWN)),
        ({SIGNATURE: RESOURCE, "urn": "u", "id": "i"}, ResourceReference("u", "i")),
        ({SIGNATURE: RESOURCE, "urn": "u"}, ResourceReference("u")),
        ({SIGNATURE: OUTPUT, "value": 1}, 1),
        ({SIGNATURE: OUTPUT, "value": 1, "secret": True}, Secret(1)),
        ({SIGNATURE: OUTPUT}, UNKNOWN),
        (UNKNOWN_TEXT, UNKNOWN),
        ([UNKNOWN_TEXT], [UNKNOWN]),
        ({UNKNOWN_TEXT: 1}, {UNKNOWN_TEXT: 1}),
        (
            {SIGNATURE: "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "value": "7ff0000000000000"},
            float("inf"),
        ),
        ({SIGNATURE: "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "value": "7ff8000000000001"}, UNKNOWN),
        ({SIGNATURE: "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "value": "x"}, UNKNOWN),
        (
            {SIGNATURE: "803fd3297a5875dc03ca845dda5d2a98", "value": "Yf8="},
            "a\N{REPLACEMENT CHARACTER}",
        ),
        ({SIGNATURE: "803fd3297a5875dc03ca845dda5d2a98", "value": "?"}, UNKNOWN),
        ({SIGNATURE: "what a newer Pulumi wrote"}, UNKNOWN),
        ({SIGNATURE: ["no", "signature"]}, UNKNOWN),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("\N{GRINNING FACE}", "\N{GRINNING FACE}"),
    ],
)
def test_special_values(tmp_path: Path, written_as: Any, read_as: Any) -> None:
    value = one(tmp_path, a=written_as, b="b").value
    assert value == {"a": read_as, "b": "b"}


def test_every_text_is_in_the_serialized_inputs(tmp_path: Path) -> None:
    texts = ['a "quoted"\ntext', "über", "x" * 70_000]
    found = one(tmp_path, a=texts[0], b=[{"c": texts[1]}], d=in_clear(texts[2]))
    assert found.serialized is not None
    for text in texts:
        assert text.encode() in found.serialized
    assert found.serialized is found.serialized
    assert found.secret_texts == {texts[2]}


@pytest.mark.parametrize(
    ("password", "origin"),
    [
        (encrypted(), Origin.COMPUTED),
        (in_clear("correct horse"), Origin.SECRET),
        ("correct horse", Origin.LITERAL),
        ("", Origin.OMITTED),
    ],
)
def test_a_secret_may_come_from_anywhere(tmp_path: Path, password: Any, origin: Origin) -> None:
    [user] = state(tmp_path, resource(USER, "u", {"password": password})).stack
    assert user.origin("password") is origin


@pytest.mark.parametrize("mark", [in_clear, lambda value: value])
def test_a_value_made_from_an_output_is_computed(tmp_path: Path, mark: Any) -> None:
    made = resource(RANDOM, "r", outputs={"result": "generated"})
    user = resource(
        USER, "u", {"password": mark("generated")}, propertyDependencies={"password": [made["urn"]]}
    )
    [found] = state(tmp_path, made, user).stack.of_type(USER)
    assert found.origin("password") is Origin.COMPUTED
