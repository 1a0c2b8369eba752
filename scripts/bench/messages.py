"""Resources as the engine's messages: of about 5 KB, and all in order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from apex_guardrails.runs.preview import preview_offline
from apex_guardrails.wire import write_struct
from scripts.bench.measurement import ROOT

SIZE = 5000
TIMEOUT_SECONDS = 120
SQL_INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
NETWORK = "gcp:compute/network:Network"
RANGE = "gcp:compute/globalAddress:GlobalAddress"
SERVICE = "gcp:projects/service:Service"
FIREWALL = "gcp:compute/firewall:Firewall"
CONNECTION = "gcp:servicenetworking/connection:Connection"
PROVIDER = analyzer_pb2.AnalyzerProviderResource(type="pulumi:providers:gcp")

FLAGS = {
    **dict.fromkeys(("log_checkpoints", "log_connections", "log_disconnections"), "on"),
    **dict.fromkeys(("log_duration", "log_hostname", "log_lock_waits"), "on"),
    "log_min_error_statement": "error",
    "log_statement": "ddl",
    "log_temp_files": "0",
    "cloudsql.enable_pgaudit": "on",
    "cloudsql.iam_authentication": "on",
    **{f"flag_{number}": "some value of a flag " * 16 for number in range(11)},
}


def instance() -> struct_pb2.Struct:
    """A database of about 5 KB, of a type that many rules are about, in order."""
    settings = {
        "tier": "db-f1-micro",
        "backupConfiguration": {"enabled": True, "pointInTimeRecoveryEnabled": True},
        "deletionProtectionEnabled": True,
        "ipConfiguration": {
            "ipv4Enabled": False,
            "privateNetwork": "projects/p/global/networks/vpc",
            "sslMode": "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
        },
        "userLabels": {"environment": "dev", "owner": "platform", "cost-center": "c", "app": "a"},
        "databaseFlags": [{"name": name, "value": value} for name, value in FLAGS.items()],
    }
    return write_struct({"databaseVersion": "POSTGRES_17", "name": "db", "settings": settings})


def urn(token: str, name: str) -> str:
    """The URN of a resource of the measured stack."""
    return f"urn:pulumi:bench::bench::{token}::{name}"


def databases(count: int) -> list[analyzer_pb2.AnalyzeRequest]:
    """So many databases, as the engine asks about them one by one."""
    properties = instance()
    made = [
        analyzer_pb2.AnalyzeRequest(
            type=SQL_INSTANCE,
            urn=urn(SQL_INSTANCE, f"db-{number}"),
            name=f"db-{number}",
            properties=properties,
            provider=PROVIDER,
            options=analyzer_pb2.AnalyzerResourceOptions(protect=True),
        )
        for number in range(count)
    ]
    if abs(made[0].ByteSize() - SIZE) > SIZE / 5:
        raise RuntimeError(f"a resource has {made[0].ByteSize()} bytes, not {SIZE}")
    return made


def production(count: int) -> list[analyzer_pb2.AnalyzeRequest]:
    """So many resources of the kinds that the production stack has, as often as it has them.

    Each has what the program gives it, and texts up to the size that is measured.
    """
    report = preview_offline(ROOT, "production", None, TIMEOUT_SECONDS, in_full=False)
    in_order = report.stack.resources.keys() - {
        finding.urn for finding in report.judgement.findings
    }
    resources = [
        (resource, write_struct(resource.value))
        for resource in report.stack
        if resource.urn in in_order and resource.type.package == "gcp"
    ]
    for _, properties in resources:
        texts = properties.fields["furtherTexts"].list_value.values
        while properties.ByteSize() < SIZE:
            texts.add(string_value="some text of an input " * 12)
    return [
        analyzer_pb2.AnalyzeRequest(
            type=resource.type.token,
            urn=f"{resource.urn}-{number}",
            name=f"{resource.name}-{number}",
            properties=properties,
            provider=PROVIDER,
            options=analyzer_pb2.AnalyzerResourceOptions(protect=bool(resource.is_protected)),
        )
        for number, (resource, properties) in enumerate(islice(cycle(resources), count))
    ]


def whole_stack(
    databases: Sequence[analyzer_pb2.AnalyzeRequest],
) -> analyzer_pb2.AnalyzeStackRequest:
    """The databases, each with its dependencies, and the private network that they are in."""

    def depends(**inputs: str) -> dict[str, analyzer_pb2.AnalyzerPropertyDependencies]:
        return {
            name: analyzer_pb2.AnalyzerPropertyDependencies(urns=[on])
            for name, on in inputs.items()
        }

    of_it = {"network": "projects/p/global/networks/vpc"}
    network, address, connection, firewall = (
        analyzer_pb2.AnalyzerResource(
            type=token, urn=urn(token, "net"), name="net", properties=inputs, provider=PROVIDER
        )
        for token, inputs in (
            (NETWORK, write_struct({"autoCreateSubnetworks": False, "name": "vpc"})),
            (RANGE, write_struct({"purpose": "VPC_PEERING", "addressType": "INTERNAL"})),
            (CONNECTION, write_struct({"service": "servicenetworking.googleapis.com", **of_it})),
            (FIREWALL, write_struct({"direction": "INGRESS", "denies": [], **of_it})),
        )
    )
    apis = [
        analyzer_pb2.AnalyzerResource(
            type=SERVICE,
            urn=urn(SERVICE, api),
            name=api,
            properties=write_struct({"service": f"{api}.googleapis.com"}),
            provider=PROVIDER,
        )
        for api in ("compute", "servicenetworking", "sqladmin")
    ]
    connection.propertyDependencies.MergeFrom(
        analyzer_pb2.AnalyzerResource(
            propertyDependencies=depends(network=network.urn, reservedPeeringRanges=address.urn)
        ).propertyDependencies
    )
    return analyzer_pb2.AnalyzeStackRequest(
        resources=[
            *apis,
            network,
            address,
            connection,
            firewall,
            *(
                analyzer_pb2.AnalyzerResource(
                    type=database.type,
                    urn=database.urn,
                    name=database.name,
                    properties=database.properties,
                    provider=PROVIDER,
                    options=database.options,
                    dependencies=[network.urn, connection.urn],
                    propertyDependencies=depends(settings=network.urn),
                )
                for database in databases
            ),
        ]
    )
