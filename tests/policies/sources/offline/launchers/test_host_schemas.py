"""The schemas that a language host gets: of what a program mentions, and whatever else it holds."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from pulumi.runtime.proto.codegen import loader_pb2

from apex_guardrails.provider.schema import tokens
from apex_guardrails.sources.offline.launchers.host_schemas import (
    Mentioned,
    canonical,
    serve_schemas,
)

TEXT = """
resources:
  db: {type: gcp:sql:DatabaseInstance, properties: {ipv4Enabled: true}}
  file: {type: random:RandomId}
  provider: {type: pulumi:providers:kubernetes}
variables:
  network: {fn::invoke: {function: gcp:compute/getNetwork:getNetwork}}
  project:
    fn::gcp:organizations:getProject: {}
  image: us-docker.pkg.dev/acme/shop:latest https://example.com:8080/x serviceAccount:a@b
outputs: ${db.connectionName}
"""


def test_types_and_functions_are_told_apart_and_have_every_name() -> None:
    mentioned = Mentioned.in_text(TEXT)
    assert set(mentioned.tokens) == {"gcp", "random", "kubernetes"}
    schema = mentioned.schema("gcp")
    assert set(schema["resources"]) == {"gcp:sql/databaseInstance:DatabaseInstance"}
    assert set(schema["functions"]) == {
        "gcp:compute/getNetwork:getNetwork",
        "gcp:organizations/getProject:getProject",
    }
    database = schema["resources"]["gcp:sql/databaseInstance:DatabaseInstance"]
    assert {"ipv4Enabled"} <= set(database["inputProperties"])
    assert {"connectionName"} <= set(database["properties"])
    assert mentioned.schema("kubernetes", "4.0.0")["version"] == "4.0.0"
    assert mentioned.schema("nothing")["resources"] == {}


@pytest.mark.parametrize(
    ("token", "is_component"),
    [
        ("synced-folder:index:GoogleCloudFolder", True),
        ("kubernetes:helm.sh/v4:Chart", True),
        ("kubernetes:helm.sh/v3:Release", False),
        ("ours:index:Store", True),
        ("random:index/randomId:RandomId", False),
    ],
)
def test_components_are_told_so_that_nobody_takes_them_for_seen(
    token: str, is_component: bool
) -> None:
    mentioned = Mentioned.in_text(f"packages:\n  ours: ./store\n  random: 4.0.0\ntype: {token}\n")
    schema = mentioned.schema(token.partition(":")[0])
    assert schema["resources"][token]["isComponent"] is is_component


def test_every_type_of_the_provider_is_named_as_it_names_it() -> None:
    for token in tokens():
        package, module, name = token.split(":")
        written = f"{package}:{module.partition('/')[0]}:{name}"
        assert canonical(written) == canonical(token) == token


@pytest.mark.parametrize(
    ("written", "token"),
    [
        ("random:RandomId", "random:index/randomId:RandomId"),
        ("command:local:Command", "command:local:Command"),
        ("kubernetes:core/v1:Secret", "kubernetes:core/v1:Secret"),
        ("docker-build:Image", "docker-build:index:Image"),
    ],
)
def test_other_packages_have_their_own_manners(written: str, token: str) -> None:
    assert canonical(written) == token


@given(st.text("abcAB:/.- \n{}$1") | st.text())
def test_any_text_mentions_something_that_is_a_schema(text: str) -> None:
    mentioned = Mentioned.in_text(text)
    for package in mentioned.tokens:
        schema = mentioned.schema(package)
        assert all(token.count(":") == 2 for token in schema["resources"] | schema["functions"])
        json.dumps(schema)


def test_both_kinds_of_hosts_get_the_same() -> None:
    with ThreadPoolExecutor(2) as workers:
        schemas = serve_schemas(Mentioned.in_text(TEXT), workers)
        with grpc.insecure_channel(schemas.loader) as channel:
            load: Any = channel.unary_unary("/codegen.Loader/GetSchema")
            request = loader_pb2.GetSchemaRequest(package="gcp")
            loaded = loader_pb2.GetSchemaResponse.FromString(load(request.SerializeToString()))
        plugins = dict(
            plugin.split(":") for plugin in schemas.variables["PULUMI_DEBUG_PROVIDERS"].split(",")
        )
        with grpc.insecure_channel(f"127.0.0.1:{plugins['gcp']}") as channel:
            plugin = provider_pb2_grpc.ResourceProviderStub(channel)
            plugin.GetPluginInfo(empty_pb2.Empty())
            of_plugin = plugin.GetSchema(provider_pb2.GetSchemaRequest()).schema
            value = provider_pb2.ParameterizeRequest.ParametersValue(name="acme", version="1.0.0")
            became = plugin.Parameterize(provider_pb2.ParameterizeRequest(value=value))
            asked = provider_pb2.GetSchemaRequest(
                subpackage_name=became.name, subpackage_version=became.version
            )
            other = json.loads(plugin.GetSchema(asked).schema)
        schemas.stop()
    assert json.loads(loaded.schema) == json.loads(of_plugin)
    assert (other["name"], other["version"]) == ("acme", "1.0.0")
