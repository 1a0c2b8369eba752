"""A language host of the tests' own: its programs are lists of resources, in JSON.

`program.json` in the program's folder: `{"resources": [{"type": .., "name": .., "inputs": {..}}]}`,
or `{"error": ..}`, `{"bail": true}`, `{"raises": ..}`, `{"prints": ..}`. Where a text is `${KEY}`,
the config value of that key is sent, as a secret where it is one. `"expects"` is what has to be
given: the runtime's options, the folder in the project's, and where Java's or .NET's tools are.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, resource_pb2, resource_pb2_grpc

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def inputs(value: Any, asked: language_pb2.RunRequest) -> Any:
    """The inputs with config in place of its keys."""
    if isinstance(value, dict):
        return {key: inputs(item, asked) for key, item in value.items()}
    if isinstance(value, str) and value.startswith("${"):
        key = f"{asked.project}:{value[2:-1]}"
        plain = asked.config[key]
        return {**SECRET, "value": plain} if key in asked.configSecretKeys else plain
    return value


class Host(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs one program."""

    def Run(
        self, asked: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Registers the resources of a program."""
        assert asked.dryRun
        assert asked.organization == "organization"
        folder = Path(asked.info.program_directory)
        assert asked.pwd == str(folder)
        options = json_format.MessageToDict(asked.info.options)
        program = json.loads((folder / options.get("file", "program.json")).read_text())
        expected = program.pop("expects", None)
        relative = str(folder.relative_to(asked.info.root_directory)).removeprefix(".")
        tools = os.environ.get("JAVA_HOME") or os.environ.get("DOTNET_ROOT")
        given = {"options": options, "folder": relative, "tools": tools}
        if expected not in (None, given):
            return language_pb2.RunResponse(error=f"what was given is {given}")
        if "raises" in program:
            raise ValueError(program["raises"])
        if "prints" in program:
            sys.stdout.write(program["prints"] + "\n")
            sys.stdout.flush()
        if "error" in program or "bail" in program:
            return language_pb2.RunResponse(**program)
        with grpc.insecure_channel(asked.monitor_address) as channel:
            monitor = resource_pb2_grpc.ResourceMonitorStub(channel)

            def register(token: str, name: str, **more: Any) -> str:
                request = resource_pb2.RegisterResourceRequest(type=token, name=name, **more)
                return str(monitor.RegisterResource(request).urn)

            stack = register("pulumi:pulumi:Stack", f"{asked.project}-{asked.stack}")
            for resource in program.get("resources", []):
                values = Struct()
                values.update(inputs(resource["inputs"], asked))
                register(
                    resource["type"], resource["name"], parent=stack, custom=True, object=values,
                    acceptSecrets=True,
                )  # fmt: skip
            monitor.RegisterResourceOutputs(
                resource_pb2.RegisterResourceOutputsRequest(urn=stack, outputs=Struct())
            )
        return language_pb2.RunResponse()


if __name__ == "__main__":
    assert sys.argv[1].startswith("127.0.0.1:")
    server = grpc.server(ThreadPoolExecutor())
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
