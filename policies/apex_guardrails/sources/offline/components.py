"""Runs the plugins of remote components, where they are on this machine."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2

from apex_guardrails.model.value import Value
from apex_guardrails.sources.offline.other_stacks import ORGANIZATION
from apex_guardrails.sources.offline.plugin import Plugin, PluginError
from apex_guardrails.sources.offline.plugins import find_plugin
from apex_guardrails.sources.offline.project import Project
from apex_guardrails.sources.offline.pulumi_home import pulumi_home
from apex_guardrails.wire import WireMapping, plain, write_struct

_SAME: Final = (
    "additionalSecretOutputs",
    "aliases",
    "deleteBeforeReplace",
    "deletedWith",
    "dependencies",
    "ignoreChanges",
    "name",
    "parent",
    "protect",
    "replaceOnChanges",
    "replace_with",
    "retainOnDelete",
    "type",
)
"""What a plugin is told of a component as the program says it."""


@dataclass
class Components:
    """The plugins of one program's run, each started when it is first needed.

    Attributes:
        project: the program's.
        variables: the environment that the program has.
        stack: the stack's name.
        config: its config, with placeholders for what is secret.
        secret_keys: the keys that are secret.
        monitor: the address at which plugins register resources.
        packages: what a program says of a package, by the reference that it got.
    """

    project: Project
    variables: Mapping[str, str]
    stack: str
    config: Mapping[str, str]
    secret_keys: list[str]
    monitor: str = ""
    packages: dict[str, resource_pb2.RegisterPackageRequest] = field(default_factory=dict)
    _plugins: dict[str, Plugin | PluginError] = field(default_factory=dict)
    _started: list[Plugin] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def _run(self) -> dict[str, Any]:
        """What a plugin is told of the run, whatever it is asked."""
        return {
            "project": self.project.name,
            "stack": self.stack,
            "organization": ORGANIZATION,
            "config": self.config,
            "configSecretKeys": self.secret_keys,
            "dryRun": True,
            "parallel": 16,
            "monitorEndpoint": self.monitor,
            "accepts_output_values": True,
        }

    def construct(
        self,
        request: resource_pb2.RegisterResourceRequest,
        provider: Callable[[], Mapping[str, Value]],
    ) -> resource_pb2.RegisterResourceResponse:
        """Has a component made.

        Args:
            request: what the program says of it.
            provider: gives the inputs of its provider.

        Raises:
            PluginError: its plugin is not here, or fails.
        """
        plugin = self._plugin(request.type, request.version, request.packageRef, provider)
        asked = provider_pb2.ConstructRequest(
            inputs=_inputs(request.object, plugin),
            inputDependencies={
                name: provider_pb2.ConstructRequest.PropertyDependencies(urns=dependencies.urns)
                for name, dependencies in request.propertyDependencies.items()
            },
            providers=request.providers,
            **self._run,
        )
        for name in _SAME:
            if isinstance(value := getattr(request, name), str | bool):
                setattr(asked, name, value)
            else:
                getattr(asked, name).extend(value)
        made = plugin.construct(asked)
        return resource_pb2.RegisterResourceResponse(
            urn=made.urn,
            object=_without_outputs(made.state),
            propertyDependencies={
                name: resource_pb2.RegisterResourceResponse.PropertyDependencies(
                    urns=dependencies.urns
                )
                for name, dependencies in made.stateDependencies.items()
            },
        )

    def call(self, request: resource_pb2.ResourceCallRequest) -> provider_pb2.CallResponse:
        """Calls a component's method.

        Raises:
            PluginError: no plugin has made a component of its package, or it fails.
        """
        plugin = self._plugins.get(request.packageRef or request.tok.partition(":")[0])
        if not isinstance(plugin, Plugin):
            raise PluginError("its component was not run")
        said = plugin.call(
            provider_pb2.CallRequest(
                tok=request.tok,
                args=_inputs(request.args, plugin),
                argDependencies={
                    name: provider_pb2.CallRequest.ArgumentDependencies(urns=dependencies.urns)
                    for name, dependencies in request.argDependencies.items()
                },
                **self._run,
            )
        )
        result = getattr(said, "return")
        result.CopyFrom(_without_outputs(result))
        return said

    def _plugin(
        self, token: str, version: str, reference: str, provider: Callable[[], Mapping[str, Value]]
    ) -> Plugin:
        key = reference or token.partition(":")[0]
        with self._lock:
            if key not in self._plugins:
                try:
                    self._plugins[key] = self._start(key, version, provider())
                except PluginError as error:
                    self._plugins[key] = error
            plugin = self._plugins[key]
        if isinstance(plugin, PluginError):
            raise plugin
        return plugin

    def _start(self, key: str, version: str, inputs: Mapping[str, Value]) -> Plugin:
        package = self.packages.get(key)
        name = package.name if package else key
        version = package.version if package else version
        home = pulumi_home(os.environ)
        command = find_plugin(name, version, self.project, self.variables, home)
        if command is None:
            which = f"{name} {version}".strip()
            raise PluginError(
                f"it needs the plugin of {which}, which is not on this machine "
                f"(pulumi plugin install resource {which})"
            )
        plugin = Plugin(command, self.project.root, self.variables, self.monitor)
        self._started.append(plugin)
        parameters = None
        if package is not None and package.HasField("parameterization"):
            given = package.parameterization
            parameters = provider_pb2.ParameterizeRequest.ParametersValue(
                name=given.name, version=given.version, value=given.value
            )
        plugin.connect({key: inputs[key] for key in inputs if key != "version"}, parameters)
        return plugin

    def close(self) -> None:
        """Ends all plugins."""
        # Without the lock: one that does not start holds it.
        for plugin in self._started:
            plugin.stop()


def _inputs(struct: struct_pb2.Struct, plugin: Plugin) -> struct_pb2.Struct:
    return struct if plugin.takes_outputs else _without_outputs(struct)


def _without_outputs(struct: struct_pb2.Struct) -> struct_pb2.Struct:
    """The same for who does not know output values: what they hold, unknown or secret."""
    return write_struct(plain(WireMapping(struct)))
