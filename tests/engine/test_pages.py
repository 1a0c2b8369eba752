"""What the pages say of Pulumi's command line is what it understands."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.docs.pages import PAGES
from tests.docs.recorded import Call, calls
from tests.engine.harness import Engine
from tests.engine.key_service import PROVIDER

Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cli(path: str, keys: Mapping[str, str], tmp_path: Path) -> Cli:
    """Runs `pulumi`, in a folder and with a backend of files."""

    def run(
        *arguments: str, folder: Path = tmp_path, backend: Path = tmp_path
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive", "--color=never"],
            cwd=folder,
            env={
                **os.environ,
                "PATH": path,
                **keys,
                "PULUMI_HOME": str(tmp_path / "home"),
                "PULUMI_BACKEND_URL": backend.as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": "a passphrase for tests",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def _commands() -> dict[tuple[tuple[str, ...], frozenset[str]], Call]:
    """One call for each command and the options it is given."""
    found: dict[tuple[tuple[str, ...], frozenset[str]], Call] = {}
    for page in PAGES:
        with TemporaryDirectory() as folder:
            for call in calls(page, Path(folder)):
                if call.program == "pulumi":
                    found.setdefault((_command(call), frozenset(call.options)), call)
    return found


def _command(call: Call) -> tuple[str, ...]:
    """The words that name a command, where arguments of its own may follow."""
    groups = {"policy", "config", "stack", "state", "plugin"}
    if call.words[:2] == ["stack", "tag"]:
        return tuple(call.words[:3])
    return tuple(call.words[: 2 if call.words and call.words[0] in groups else 1])


def test_every_command_and_option_is_pulumis(cli: Cli) -> None:
    commands = _commands()
    assert len(commands) > 20
    for (command, _), call in commands.items():
        # Options are read before help is given: an unknown one is an error.
        said = cli(*call.arguments, "--help")
        assert said.returncode == 0, f"{call}: {said.stderr}"
        assert command in _explained(said.stdout), f"{call}: no such command"


def _explained(help_text: str) -> set[tuple[str, ...]]:
    """The commands that a help is about: one, by its name and by its aliases."""
    usage = re.search(r"^Usage:\n  pulumi ([a-z -]+)", help_text, re.MULTILINE)
    aliases = re.search(r"^Aliases:\n  (.*)", help_text, re.MULTILINE)
    *group, name = usage[1].split() if usage else ["", ""]
    names = {name, *(aliases[1].split(", ") if aliases else ())}
    return {(*group, each) for each in names}


@pytest.mark.parametrize("way", ["migrate", "by hand"])
def test_a_stack_moves_from_one_backend_to_another(
    way: str, cli: Cli, engine: Engine, tmp_path: Path
) -> None:
    """As docs/backends.md has it: no resource changes, no secret is lost, the old one is kept."""
    stack = engine.stack(_program, secrets={"token": "s3cret"})
    assert stack.up().succeeded
    old, work, new = tmp_path / "1", tmp_path / "1/work", tmp_path / "new"
    new.mkdir()
    before = _exported(cli, work, old)
    file = tmp_path / "state.json"
    steps = {
        "migrate": [
            (new, "stack", "migrate", old.as_uri(), "dev", "--secrets-provider=passphrase", "-y"),
            (new, "stack", "select", "dev"),
        ],
        "by hand": [
            (old, "stack", "export", "--stack", "dev", "--file", str(file)),
            (new, "stack", "init", "dev", f"--secrets-provider={PROVIDER}"),
            (new, "stack", "import", "--stack", "dev", "--file", str(file)),
        ],
    }

    for backend, *command in steps[way]:
        done = cli(*command, folder=work, backend=backend)
        assert done.returncode == 0, f"{command}: {done.stderr}"

    assert _exported(cli, work, new) == before == _exported(cli, work, old)
    secret = cli("config", "get", "token", folder=work, backend=new)
    assert secret.stdout.strip() == "s3cret", secret.stderr


def _program() -> None:
    import pulumi
    import pulumi_gcp as gcp

    network = gcp.compute.Network("net", project="p", auto_create_subnetworks=False)
    pulumi.export("network", network.name)
    pulumi.export("token", pulumi.Config().require_secret("token"))


def _exported(cli: Cli, work: Path, backend: Path) -> object:
    done = cli("stack", "export", "--show-secrets", "--stack", "dev", folder=work, backend=backend)
    assert done.returncode == 0, done.stderr
    resources = json.loads(done.stdout)["deployment"]["resources"]
    return [
        {
            key: value
            for key, value in it.items()
            if key in {"urn", "type", "id", "inputs", "outputs"}
        }
        for it in resources
    ]
