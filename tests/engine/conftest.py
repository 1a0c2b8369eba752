"""What the engine tests share: the Pulumi CLI, the tests' own provider, and stacks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.engine.harness import ROOT, Engine, ProgramHost, quick
from tests.engine.key_service import PROVIDER, key_service
from tests.engine.provider.server import Provider, serve
from tests.engine.releasing import Operator
from tests.engine.small import small_stack


@pytest.fixture(scope="session")
def path() -> Iterator[str]:
    """PATH with the Pulumi CLI on it; without a CLI, the engine tests do not run."""
    script = ROOT / "scripts" / "pulumi-cli"
    found = subprocess.run([script, "--no-install"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        reason = f"engine test not run: {found.stderr.strip()}"
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with pytest.MonkeyPatch.context() as patch:
        # The Automation API looks for the CLI on this process's own PATH.
        patch.setenv("PATH", found.stdout.strip(), prepend=os.pathsep)
        patch.setattr("pulumi.automation._stack.LanguageServer", ProgramHost)
        quick(patch)
        yield os.environ["PATH"]


@pytest.fixture(scope="session")
def provider_server() -> Iterator[tuple[Provider, int]]:
    provider = Provider()
    server, port = serve(provider)
    yield provider, port
    server.stop(grace=None)


@pytest.fixture
def provider(provider_server: tuple[Provider, int]) -> Iterator[Provider]:
    """The provider, for a test that makes something fail in it."""
    yield provider_server[0]
    provider_server[0].fail_once.clear()
    provider_server[0].broken_images.clear()
    provider_server[0].cloud.filled.clear()


@pytest.fixture(scope="session")
def keys() -> Iterator[Mapping[str, str]]:
    """The environment in which the CLI finds what encrypts the stacks' keys.

    It ends before its garbage would be in the way: looking for it is a quarter of its time.
    """
    with key_service() as environment:
        yield {**environment, "GOGC": "400"}


@pytest.fixture
def engine(
    path: str, provider_server: tuple[Provider, int], keys: Mapping[str, str], tmp_path: Path
) -> Engine:
    """The real Pulumi engine, on a backend of files, without any network."""
    provider_server[0].cloud.clear()
    return Engine(
        tmp_path,
        {
            "PATH": path,
            **keys,
            "PULUMI_DEBUG_PROVIDERS": f"gcp:{provider_server[1]}",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        },
        PROVIDER,
    )


@pytest.fixture
def saved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine saves the state when it is done: where nothing fails, no step needs to be saved.

    Of hundreds of resources that takes half of the time.
    """
    monkeypatch.setenv("PULUMI_EXPERIMENTAL", "true")
    monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", "true")


@pytest.fixture
def operator(engine: Engine, tmp_path: Path) -> Operator:
    """Of a stack whose API has image A."""
    return Operator(small_stack(engine, tmp_path))
