"""The provider as a gRPC server that the Pulumi engine attaches to.

It has no state of its own: as with a real one, a resource is what the engine's state says. What it
refuses depends on what else exists.
"""

from __future__ import annotations

from collections import Counter
from concurrent import futures
from dataclasses import replace
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from apex_guardrails.provider.schema import type_schema
from tests.engine.provider import check, diff, outputs, revisions
from tests.engine.provider.cloud import Cloud
from tests.engine.provider.values import UNKNOWN, Properties, from_struct, to_struct

VERSION = "10.2.0"

Empty = empty_pb2.Empty
Context = grpc.ServicerContext


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """A Google Cloud where everything works, except what a test wants to fail."""

    def __init__(self) -> None:
        self.fail_once: set[str] = set()
        """Names of resources whose next creation fails."""
        self.broken_images: set[str] = set()
        """Images that do not start."""
        self.cloud = Cloud()
        self.schema = "{}"
        """What a language host that needs one gets of the types."""
        self._generations: Counter[str] = Counter()
        # The engine opens one connection for each provider resource, and names it in no request.
        self._config: dict[str, Properties] = {}

    # The plugin

    def GetPluginInfo(self, request: Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> Empty:
        return Empty()

    def Cancel(self, request: Empty, context: Context) -> Empty:
        return Empty()

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: Context
    ) -> provider_pb2.ProviderHandshakeResponse:
        # Like the real provider it takes no secrets: the engine unwraps them before a call, and
        # marks the same properties again after it.
        return provider_pb2.ProviderHandshakeResponse()

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: Context
    ) -> provider_pb2.GetSchemaResponse:
        return provider_pb2.GetSchemaResponse(schema=self.schema)

    # Its configuration

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: Context
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(
        self, request: provider_pb2.DiffRequest, context: Context
    ) -> provider_pb2.DiffResponse:
        changed = request.olds != request.news
        return provider_pb2.DiffResponse(changes=_changes(changed=changed))

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: Context
    ) -> provider_pb2.ConfigureResponse:
        self._config[context.peer()] = from_struct(request.args)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    # Resources

    def Check(
        self, request: provider_pb2.CheckRequest, context: Context
    ) -> provider_pb2.CheckResponse:
        fields = _fields(request.type, context)
        news = from_struct(request.news)
        failures = [
            provider_pb2.CheckFailure(property=failure.path, reason=failure.reason)
            for failure in check.failures(fields, news)
        ]
        olds = from_struct(request.olds)
        inputs = check.check(fields, news, olds, request.name, request.randomSeed)
        checked = to_struct(check.with_secrets(fields, inputs))
        return provider_pb2.CheckResponse(inputs=checked, failures=failures)

    def Diff(
        self, request: provider_pb2.DiffRequest, context: Context
    ) -> provider_pb2.DiffResponse:
        fields = _fields(request.type, context)
        olds, news = from_struct(request.old_inputs), from_struct(request.news)
        changes = list(diff.diff(fields, olds, news))
        changes = [
            change._replace(replaces=change.replaces or diff.shrinks(request.type, change))
            for change in changes
        ]
        kinds = provider_pb2.PropertyDiff
        replaces = {_top(change.path) for change in changes if change.replaces}
        return provider_pb2.DiffResponse(
            changes=_changes(changed=bool(changes)),
            diffs=sorted({_top(change.path) for change in changes}),
            replaces=sorted(replaces),
            # A name that the program gave cannot be used by two at a time, and whether it gave
            # another one is not asked (Pulumi's bridge, nameRequiresDeleteBeforeReplace).
            deleteBeforeReplace=bool(replaces)
            and fields.get("name", {}).get("autoname", False)
            and not check.is_autoname(news.get("name"), request.name),
            hasDetailedDiff=True,
            detailedDiff={
                change.path: provider_pb2.PropertyDiff(
                    kind=kinds.UPDATE_REPLACE if change.replaces else kinds.UPDATE, inputDiff=True
                )
                for change in changes
            },
        )

    def Create(
        self, request: provider_pb2.CreateRequest, context: Context
    ) -> provider_pb2.CreateResponse:
        if request.name in self.fail_once and not request.preview:
            self.fail_once.remove(request.name)
            _abort(context, f"Error creating {request.name}: the service is currently unavailable")
        inputs = from_struct(request.properties)
        identity = self._identity(request.type, request.name, inputs, context)
        if not request.preview:
            if reason := self.cloud.not_created(request.urn, identity.id):
                _abort(context, f"Error creating {request.name}: {reason}")
            if request.type in revisions.KINDS:
                self._serves(request.type, request.name, inputs, {}, context)
            self.cloud.keep(request.urn, identity.id, inputs)
            # The versions of a secret are counted, whatever resources they are.
            series = f"{inputs['secret']}/versions" if "secret" in inputs else identity.id
            self._generations[series] += 1
            identity = replace(identity, generation=self._generations[series])
        state = self._state(identity, inputs, {}, preview=request.preview, context=context)
        return provider_pb2.CreateResponse(
            id="" if request.preview else identity.id, properties=state
        )

    def Read(
        self, request: provider_pb2.ReadRequest, context: Context
    ) -> provider_pb2.ReadResponse:
        state, inputs = from_struct(request.properties), from_struct(request.inputs)
        inputs = inputs or self.cloud.made_by_hand.get(request.id, {})
        if not inputs and "name" in _fields(request.type, context):
            inputs = {"name": request.id.rpartition("/")[2]}
        inputs = outputs.as_read(inputs)
        identity = self._identity(request.type, request.name, inputs, context)
        return provider_pb2.ReadResponse(
            id=request.id,
            inputs=to_struct(inputs),
            properties=self._state(identity, inputs, state, preview=False, context=context),
        )

    def Update(
        self, request: provider_pb2.UpdateRequest, context: Context
    ) -> provider_pb2.UpdateResponse:
        inputs, olds = from_struct(request.news), from_struct(request.olds)
        identity = self._identity(request.type, request.name, inputs, context)
        if not request.preview:
            if request.type in revisions.KINDS:
                self._serves(request.type, request.name, inputs, olds, context)
            self.cloud.keep(request.urn, request.id, inputs)
        state = self._state(identity, inputs, olds, preview=request.preview, context=context)
        return provider_pb2.UpdateResponse(properties=state)

    def _serves(
        self, type_: str, name: str, inputs: Properties, olds: Properties, context: Context
    ) -> None:
        """Takes what revisions are to get, if they are there and the newest one starts."""
        containers = inputs.get("template", {}).get("containers") or [{}]
        image = containers[0].get("image")
        if image in self.broken_images:
            _abort(context, f"Error waiting for {name}: the revision of {image} is not ready")
        if reason := revisions.refused(revisions.KINDS[type_], inputs, olds):
            _abort(context, f"Error updating {name}: {reason}")

    def Delete(self, request: provider_pb2.DeleteRequest, context: Context) -> Empty:
        state = from_struct(request.properties)
        if reason := self.cloud.not_deleted(request.urn, request.id, state):
            _abort(context, f"cannot destroy {request.name}: {reason}")
        self.cloud.delete(request.urn, request.id, state)
        return Empty()

    # Functions

    def Invoke(
        self, request: provider_pb2.InvokeRequest, context: Context
    ) -> provider_pb2.InvokeResponse:
        arguments = from_struct(request.args)
        where = self._where(arguments, context)
        project, region = where["project"], where["region"]
        zones = [f"{arguments.get('region', region)}-{letter}" for letter in "abc"]
        answers: dict[str, Properties] = {
            "gcp:organizations/getProject:getProject": {
                "id": f"projects/{project}",
                "number": "123456789012",
                "name": project,
            },
            "gcp:organizations/getClientConfig:getClientConfig": {"id": project, **where},
            "gcp:compute/getZones:getZones": {"id": f"projects/{project}", "names": zones},
        }
        if request.tok not in answers:
            _abort(context, f"the tests' provider has no answer for {request.tok}")
        answer = {"project": project, **answers[request.tok]}
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(answer))  # `return` is a word of Python's
        return response

    def _where(self, inputs: Properties, context: Context) -> dict[str, str]:
        config = self._config.get(context.peer(), {})
        defaults = {"project": "a-project", "region": "us-central1", "zone": "us-central1-a"}
        return {key: inputs.get(key) or config.get(key, defaults[key]) for key in defaults}

    def _identity(
        self, token: str, resource: str, inputs: Properties, context: Context
    ) -> outputs.Identity:
        name = inputs.get("name")
        if not isinstance(name, str) or name == UNKNOWN:
            name = resource
        where = self._where(inputs, context)
        return outputs.Identity(token, name, where["project"], where["region"], where["zone"])

    def _state(
        self,
        identity: outputs.Identity,
        inputs: Properties,
        olds: Properties,
        *,
        preview: bool,
        context: Context,
    ) -> struct_pb2.Struct:
        fields = _fields(identity.token, context)
        # Where it will live is known before it does.
        given = {
            key: value
            for key, value in self._where(inputs, context).items()
            if fields.get(key, {}).get("computed")
        }
        generate = outputs.unknown if preview else identity.output
        state = outputs.complete(fields, {**given, **inputs}, olds, generate)
        state = outputs.labelled(fields, state, self._config.get(context.peer(), {}))
        if identity.token in revisions.KINDS:
            kind = revisions.KINDS[identity.token]
            state |= revisions.outputs(kind, inputs, olds, preview=preview)
        return to_struct(check.with_secrets(fields, state))


def _fields(token: str, context: Context) -> check.Fields:
    schema = type_schema(token)
    if schema is None:
        _abort(context, f"unrecognized resource type: {token}")
    return schema.fields


def _abort(context: Context, reason: str) -> NoReturn:
    context.abort(grpc.StatusCode.UNKNOWN, reason)
    raise AssertionError  # abort raises


def _changes(*, changed: bool) -> Any:
    kinds = provider_pb2.DiffResponse
    return kinds.DIFF_SOME if changed else kinds.DIFF_NONE


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def serve(provider: Provider) -> tuple[grpc.Server, int]:
    """Start it on a free local port; returns the server, to be stopped, and the port."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port
