"""Schemas for language hosts that ask for one before they run a program, as YAML's does.

A host resolves types and names by the schema of each package, which it has from the package's
plugin. No plugin has to be here: what is served is the schema of what a program mentions. It has
every type and function that is named in the program, each with every name that is written in it,
of any type. What is wrong with them, the provider's check says, as in every other language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from pulumi.runtime.proto.codegen import loader_pb2

_TOKEN: Final = re.compile(
    r"(?:(?<![\w:/-])|(?<=[fF]n::))([a-z][a-z0-9-]*)((?::[A-Za-z][\w./-]*){1,2})(?!:?[\w/-])"
)
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_ENDINGS: Final = (".yaml", ".yml", ".json", ".cue", ".jsonnet", ".pkl", ".dhall")
"""Of files that a program or what compiles to one is in."""

_RESERVED: Final = frozenset({"id", "urn", "pulumi", "version", "__self__"})
"""Names that a schema may not declare: `pkg/codegen/schema/bind.go`."""

_OF_COMPONENTS: Final = frozenset(
    {
        *("auto-deploy", "aws-apigateway", "aws-iam", "aws-static-website", "awsx"),
        *("azure-static-website", "cloud", "eks", "gcp-global-cloudrun", "gcp-static-website"),
        *("kubernetes-cert-manager", "kubernetes-coredns", "kubernetes-ingress-nginx"),
        "synced-folder",
    }
)
"""Packages that have nothing but components, whose plugins make the resources."""

_NATIVE: Final = frozenset(
    {
        *("aws-native", "azure-native", "command", "docker-build", "gcp-native", "google-native"),
        *("kubernetes", "pulumiservice", "std", "time", *_OF_COMPONENTS),
    }
)
"""Packages whose tokens have no file in their module, unlike those that are made of Terraform's."""

_COMPONENT: Final = re.compile(
    r"kubernetes:(helm\.sh/v[34]:Chart|yaml(/v2)?:Config(File|Group)|kustomize(/v2)?:Directory)"
)
"""Components of other packages."""

_SOURCE: Final = re.compile(
    r"^\s+[\"']?([a-z][a-z0-9-]*)[\"']?:\s+[\"']?(?:\.{0,2}/|https://|git(?:hub|lab)\.com/)\S+$",
    re.MULTILINE,
)
"""A package of components that is written somewhere, in `packages` of `Pulumi.yaml`."""

_NEWEST: Final = "999.0.0"

_ANY: Final = {"$ref": "pulumi.json#/Any"}


@dataclass(frozen=True)
class Mentioned:
    """What the text of a program mentions.

    Attributes:
        tokens: of types and functions, as they are written, by package.
        names: every word.
        sources: packages that are named with their source, which makes components of them.
    """

    tokens: Mapping[str, frozenset[str]]
    names: frozenset[str]
    sources: frozenset[str] = frozenset()

    @classmethod
    def in_text(cls, text: str) -> Mentioned:
        """What a text mentions."""
        tokens: dict[str, set[str]] = {}
        for found in _TOKEN.finditer(text):
            tokens.setdefault(found[1], set()).add(found[0])
        # A provider is no type of its package's; but its package is mentioned.
        for token in tokens.pop("pulumi", set()):
            if token.startswith("pulumi:providers:"):
                tokens.setdefault(token.rpartition(":")[2], set())
        return cls(
            {package: frozenset(each) for package, each in tokens.items()},
            frozenset(_NAME.findall(text)) - _RESERVED,
            frozenset(_SOURCE.findall(text)),
        )

    @classmethod
    def in_folder(cls, folder: Path) -> Mentioned:
        """What the files of a program mention."""
        files = sorted(file for file in folder.iterdir() if file.suffix in _ENDINGS)
        return cls.in_text("\n".join(file.read_text("utf-8", "replace") for file in files))

    def schema(self, package: str, version: str = "") -> dict[str, Any]:
        """The schema of a package: `pkg/codegen/schema/pulumi.json`."""
        every = dict.fromkeys(sorted(self.names), _ANY)
        members = {"properties": every}
        schema: dict[str, Any] = {
            "name": package,
            "version": version or _NEWEST,
            "provider": {"inputProperties": every},
            "resources": {},
            "functions": {},
        }
        for written in self.tokens.get(package, ()):
            token = canonical(written, self.sources)
            if token.rpartition(":")[2][:1].isupper():
                schema["resources"][token] = {
                    **members,
                    "inputProperties": every,
                    "isComponent": self._is_component(token),
                }
            else:
                schema["functions"][token] = {"inputs": members, "outputs": members}
        return schema

    def _is_component(self, token: str) -> bool:
        package = token.partition(":")[0]
        is_known = package in _OF_COMPONENTS or bool(_COMPONENT.fullmatch(token))
        return is_known or package in self.sources


def canonical(token: str, native: Collection[str] = ()) -> str:
    """A token as its package declares it: `gcp:sql:Database` as `gcp:sql/database:Database`.

    Args:
        token: as a program writes it.
        native: further packages that are not made of Terraform's.
    """
    package, *module, name = token.split(":")
    within = module[0] if module else "index"
    if "/" in within or package in _NATIVE or package in native:
        return f"{package}:{within}:{name}"
    return f"{package}:{within}/{name[:1].lower()}{name[1:]}:{name}"


def _loader(mentioned: Mentioned) -> grpc.GenericRpcHandler:
    """What newer hosts load schemas from: the engine's side of it."""

    def get_schema(
        request: loader_pb2.GetSchemaRequest, _: grpc.ServicerContext
    ) -> loader_pb2.GetSchemaResponse:
        # A package may be made of another one.
        schema = mentioned.schema(
            request.parameterization.name or request.package,
            request.parameterization.version or request.version,
        )
        return loader_pb2.GetSchemaResponse(schema=json.dumps(schema).encode())

    # The SDK's own module of the service cannot be imported (3.276): it looks for another package.
    method = grpc.unary_unary_rpc_method_handler(
        get_schema,
        loader_pb2.GetSchemaRequest.FromString,
        loader_pb2.GetSchemaResponse.SerializeToString,
    )
    return grpc.method_handlers_generic_handler("codegen.Loader", {"GetSchema": method})


class _Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """What older hosts load schemas from: a plugin that knows its schema, and nothing else."""

    def __init__(self, mentioned: Mentioned, package: str) -> None:
        self._mentioned = mentioned
        self._package = package

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Promises nothing."""
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> Empty:
        """Has nothing to tell an engine."""
        return Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """A plugin of a version that is new enough for every program."""
        return plugin_pb2.PluginInfo(version=_NEWEST)

    def Parameterize(
        self, request: provider_pb2.ParameterizeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ParameterizeResponse:
        """Becomes another package."""
        return provider_pb2.ParameterizeResponse(
            name=request.value.name, version=request.value.version
        )

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """The schema of the package."""
        schema = self._mentioned.schema(
            request.subpackage_name or self._package, request.subpackage_version
        )
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))


@dataclass(frozen=True)
class Schemas:
    """Servers of schemas.

    Attributes:
        loader: the address of the loader.
        variables: what leads a host to the plugins.
    """

    loader: str
    variables: Mapping[str, str]
    _servers: Iterable[grpc.Server]

    def stop(self) -> None:
        """Ends them."""
        for server in self._servers:
            server.stop(None)


def serve_schemas(mentioned: Mentioned, workers: ThreadPoolExecutor) -> Schemas:
    """Serves the schemas of all that is mentioned."""
    loader = grpc.server(workers)
    loader.add_generic_rpc_handlers([_loader(mentioned)])
    servers = {"": loader}
    for package in mentioned.tokens:
        servers[package] = grpc.server(workers)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(
            _Plugin(mentioned, package), servers[package]
        )
    ports = {}
    for package, server in servers.items():
        ports[package] = server.add_insecure_port("127.0.0.1:0")
        server.start()
    plugins = ",".join(f"{package}:{port}" for package, port in ports.items() if package)
    return Schemas(
        f"127.0.0.1:{ports['']}", {"PULUMI_DEBUG_PROVIDERS": plugins}, list(servers.values())
    )
