"""The engine's side of Pulumi's protocol, in a preview of a stack that does not exist yet.

A program registers its resources here as it would with the engine, and is answered as the engine
answers in a preview: the checked inputs come back, and every other output is unknown.
Source: `proto/pulumi/resource.proto` and `engine.proto`; the engine's `source_eval.go` (3.259).
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Mapping
from typing import NoReturn

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import (
    callback_pb2,
    provider_pb2,
    resource_pb2,
    resource_pb2_grpc,
)

from apex_guardrails.model import STACK_TYPE, Resource, SourcePosition, Stack, type_of
from apex_guardrails.model.value import UNKNOWN, Value
from apex_guardrails.provider import check, current_names, planned, resource_type
from apex_guardrails.sources.default_provider import add_provider, default_provider
from apex_guardrails.sources.offline.answers import GET_RESOURCE, Answers, understood
from apex_guardrails.sources.offline.components import Components
from apex_guardrails.sources.offline.engine import Engine
from apex_guardrails.sources.offline.features import FEATURE_NAMES, FEATURES
from apex_guardrails.sources.offline.functions import ArgumentError, Functions
from apex_guardrails.sources.offline.functions.marked import with_stand_ins, without_stand_ins
from apex_guardrails.sources.offline.other_stacks import (
    ORGANIZATION,
    STACK_REFERENCE,
    OtherStacks,
    answer,
)
from apex_guardrails.sources.offline.plugin import PluginError
from apex_guardrails.sources.offline.positions import Positions, taken
from apex_guardrails.sources.offline.registered import ProviderProblem, Registered
from apex_guardrails.sources.offline.resource_options import analyzed_options
from apex_guardrails.sources.offline.told import Told
from apex_guardrails.sources.offline.transforms import TransformError, Transforms
from apex_guardrails.sources.offline.unknowns import unknowns
from apex_guardrails.wire import (
    UNKNOWN_SENTINELS,
    TooDeepError,
    WireMapping,
    plain,
    urns_by_input,
    write_struct,
)


class Monitor(Engine, resource_pb2_grpc.ResourceMonitorServicer):
    """Serves one run of one program."""

    def __init__(  # noqa: PLR0913 each is a fact of its own
        self,
        stack: Stack,
        config: Mapping[str, str],
        secret_keys: Iterable[str],
        functions: Functions,
        positions: Positions,
        *,
        others: OtherStacks | None = None,
        provider_config: Mapping[str, str] | None = None,
        components: Components | None = None,
    ) -> None:
        super().__init__(Registered(stack))
        stack.assumed, stack.unanswered = functions.assumed, functions.unanswered
        self._config = config
        self._provider_config = config if provider_config is None else provider_config
        self._secret_keys = sorted(secret_keys)
        self._functions = functions
        self.told = Told(self.registered, functions, self._lock)
        self.positions = positions
        self._others = others or OtherStacks()
        self._components = components
        # The components of plugins, and where the program asks for what is made of them, by URN.
        self._asked: set[str] = set()
        self._by_plugin: dict[str, SourcePosition | None] = {}
        self._transforms = Transforms()
        self._answers = Answers()
        self._packages: dict[str, str] = {}
        self._references = itertools.count(1)

    def close(self) -> None:
        """Lets go of the program, which has ended."""
        if self._components is not None:
            self._components.close()
        self._transforms.close()

    def secret_texts(self) -> set[str]:
        """All that lies under a mark of the program's, as a secret or in an input."""
        stack = self.registered.stack
        marked = [resource.secret_texts for resource in (*stack, stack.outputs) if resource]
        return self.registered.marked.union(*marked)

    # -- ResourceMonitor -------------------------------------------------------------------------

    def GetDeploymentInfo(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> resource_pb2.DeploymentInfo:
        """What the program is part of, and what this monitor can do."""
        stack = self.registered.stack
        return resource_pb2.DeploymentInfo(
            project=stack.project,
            stack=stack.name,
            organization=ORGANIZATION,
            config=self._config,
            configSecretKeys=self._secret_keys,
            dryRun=True,
            parallel=16,
            supportedFeatures=FEATURES,
        )

    def SupportsFeature(
        self, request: resource_pb2.SupportsFeatureRequest, context: grpc.ServicerContext
    ) -> resource_pb2.SupportsFeatureResponse:
        """The same, feature by feature, for older SDKs."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in FEATURE_NAMES)

    def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterResourceResponse:
        """Takes a resource in, checked as its provider would check it."""
        urn = self._urn(request.parent, request.type, request.name)
        position = self._place(request, urn)
        where = f"{position}: " if position else ""
        about = f"{request.type} ({request.name})"
        if not request.propertyDependencies:
            # An SDK that says no more means that every input may be made from any of them.
            for name in request.object.fields:
                request.propertyDependencies[name].urns.extend(request.dependencies)
        try:
            request = self._transforms.resource(request, urn)
        except TransformError as error:
            self._refuse(context, f"{where}a transform of {about} failed: {error}")
        if request.remote:
            return self._component(request, urn, position, context)
        judged = without_stand_ins(request.object, self._functions.stand_ins)
        inputs = self._values(context, judged, f"{where}an input of {about}", by_id=request.custom)
        if request.type == STACK_REFERENCE:  # as Pulumi's YAML has it; the others read it
            outputs = write_struct(self._stack_reference(urn, inputs.get("name", request.name)))
            return resource_pb2.RegisterResourceResponse(urn=urn, id=request.name, object=outputs)
        unknown = unknowns(judged)
        problems: list[ProviderProblem] = []
        # Of a local component the engine knows nothing before its outputs are registered.
        outputs = struct_pb2.Struct()
        if not request.custom:
            written = write_struct(inputs)
        else:
            checked = check(request.type, urn, inputs, request.version)
            written = write_struct(checked.inputs)
            plan = planned(request.type, checked.told)
            outputs = understood(written if plan is checked.inputs else write_struct(plan), request)
            problems = [
                ProviderProblem(urn, problem.path, problem.message, problem.is_note, position)
                for problem in checked.problems
            ]
        with self._lock:
            stack = self.registered.stack
            # A plugin registers the component that it was asked for.
            if urn in stack.resources and urn not in self._asked:
                first = stack.resources[urn].position
                self._refuse(context, taken(urn, about, first, position))
            if request.type == STACK_TYPE:
                self.registered.root_urn = urn
            self.registered.problems += problems
            provider = self._provider(request)
            stack.add(
                Resource(
                    urn,
                    resource_type(request.type),
                    # In this form rules about any input find quickly that there is nothing in it.
                    WireMapping(written),
                    stack,
                    parent=request.parent,
                    custom=request.custom,
                    is_protected=request.protect,
                    ignore_changes=request.ignoreChanges,
                    is_imported=bool(request.importId),
                    provider=provider,
                    dependencies=request.dependencies,
                    property_dependencies=current_names(
                        request.type, urns_by_input(request.propertyDependencies)
                    ),
                    position=position,
                    known_parts=unknown.parts,
                    functions=unknown.functions,
                    secret_origins=unknown.secrets,
                )
            )
            stack.options[urn] = analyzed_options(request)
            outputs = with_stand_ins(outputs, request.object, judged)
            self._answers.keep(urn, outputs, request.importId)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=request.importId, object=outputs)

    def RegisterResourceOutputs(
        self, request: resource_pb2.RegisterResourceOutputsRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Takes the outputs of a component; the rules are asked about those of the stack."""
        self._answers.keep(request.urn, request.outputs)
        if type_of(request.urn) == STACK_TYPE:
            stack = self.registered.stack
            judged = without_stand_ins(request.outputs, self._functions.stand_ins)
            outputs = self._values(context, judged, "an output of the stack")
            unknown = unknowns(judged)
            stack.outputs = Resource(
                request.urn,
                resource_type(STACK_TYPE),
                outputs,
                stack,
                known_parts=unknown.parts,
                functions=unknown.functions,
                secret_origins=unknown.secrets,
            )
            self.registered.is_complete = True
        return empty_pb2.Empty()

    def ReadResource(
        self, request: resource_pb2.ReadResourceRequest, context: grpc.ServicerContext
    ) -> resource_pb2.ReadResourceResponse:
        """A resource that exists already: nothing is known of it, and it is not judged."""
        urn = self._urn(request.parent, request.type, request.name)
        about = f"an input of {request.type} ({request.name})"
        known = self._values(context, request.properties, about, by_id=True)
        if not request.type.startswith("pulumi:"):
            with self._lock:
                self.registered.stack.read[request.type] += 1
        if request.type == STACK_REFERENCE:
            known = self._stack_reference(urn, known.get("name", request.id))
            if _is_go(context) and known["outputs"] is UNKNOWN:
                # Its SDK takes no unknown map, and in a preview what is not in it for unknown.
                known["outputs"] = {}
        properties = write_struct(known)
        resource_id = "" if request.id in UNKNOWN_SENTINELS else request.id
        self._answers.keep(urn, properties, resource_id)
        return resource_pb2.ReadResourceResponse(urn=urn, id=resource_id, properties=properties)

    def Invoke(
        self, request: resource_pb2.ResourceInvokeRequest, context: grpc.ServicerContext
    ) -> resource_pb2.ResourceInvokeResponse:
        """A function's result, with stand-ins for what nobody here knows."""
        if request.tok == GET_RESOURCE:
            return self._resource(request, context)
        try:
            request = self._transforms.invoke(request)
        except TransformError as error:
            self._refuse(context, f"a transform of the function {request.tok} failed: {error}")
        arguments = self._values(context, request.args, f"an argument of {request.tok}", by_id=True)
        response = resource_pb2.ResourceInvokeResponse()
        try:
            with self._lock:
                answer = self._functions.answer(request.tok, arguments)
        except ArgumentError as error:
            response.failures.add(reason=str(error))
            return response
        if answer is None:
            response.unknown = True
            # The SDK for Node.js passes over that member; its runner looks for this one.
            getattr(response, "return").update({"apexUnknown": True})
            return response
        getattr(response, "return").CopyFrom(write_struct(answer))
        return response

    def Call(
        self, request: resource_pb2.ResourceCallRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CallResponse:
        """What a method of a remote component returns; without its plugin nobody knows it."""
        if self._components is not None:
            with contextlib.suppress(PluginError):
                return self._components.call(request)
        self.registered.stack.unanswered.add(request.tok)
        response = provider_pb2.CallResponse()
        # To all SDKs a result is unknown as a whole where a part of it is.
        getattr(response, "return").CopyFrom(write_struct({"unknown": UNKNOWN}))
        return response

    def RegisterPackage(
        self, request: resource_pb2.RegisterPackageRequest, context: grpc.ServicerContext
    ) -> resource_pb2.RegisterPackageResponse:
        """A reference to a package; the same one for the same package."""
        key = request.SerializeToString(deterministic=True).hex()
        with self._lock:
            if key not in self._packages:
                self._packages[key] = f"package-{next(self._references)}"
                if self._components is not None:
                    self._components.packages[self._packages[key]] = request
            return resource_pb2.RegisterPackageResponse(ref=self._packages[key])

    def RegisterStackTransform(
        self, request: callback_pb2.Callback, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """A function of the program that every later resource goes through."""
        self._transforms.add_to_stack(request)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(
        self, request: callback_pb2.Callback, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """A function of the program that every later function call goes through."""
        self._transforms.add_to_invokes(request)
        return empty_pb2.Empty()

    def RegisterResourceHook(
        self, request: resource_pb2.RegisterResourceHookRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Hooks run in deployments; a preview that deploys nothing has no use for them."""
        return empty_pb2.Empty()

    def RegisterErrorHook(
        self, request: resource_pb2.RegisterErrorHookRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Error hooks run when an operation fails, and here none is tried."""
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """The program has registered everything; there is nothing to wait for."""
        return empty_pb2.Empty()

    # -- helpers ---------------------------------------------------------------------------------

    def _urn(self, parent: str, token: str, name: str) -> str:
        """As the engine makes it: the stack's own type is no part of a child's."""
        stack = self.registered.stack
        qualified = token
        if parent and type_of(parent) != STACK_TYPE:
            qualified = f"{parent.split('::')[2]}${token}"
        return f"urn:pulumi:{stack.name}::{stack.project}::{qualified}::{name}"

    def _place(
        self, request: resource_pb2.RegisterResourceRequest, urn: str
    ) -> SourcePosition | None:
        """What a plugin makes stands where the program asks for its component."""
        if request.parent in self._by_plugin and not self.positions.is_own(request):
            self._by_plugin.setdefault(urn, self._by_plugin[request.parent])
        return self._by_plugin[urn] if urn in self._by_plugin else self.positions.of(request)

    def _component(
        self,
        request: resource_pb2.RegisterResourceRequest,
        urn: str,
        position: SourcePosition | None,
        context: grpc.ServicerContext,
    ) -> resource_pb2.RegisterResourceResponse:
        """A component whose resources a plugin makes; without it, its outputs are unknown."""
        stack = self.registered.stack
        with self._lock:
            if urn in self._asked:
                about = f"{request.type} ({request.name})"
                self._refuse(context, taken(urn, about, self._by_plugin[urn], position))
            self._asked.add(urn)
            self._by_plugin[urn] = position
        reason = ""
        try:
            if self._components is not None:
                return self._components.construct(request, lambda: self._provider_of(request))
        except PluginError as error:
            reason = str(error)
        with self._lock:
            stack.not_run[urn] = reason
            if urn in stack.resources:  # the plugin has begun with it
                return resource_pb2.RegisterResourceResponse(urn=urn)
            stack.add(
                Resource(
                    urn,
                    resource_type(request.type),
                    WireMapping(request.object),
                    stack,
                    parent=request.parent,
                    custom=False,
                    dependencies=request.dependencies,
                    property_dependencies=current_names(
                        request.type, urns_by_input(request.propertyDependencies)
                    ),
                    position=position,
                )
            )
        return resource_pb2.RegisterResourceResponse(urn=urn)

    def _stack_reference(self, urn: str, name: Value) -> dict[str, Value]:
        """What a program gets of another stack; which one, its resources' findings say."""
        if not isinstance(name, str):
            return {"name": UNKNOWN, "outputs": UNKNOWN}
        outputs = self._others.outputs(name)
        stack = self.registered.stack
        with self._lock:
            stack.references[urn] = name
            if outputs is None:
                stack.unknown_stacks.add(name)
        return answer(name, outputs)

    def _provider_of(self, request: resource_pb2.RegisterResourceRequest) -> Mapping[str, Value]:
        with self._lock:
            return self._provider(request)

    def _provider(self, request: resource_pb2.RegisterResourceRequest) -> Mapping[str, Value]:
        """The inputs of the provider that will manage a resource; config makes the default one."""
        package = request.type.partition(":")[0]
        if not (request.custom or request.remote) or package == "pulumi":
            return {}
        stack = self.registered.stack
        reference = request.provider or request.providers.get(package, "")
        provider = stack.resources.get(reference.rpartition("::")[0])
        if provider is None:
            version = request.version.replace(".", "_")
            token = f"pulumi:providers:{package}"
            name = f"default_{version}" if version else "default"
            urn = self._urn("", token, name)
            config, secret_keys = self._provider_config, self._secret_keys
            provider = stack.resources.get(urn) or add_provider(
                stack, urn, default_provider(config, secret_keys, package, request.version)
            )
        inputs_of: Mapping[str, Value] = provider.value
        return inputs_of

    def _resource(
        self, request: resource_pb2.ResourceInvokeRequest, context: grpc.ServicerContext
    ) -> resource_pb2.ResourceInvokeResponse:
        """A resource that a value refers to, once more."""
        answer = self._answers.again(request.args)
        if answer is None:
            self._refuse(context, "a value refers to a resource that is not registered")
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").CopyFrom(answer)
        return response

    def _values(
        self,
        context: grpc.ServicerContext,
        struct: struct_pb2.Struct,
        about: str,
        *,
        by_id: bool = False,
    ) -> dict[str, Value]:
        try:
            values: dict[str, Value] = plain(WireMapping(struct), by_id=by_id)
        except TooDeepError as error:
            self._refuse(context, f"{about} {error}")
        return values

    def _refuse(self, context: grpc.ServicerContext, message: str) -> NoReturn:
        self.registered.refused.append(message)
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, message)


def _is_go(context: grpc.ServicerContext) -> bool:
    """Whether the program's SDK is that of Go."""
    return any(
        key == "user-agent" and str(value).startswith("grpc-go")
        for key, value in context.invocation_metadata()
    )
