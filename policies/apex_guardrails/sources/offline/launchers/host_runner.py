"""Has a language host run a program; started by the launcher beside it, in our own environment.

Arguments: the host, and the runtime's options as JSON. The instructions come as one line of JSON on
standard input. Exit codes: 0, the program ran to its end; 1, it failed.
Source: `proto/pulumi/language.proto` (3.276).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

# The package that this file is of, wherever it lies; its own folder's names hide no module.
sys.path[:0] = [str(Path(__file__).parents[4])]

import grpc  # noqa: E402
from google.protobuf import struct_pb2  # noqa: E402
from pulumi.runtime.proto import language_pb2, language_pb2_grpc  # noqa: E402

from apex_guardrails.sources.offline.launchers.host_schemas import (  # noqa: E402
    Mentioned,
    serve_schemas,
)

# The host is on this machine: no proxy is between.
COLOR = re.compile(r"\x1b\[[0-9;]*m")
CHANNEL = [("grpc.enable_http_proxy", 0), ("grpc.max_receive_message_length", -1)]


def request(instructions: dict[str, Any], options: dict[str, Any], loader: str) -> Any:
    """What the engine asks a host in a preview."""
    program = Path(instructions["program"])
    is_folder = program.is_dir()
    folder = str(program if is_folder else program.parent)
    structured = struct_pb2.Struct()
    structured.update(options)
    return language_pb2.RunRequest(
        project=instructions["project"],
        stack=instructions["stack"],
        pwd=folder,
        program=str(program),  # what older hosts read
        config=instructions["config"],
        configSecretKeys=instructions["secret_keys"],
        dryRun=True,
        parallel=16,
        monitor_address=instructions["monitor"],
        organization="organization",
        info=language_pb2.ProgramInfo(
            root_directory=instructions["root"],
            program_directory=folder,
            entry_point="." if is_folder else program.name,
            options=structured,
        ),
        loader_target=loader,
    )


def port_of(host: subprocess.Popen[str]) -> int | None:
    """The port that a host prints on its first line; `None` where it prints none."""
    line = host.stdout.readline().strip() if host.stdout else ""
    return int(line) if line.isdecimal() else None


def pass_on(stream: IO[str] | None, to: IO[str]) -> None:
    """What a host prints later is the program's; colors are for terminals."""
    for line in stream or ():
        to.write(COLOR.sub("", line))
        to.flush()


def run(host: str, options: dict[str, Any], instructions: dict[str, Any]) -> int:
    """Starts the host, has it run the program, and ends it."""
    asked = request(instructions, options, "")
    with ThreadPoolExecutor() as workers:
        schemas = serve_schemas(Mentioned.in_folder(Path(asked.pwd)), workers)
        asked.loader_target = schemas.loader
        child = subprocess.Popen(
            [host, instructions["monitor"]],
            cwd=asked.pwd,
            env={**os.environ, **schemas.variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        try:
            told = threading.Thread(target=pass_on, args=[child.stderr, sys.stderr], daemon=True)
            told.start()
            port = port_of(child)
            if port is None:
                sys.stderr.write(f"{host} is no language host: it printed no port\n")
                return 1
            printed = threading.Thread(target=pass_on, args=[child.stdout, sys.stdout], daemon=True)
            printed.start()
            with grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL) as channel:
                return asked_to_run(language_pb2_grpc.LanguageRuntimeStub(channel), asked)
        finally:
            child.terminate()
            child.wait()
            schemas.stop()


def asked_to_run(host: language_pb2_grpc.LanguageRuntimeStub, asked: Any) -> int:
    """The exit code of a run."""
    try:
        response = host.Run(asked)
    except grpc.RpcError as error:
        sys.stderr.write(f"the language host failed: {error.details()}\n")
        return 1
    if response.error:
        sys.stderr.write(f"{response.error}\n")
    # What it bails out of was told before.
    return 1 if response.error or response.bail else 0


def main() -> int:
    """Waits for the instructions, and has the host run the program."""
    line = sys.stdin.readline()
    return run(sys.argv[1], json.loads(sys.argv[2]), json.loads(line)) if line else 1


if __name__ == "__main__":
    sys.exit(main())
