"""The pack in environments with the oldest SDK that it supports, and with the newest."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from apex_guardrails.pack.about import PACK_FILE, pack_info
from tests.policies.analyzer.test_service import PUBLIC, analyze_request, stack_request
from tests.policies.sources.offline.test_older_sdks import installed
from tests.tooling.conftest import ROOT

# Processes of their own, whose environment may need the network to be made.
pytestmark = pytest.mark.no_cover

RULE = "sql-no-public-ip"
SDK = ("pulumi", "pulumi-policy")


def ranges() -> dict[str, str]:
    """What pyproject.toml says of each package, such as `>=3.270,<4`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = (re.match(r"([\w.-]+)(.*)", line) for line in project["dependencies"])
    return {match[1]: match[2] for match in found if match}


def wanted(which: str) -> list[str]:
    """The packages of an environment, the SDK in its oldest or its newest version."""
    said = ranges()
    oldest = {name: re.sub(r">=([\d.]+).*", r"==\1", said[name]) for name in SDK}
    return [
        f"{name}{oldest[name] if which == 'oldest' and name in SDK else said[name]}"
        for name in said
    ]


@pytest.fixture(scope="module", params=["oldest", "newest"])
def python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with such an SDK, and what else the pack needs."""
    folder = tmp_path_factory.mktemp(request.param) / "venv"
    return installed(folder, *wanted(request.param)) / "bin/python"


@contextmanager
def started(python: Path, folder: Path) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """The pack, started as the engine starts it."""
    command = [str(python), "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder / "pack")]
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "APEX_SETTINGS": str(folder / "policy-pack.yaml")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert re.fullmatch(r"\d+\n", line), process.communicate()
            with grpc.insecure_channel(f"127.0.0.1:{line.strip()}") as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.kill()


def test_the_sdk_is_one_that_we_say_we_support(python: Path) -> None:
    code = "import importlib.metadata as m; print(m.version('pulumi'), m.version('pulumi-policy'))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    said = ranges()
    for name, version in zip(SDK, done.stdout.split(), strict=True):
        lowest = re.sub(r">=([\d.]+).*", r"\1", said[name])
        assert [int(part) for part in version.split(".")[:2]] >= [
            int(part) for part in lowest.split(".")
        ]


def test_it_answers_every_message_of_the_engine(python: Path, tmp_path: Path) -> None:
    shutil.copytree(
        PACK_FILE.parent, tmp_path / "pack", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "policy-pack.yaml").write_text(
        f"stacks: {{tag:environment=prod*: {{rules: {{{RULE}: advisory}}}}}}\n"
    )
    empty = empty_pb2.Empty()
    with started(python, tmp_path) as pack:
        pack.Handshake(analyzer_pb2.AnalyzerHandshakeRequest(engine_address="e"))
        assert pack.GetPluginInfo(empty).version == pack_info()["version"]
        pack.ConfigureStack(
            analyzer_pb2.AnalyzerStackConfigureRequest(
                stack="dev", project="p", tags={"environment": "production"}
            )
        )
        told = {item.name: item for item in pack.GetAnalyzerInfo(empty).policies}
        assert len(told) > 400
        assert told[RULE].enforcementLevel == analyzer_pb2.ADVISORY
        assert told[RULE].severity == analyzer_pb2.POLICY_SEVERITY_CRITICAL
        assert told["labels-required-keys"].configSchema.properties.fields
        own = analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.DISABLED)
        pack.Configure(
            analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={"sql-ssl-enforced": own})
        )
        assert not pack.Remediate(analyze_request(PUBLIC)).remediations
        found = {item.policyName for item in pack.Analyze(analyze_request(PUBLIC)).diagnostics}
        assert RULE in found
        assert "sql-ssl-enforced" not in found
        pack.AnalyzeStack(stack_request())
        pack.Cancel(empty)


def test_it_is_the_command_too(python: Path, tmp_path: Path) -> None:
    shutil.copytree(
        PACK_FILE.parent, tmp_path / "pack", ignore=shutil.ignore_patterns("__pycache__")
    )
    done = subprocess.run(
        [python, tmp_path / "pack", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"apex {pack_info()['version']}\n"
    assert sys.prefix not in done.stderr
