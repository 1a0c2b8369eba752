"""The pack as the engine calls it, against an analyzer that does nothing."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import NoReturn

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from policies.sources.wire import write_struct
from scripts.bench.measurement import ROOT, RUNS, Measurement
from scripts.bench.processes import served

SIZE = 5000
PART = 100
SQL_INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
NETWORK = "gcp:compute/network:Network"
RANGE = "gcp:compute/globalAddress:GlobalAddress"
SERVICE = "gcp:projects/service:Service"
FIREWALL = "gcp:compute/firewall:Firewall"
CONNECTION = "gcp:servicenetworking/connection:Connection"
PACK = (str(ROOT / "policies" / "__main__.py"), "127.0.0.1:1")
EMPTY = ("-m", "scripts.bench", "--serve-empty")
PROVIDER = analyzer_pb2.AnalyzerProviderResource(type="pulumi:providers:gcp")


class EmptyAnalyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers every request, and looks at none."""

    def Analyze(
        self, request: analyzer_pb2.AnalyzeRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzeResponse:
        """Nothing."""
        return analyzer_pb2.AnalyzeResponse()

    def AnalyzeStack(
        self, request: analyzer_pb2.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzeResponse:
        """Nothing."""
        return analyzer_pb2.AnalyzeResponse()


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


def requests(count: int) -> list[analyzer_pb2.AnalyzeRequest]:
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


@contextmanager
def started(*arguments: str) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """An analyzer in a process of its own, started as the engine starts one."""
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        port = process.stdout.readline().strip() if process.stdout else ""
        with grpc.insecure_channel(
            f"127.0.0.1:{port}", options=[("grpc.max_receive_message_length", -1)]
        ) as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        process.terminate()
        process.wait()


def in_order(response: analyzer_pb2.AnalyzeResponse) -> None:
    """Findings would be measured instead of rules.

    Raises:
        RuntimeError: there is one.
    """
    if response.diagnostics:
        found = {f"{item.policyName}: {item.urn}" for item in response.diagnostics[:5]}
        raise RuntimeError(f"a resource in order has findings: {found}")


def analyze(
    analyzer: analyzer_pb2_grpc.AnalyzerStub, messages: Sequence[analyzer_pb2.AnalyzeRequest]
) -> float:
    """Seconds that an analyzer takes for messages, one after the other as the engine asks."""
    start = perf_counter()
    for message in messages:
        in_order(analyzer.Analyze(message))
    return perf_counter() - start


def analyzer_time(count: int) -> Measurement:
    """All rules through the analyzer, against an analyzer that does nothing."""
    messages = requests(count)
    parts = [messages[start : start + PART] for start in range(0, count, PART)]
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(RUNS):
        # In turn, a part each: a busy moment of the machine then meets both.
        with started(*PACK) as full, started(*EMPTY) as empty:
            analyze(full, messages[:1])
            analyze(empty, messages[:1])
            pairs = [(analyze(full, part), analyze(empty, part)) for part in parts]
        ours.append(sum(one for one, _ in pairs))
        theirs.append(sum(other for _, other in pairs))
    return Measurement(
        f"{count:,} resources of 5 KB through the analyzer / an empty one",
        statistics.median(one / other for one, other in zip(ours, theirs, strict=True)),
        1.5,
        "x",
        f"{statistics.median(ours):.2f} s against {statistics.median(theirs):.2f} s",
    )


def stack_time(count: int) -> Measurement:
    """The rules about several resources, against an analyzer that does nothing."""
    messages = requests(count)
    whole = whole_stack(messages)

    def asked(analyzer: analyzer_pb2_grpc.AnalyzerStub) -> float:
        start = perf_counter()
        in_order(analyzer.AnalyzeStack(whole))
        return perf_counter() - start

    pairs = []
    for _ in range(3):
        with started(*PACK) as full, started(*EMPTY) as empty:
            analyze(full, messages)
            pairs.append((asked(full), asked(empty)))
    ours, theirs = zip(*pairs, strict=True)
    return Measurement(
        f"AnalyzeStack with {count:,} resources of 5 KB / an empty one",
        statistics.median(one / other for one, other in pairs),
        2,
        "x",
        f"{statistics.median(ours):.2f} s against {statistics.median(theirs):.2f} s",
    )


def start_time() -> Measurement:
    """The CPU time from the start of the pack, its imports and its cases, to its port."""
    seconds = []
    for _ in range(RUNS):
        process = subprocess.Popen(
            [sys.executable, *PACK], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        if process.stdout:
            process.stdout.readline()
            process.stdout.close()
        process.terminate()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        seconds.append(usage.ru_utime + usage.ru_stime)
    return Measurement(
        "start of the pack: imports, all cases, CPU",
        statistics.median(seconds),
        1,
        "s",
        f"{min(seconds):.2f} s to {max(seconds):.2f} s",
    )


def serve_empty() -> NoReturn:
    """An analyzer that does nothing, until it is ended."""

    def add(server: grpc.Server) -> None:
        analyzer_pb2_grpc.add_AnalyzerServicer_to_server(EmptyAnalyzer(), server)

    with served(add) as address:
        print(address.rpartition(":")[2], flush=True)
        while True:
            signal.pause()
