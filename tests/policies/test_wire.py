"""Values as Pulumi's protocol carries them."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc, settings

from apex_guardrails import wire
from apex_guardrails.model.credentials.named_values import named_values
from apex_guardrails.model.value import (
    UNKNOWN,
    Asset,
    AssetArchive,
    ResourceReference,
    Secret,
    leaves,
)
from apex_guardrails.wire import WireMapping, plain, read, write, write_struct

TEXTS = st.text().filter(lambda text: text not in wire.UNKNOWN_SENTINELS)
KEYS = st.text().filter(lambda key: key != wire.SIGNATURE)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53), 2**53),
        st.floats(allow_nan=False),
        TEXTS,
        st.just(UNKNOWN),
        st.builds(
            Asset, text=st.none() | TEXTS, path=st.none() | TEXTS, is_archive=st.just(value=False)
        ),
        st.builds(Asset, text=st.none(), path=TEXTS, is_archive=st.just(value=True)),
        st.builds(ResourceReference, TEXTS, st.none() | st.just(UNKNOWN) | TEXTS.filter(bool)),
    ),
    lambda inner: st.one_of(
        st.lists(inner),
        st.dictionaries(KEYS, inner),
        inner.map(Secret),
        st.dictionaries(KEYS, inner).map(lambda assets: AssetArchive(assets=assets)),
    ),
    max_leaves=15,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert plain(read(write(value))) == value


@given(st.dictionaries(KEYS, VALUES))
def test_a_message_stays_the_same_when_it_is_compacted(value: dict[str, Any]) -> None:
    mapping = WireMapping(write_struct(value))
    before, serialized = plain(mapping), mapping.serialized()
    mapping.compact()

    assert mapping.serialized() == serialized
    assert plain(mapping) == before == value
    assert len(mapping) == len(value)
    assert list(mapping) == sorted(value)


def test_what_was_asked_for_stays_and_the_rest_is_read_again() -> None:
    inner = {"a": 1, "b": {"c": "text", "d": [1]}, "e": UNKNOWN}
    for nested in (write(inner), signed(wire.OUTPUT, value=inner)):
        mapping = WireMapping(struct_pb2.Struct(fields={"x": nested, "y": write(2)}))
        kept = mapping["x"]
        assert kept["b"]["c"] == "text"
        mapping.compact()

        assert mapping["x"] is kept
        assert kept["b"]["c"] == "text"
        assert plain(mapping) == {"x": inner, "y": 2}


def test_the_signatures_are_pulumis() -> None:
    assert rpc._special_sig_key == wire.SIGNATURE
    assert rpc._special_asset_sig == wire.ASSET
    assert rpc._special_archive_sig == wire.ARCHIVE
    assert rpc._special_secret_sig == wire.SECRET
    assert rpc._special_resource_sig == wire.RESOURCE
    assert rpc._special_output_value_sig == wire.OUTPUT
    assert wire.UNKNOWN_STRING == rpc.UNKNOWN


def signed(signature: str, **members: Any) -> struct_pb2.Value:
    return write({wire.SIGNATURE: signature, **members})


@pytest.mark.parametrize(
    ("message", "value"),
    [
        (signed(wire.OUTPUT, value=3), 3),
        (signed(wire.OUTPUT, value="x", secret=True), Secret("x")),
        (signed(wire.OUTPUT, value="x", secret=False, dependencies=["urn"]), "x"),
        (signed(wire.OUTPUT, secret=True), Secret(UNKNOWN)),
        (signed(wire.SECRET, value=UNKNOWN), Secret(UNKNOWN)),
        (signed(wire.SECRET), Secret(UNKNOWN)),
        (signed(wire.ARCHIVE, path="folder"), Asset(path="folder", is_archive=True)),
        (signed(wire.ARCHIVE, uri="https://a"), Asset(uri="https://a", is_archive=True)),
        (signed(wire.RESOURCE, urn="urn", id="i"), ResourceReference("urn", "i")),
        (signed(wire.RESOURCE, urn="urn", id=""), ResourceReference("urn", UNKNOWN)),
        (signed(wire.RESOURCE, urn="urn", id=UNKNOWN), ResourceReference("urn", UNKNOWN)),
        (signed(wire.RESOURCE, urn="urn"), ResourceReference("urn")),
        (signed(wire.BYTES, value="Yf8="), "a\N{REPLACEMENT CHARACTER}"),
        (struct_pb2.Value(number_value=2**60), 2**60),
        (struct_pb2.Value(), None),
    ],
)
def test_forms_that_only_an_engine_or_an_sdk_writes(message: struct_pb2.Value, value: Any) -> None:
    assert read(message) == value


@pytest.mark.parametrize(
    "message",
    [
        signed(wire.OUTPUT),
        signed(wire.BYTES, value="?"),
        signed(wire.BYTES),
        struct_pb2.Value(number_value=float("nan")),
    ],
    ids=["an output", "no base64", "nothing", "no number"],
)
def test_what_nobody_can_compare_is_not_known(message: struct_pb2.Value) -> None:
    assert read(message) is UNKNOWN


def test_a_signature_of_tomorrow_is_read_like_a_mapping() -> None:
    assert plain(read(signed("some other signature", a=1)))["a"] == 1


def test_what_is_in_an_archive_is_found_where_it_is() -> None:
    page = AssetArchive(assets={"index.html": Asset(text="<html>")})
    inputs = WireMapping(write_struct({"source": AssetArchive(assets={"page.zip": page})}))
    path = 'source.assets["page.zip"].assets["index.html"]'

    assert [leaf.path for leaf in leaves(inputs)] == [path]
    assert [(item.path, item.value.text) for item in named_values(inputs, None)] == [
        (path, "<html>")
    ]


def test_a_provider_is_given_the_id_of_a_resource() -> None:
    inputs = {
        "known": ResourceReference("urn", "id"),
        "created": [Secret(ResourceReference("urn", UNKNOWN))],
        "component": {"a": ResourceReference("urn")},
    }
    assert plain(WireMapping(write_struct(inputs)), by_id=True) == {
        "known": "id",
        "created": [Secret(UNKNOWN)],
        "component": {"a": "urn"},
    }


@pytest.mark.parametrize("sentinel", sorted(wire.UNKNOWN_SENTINELS))
def test_every_kind_of_unknown(sentinel: str) -> None:
    assert read(struct_pb2.Value(string_value=sentinel)) is UNKNOWN


def test_a_mapping_is_one() -> None:
    mapping = WireMapping(write_struct({"a": 1, "b": [1, 2, 3]}))

    assert "a" in mapping
    assert "c" not in mapping
    assert mapping.get("c", "absent") == "absent"
    assert list(mapping["b"][1:]) == [2, 3]
    assert mapping["b"] is mapping["b"]  # read once
    with pytest.raises(KeyError):
        mapping["c"]
    assert WireMapping(struct_pb2.Struct()).serialized() == b""


async def _sent_by_the_sdk(*, keep_output_values: bool) -> struct_pb2.Struct:
    def output(value: Any, *, is_known: bool, is_secret: bool) -> pulumi.Output[Any]:
        known, secret = (asyncio.get_running_loop().create_future() for _ in range(2))
        resources, content = (asyncio.get_running_loop().create_future() for _ in range(2))
        known.set_result(is_known)
        secret.set_result(is_secret)
        resources.set_result(set())
        content.set_result(value)
        return pulumi.Output(resources, content, known, secret)

    return await rpc.serialize_properties(
        {
            "text": pulumi.StringAsset("content"),
            "file": pulumi.FileAsset("folder/file.txt"),
            "remote": pulumi.RemoteAsset("https://example.com/a"),
            "folder": pulumi.FileArchive("folder"),
            "zip": pulumi.RemoteArchive("https://example.com/a.zip"),
            "made": pulumi.AssetArchive(
                {
                    "main.py": pulumi.StringAsset("content"),
                    "lib": pulumi.FileArchive("folder"),
                    "inner": pulumi.AssetArchive(
                        {"a": pulumi.RemoteAsset("https://example.com/a")}
                    ),
                }
            ),
            "plain": {"list": [1, 2.5, True, None, "x"]},
            "known": output("v", is_known=True, is_secret=False),
            "secret": output({"password": "p"}, is_known=True, is_secret=True),
            "unknown": output(None, is_known=False, is_secret=False),
            "both": output(None, is_known=False, is_secret=True),
            "inside": [{"deep": output(1, is_known=True, is_secret=True)}],
        },
        {},
        keep_output_values=keep_output_values,
    )


@pytest.mark.parametrize("keep_output_values", [True, False])
def test_what_the_sdk_writes_is_read(
    keep_output_values: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "monitor_supports_feature", lambda _: True)
    message = asyncio.run(_sent_by_the_sdk(keep_output_values=keep_output_values))

    assert plain(WireMapping(message)) == {
        "text": Asset(text="content"),
        "file": Asset(path="folder/file.txt"),
        "remote": Asset(uri="https://example.com/a"),
        "folder": Asset(path="folder", is_archive=True),
        "zip": Asset(uri="https://example.com/a.zip", is_archive=True),
        "made": AssetArchive(
            assets={
                "main.py": Asset(text="content"),
                "lib": Asset(path="folder", is_archive=True),
                "inner": AssetArchive(assets={"a": Asset(uri="https://example.com/a")}),
            }
        ),
        "plain": {"list": [1, 2.5, True, None, "x"]},
        "known": "v",
        "secret": Secret({"password": "p"}),
        "unknown": UNKNOWN,
        "both": Secret(UNKNOWN),
        "inside": [{"deep": Secret(1)}],
    }


SIGNATURES = [wire.ASSET, wire.ARCHIVE, wire.SECRET, wire.RESOURCE, wire.OUTPUT]
SIGNED: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from(SIGNATURES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from([wire.SIGNATURE, "value", "secret", "urn", "text", "assets", "path"]),
            inner,
        ),
        st.builds(
            lambda signature, members: {**members, wire.SIGNATURE: signature},
            st.sampled_from(SIGNATURES),
            st.dictionaries(st.sampled_from(["value", "secret", "urn", "text", "uri"]), inner),
        ),
    ),
)


@given(SIGNED)
def test_whatever_a_message_holds_is_read_and_left_as_it_is(content: Any) -> None:
    message = write({"member": content}).struct_value
    sent = message.SerializeToString(deterministic=True)

    assert [leaf.path for leaf in leaves(plain(WireMapping(message)))] == [
        leaf.path for leaf in leaves(WireMapping(message))
    ]
    assert message.SerializeToString(deterministic=True) == sent
