"""Runs a program's transforms, which change resources and function calls on their way to us.

A transform is a function of the program: the program serves it, and the monitor calls it back.
Source: the engine's `source_eval.go` (3.259), whose order is kept: the resource's own transforms,
then its ancestors', then the stack's.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any, Final

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from apex_guardrails.wire import (
    OUTPUT,
    SECRET,
    SIGNATURE,
    UNKNOWN_SENTINELS,
    UNKNOWN_STRING,
)

_RESOURCE_OPTIONS: Final = {
    "depends_on": "dependencies",
    "protect": "protect",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "version": "version",
    "aliases": "aliases",
    "provider": "provider",
    "providers": "providers",
    "custom_timeouts": "customTimeouts",
    "plugin_download_url": "pluginDownloadURL",
    "plugin_checksums": "pluginChecksums",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "delete_before_replace": "deleteBeforeReplace",
    "additional_secret_outputs": "additionalSecretOutputs",
    "hooks": "hooks",
    "import": "importId",
    "hide_diff": "hideDiffs",
    "replace_with": "replace_with",
    "replacement_trigger": "replacement_trigger",
}
"""The options that a transform sees and may change, and where they stand in a registration."""

_INVOKE_OPTIONS: Final = {
    "provider": "provider",
    "version": "version",
    "plugin_download_url": "pluginDownloadURL",
    "plugin_checksums": "pluginChecksums",
}
"""The same for a function call."""


class TransformError(Exception):
    """A transform raised, or the program that serves it is gone."""


class Transforms:
    """The transforms of one program."""

    def __init__(self) -> None:
        self._of_stack: list[callback_pb2.Callback] = []
        self._of_invokes: list[callback_pb2.Callback] = []
        self._of_resource: dict[str, list[callback_pb2.Callback]] = {}
        self._parents: dict[str, str] = {}
        self._channels: dict[str, grpc.Channel] = {}
        self._lock = threading.Lock()

    def add_to_stack(self, callback: callback_pb2.Callback) -> None:
        """Takes in a transform of every resource registered from now on."""
        self._of_stack.append(callback)

    def add_to_invokes(self, callback: callback_pb2.Callback) -> None:
        """Takes in a transform of every function call from now on."""
        self._of_invokes.append(callback)

    def resource(
        self, request: resource_pb2.RegisterResourceRequest, urn: str
    ) -> resource_pb2.RegisterResourceRequest:
        """A registration as the transforms leave it.

        Raises:
            TransformError: a transform failed.
        """
        with self._lock:
            own = list(request.transforms)
            self._of_resource[urn], self._parents[urn] = own, request.parent
            transforms = [*own, *self._inherited(request.parent), *self._of_stack]
        if not transforms:
            return request
        changed = resource_pb2.RegisterResourceRequest()
        changed.CopyFrom(request)
        _upgrade_members(changed.object)
        if own:
            _attach_dependencies(changed)
        for transform in transforms:
            asked = resource_pb2.TransformRequest(
                type=changed.type,
                name=changed.name,
                custom=changed.custom,
                parent=changed.parent,
                properties=changed.object,
                options=resource_pb2.TransformResourceOptions(),
            )
            _copy(changed, asked.options, {old: new for new, old in _RESOURCE_OPTIONS.items()})
            answer = resource_pb2.TransformResponse.FromString(self._call(transform, asked))
            if answer.HasField("properties"):
                changed.object.CopyFrom(answer.properties)
            if answer.HasField("options"):
                _copy(answer.options, changed, _RESOURCE_OPTIONS)
        if own:
            # The engine forgets what it was told of dependencies only then: what it has now says
            # it all.
            changed.propertyDependencies.clear()
        _read_dependencies(changed)
        return changed

    def invoke(
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeRequest:
        """A function call as the transforms leave it.

        Raises:
            TransformError: a transform failed.
        """
        if not self._of_invokes:
            return request
        changed = resource_pb2.ResourceInvokeRequest()
        changed.CopyFrom(request)
        _upgrade_members(changed.args)
        for transform in list(self._of_invokes):
            asked = resource_pb2.TransformInvokeRequest(
                token=changed.tok,
                args=changed.args,
                options=resource_pb2.TransformInvokeOptions(),
            )
            _copy(changed, asked.options, {old: new for new, old in _INVOKE_OPTIONS.items()})
            answer = resource_pb2.TransformInvokeResponse.FromString(self._call(transform, asked))
            if answer.HasField("args"):
                changed.args.CopyFrom(answer.args)
            if answer.HasField("options"):
                _copy(answer.options, changed, _INVOKE_OPTIONS)
        return changed

    def close(self) -> None:
        """Lets go of the program."""
        with self._lock:
            for channel in self._channels.values():
                channel.close()
            self._channels.clear()

    def _inherited(self, urn: str) -> Iterator[callback_pb2.Callback]:
        while urn:
            yield from self._of_resource.get(urn, ())
            urn = self._parents.get(urn, "")

    def _call(
        self,
        callback: callback_pb2.Callback,
        request: resource_pb2.TransformRequest | resource_pb2.TransformInvokeRequest,
    ) -> bytes:
        with self._lock:
            if callback.target not in self._channels:
                # The program is on this machine: no proxy is between, and no limit to a message.
                self._channels[callback.target] = grpc.insecure_channel(
                    callback.target,
                    options=[
                        ("grpc.max_receive_message_length", -1),
                        ("grpc.enable_http_proxy", 0),
                    ],
                )
            stub = callback_pb2_grpc.CallbacksStub(self._channels[callback.target])
        try:
            answer = stub.Invoke(
                callback_pb2.CallbackInvokeRequest(
                    token=callback.token, request=request.SerializeToString()
                )
            )
        except grpc.RpcError as error:
            # What the call itself raises has details; the SDK names the callback in them first.
            details = str(getattr(error, "details", str)() or error)
            raise TransformError(details.partition(" error: ")[2] or details) from None
        response: bytes = answer.response
        return response


def _copy(source: Any, target: Any, fields: dict[str, str]) -> None:
    """Copies fields of one message into fields of another, which may be of another presence."""
    for name, other in fields.items():
        field = source.DESCRIPTOR.fields_by_name[name]
        target.ClearField(other)
        if field.has_presence and not source.HasField(name):
            continue
        value = getattr(source, name)
        if isinstance(value, bool | str):
            if value or field.has_presence:
                setattr(target, other, value)
        else:
            getattr(target, other).MergeFrom(value)


def _signature(value: struct_pb2.Value) -> str:
    return str(value.struct_value.fields[SIGNATURE].string_value) if _is_signed(value) else ""


def _is_signed(value: struct_pb2.Value) -> bool:
    return value.HasField("struct_value") and SIGNATURE in value.struct_value.fields


def _output(
    content: struct_pb2.Value, *, secret: bool = False, urns: Iterable[str] = ()
) -> struct_pb2.Value:
    """A value in the protocol's form for an output, which the SDK hands to a transform as one."""
    fields = {SIGNATURE: struct_pb2.Value(string_value=OUTPUT)}
    if content.string_value not in UNKNOWN_SENTINELS:
        fields["value"] = content
    if secret:
        fields["secret"] = struct_pb2.Value(bool_value=True)
    dependencies = [struct_pb2.Value(string_value=urn) for urn in urns]
    if dependencies:
        fields["dependencies"] = struct_pb2.Value(
            list_value=struct_pb2.ListValue(values=dependencies)
        )
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))


def _upgrade_members(struct: struct_pb2.Struct) -> None:
    for member in struct.fields.values():
        _upgrade(member)


def _upgrade(value: struct_pb2.Value) -> None:
    """Turns secrets and unknown values into outputs: an SDK reads a bare unknown as nothing."""
    if value.string_value in UNKNOWN_SENTINELS:
        value.CopyFrom(_output(value))
    elif _signature(value) == SECRET:
        content = struct_pb2.Value(string_value=UNKNOWN_STRING)
        content.CopyFrom(value.struct_value.fields["value"])
        value.CopyFrom(_output(content, secret=True))
    elif value.HasField("struct_value") and not _is_signed(value):
        _upgrade_members(value.struct_value)
    elif value.HasField("list_value"):
        for element in value.list_value.values:
            _upgrade(element)


def _attach_dependencies(request: resource_pb2.RegisterResourceRequest) -> None:
    """Writes what each input depends on into the input itself, where it can travel with it."""
    for name, dependencies in request.propertyDependencies.items():
        if name not in request.object.fields or not dependencies.urns:
            continue
        value = request.object.fields[name]
        if _signature(value) == OUTPUT:
            known = set(_dependencies_of(value))
            missing = [urn for urn in dependencies.urns if urn not in known]
            listed = value.struct_value.fields["dependencies"].list_value.values
            listed.extend(struct_pb2.Value(string_value=urn) for urn in missing)
        else:
            content = struct_pb2.Value()
            content.CopyFrom(value)
            value.CopyFrom(_output(content, urns=dependencies.urns))


def _read_dependencies(request: resource_pb2.RegisterResourceRequest) -> None:
    """Adds what the inputs say of their dependencies to what the registration says."""
    for name, value in request.object.fields.items():
        found = dict.fromkeys(_dependencies_of(value))
        if found:
            urns = request.propertyDependencies[name].urns
            urns.extend(urn for urn in found if urn not in urns)
            request.dependencies.extend(urn for urn in found if urn not in request.dependencies)


def _dependencies_of(value: struct_pb2.Value) -> Iterator[str]:
    """The URNs that a value says it is made from."""
    if value.HasField("list_value"):
        for element in value.list_value.values:
            yield from _dependencies_of(element)
    elif value.HasField("struct_value"):
        fields = value.struct_value.fields
        if _signature(value) == OUTPUT and "dependencies" in fields:
            yield from (item.string_value for item in fields["dependencies"].list_value.values)
            inner = ["value"]
        else:
            inner = list(fields)
        for name in inner:
            if name in fields:
                yield from _dependencies_of(fields[name])
