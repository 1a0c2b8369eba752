"""What a transform is sent, and what is read from its answer."""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import resource_pb2

from apex_guardrails.model import UNKNOWN, Secret
from apex_guardrails.sources.offline.transforms import (
    _attach_dependencies,
    _dependencies_of,
    _read_dependencies,
    _upgrade_members,
)
from apex_guardrails.wire import (
    OUTPUT,
    SECRET,
    SIGNATURE,
    UNKNOWN_STRING,
    WireMapping,
    plain,
    write_struct,
)

NAMES = st.sampled_from(["a", "b", "c", "value"])
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3) | st.just(UNKNOWN)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES, inner, max_size=3)
        | inner.map(lambda value: value if isinstance(value, Secret) else Secret(value))
    ),
    max_leaves=8,
)
INPUTS = st.dictionaries(NAMES, VALUES, max_size=4)
URNS = st.lists(st.sampled_from(["urn:1", "urn:2", "urn:3"]), unique=True, max_size=3)


def _signatures(message: struct_pb2.Struct) -> set[str]:
    found = set()
    pending = [struct_pb2.Value(struct_value=message)]
    while pending:
        value = pending.pop()
        if value.HasField("struct_value"):
            found.add(value.struct_value.fields[SIGNATURE].string_value)
            # What is inside an output is a value of its own, which the SDK reads with it.
            if OUTPUT not in found:
                pending.extend(value.struct_value.fields.values())
        pending.extend(value.list_value.values)
    return found


@given(INPUTS)
def test_what_is_sent_means_what_the_program_registered(inputs: dict[str, Any]) -> None:
    message = write_struct(inputs)
    _upgrade_members(message)
    assert plain(WireMapping(message)) == inputs
    assert SECRET not in _signatures(message)


@given(INPUTS, st.dictionaries(NAMES, URNS, max_size=4))
def test_dependencies_travel_with_the_inputs_and_come_back(
    inputs: dict[str, Any], dependencies: dict[str, list[str]]
) -> None:
    request = resource_pb2.RegisterResourceRequest(object=write_struct(inputs))
    for name, urns in dependencies.items():
        request.propertyDependencies[name].urns.extend(urns)
    _upgrade_members(request.object)
    _attach_dependencies(request)
    _attach_dependencies(request)
    assert plain(WireMapping(request.object)) == inputs
    request.propertyDependencies.clear()
    _read_dependencies(request)
    assert {name: list(found.urns) for name, found in request.propertyDependencies.items()} == {
        name: urns for name, urns in dependencies.items() if name in inputs and urns
    }
    assert set(request.dependencies) == {
        urn for name, urns in dependencies.items() if name in inputs for urn in urns
    }


def test_dependencies_are_found_at_any_depth() -> None:
    inner = struct_pb2.Value(
        struct_value=struct_pb2.Struct(
            fields={
                SIGNATURE: struct_pb2.Value(string_value=OUTPUT),
                "dependencies": struct_pb2.Value(
                    list_value=struct_pb2.ListValue(values=[struct_pb2.Value(string_value="urn:1")])
                ),
            }
        )
    )
    nested = write_struct({"a": [{"b": None}], "c": UNKNOWN})
    nested.fields["a"].list_value.values[0].struct_value.fields["b"].CopyFrom(inner)
    assert list(_dependencies_of(struct_pb2.Value(struct_value=nested))) == ["urn:1"]
    assert list(_dependencies_of(struct_pb2.Value(string_value=UNKNOWN_STRING))) == []
