"""What `OperatedStack` hands to Pulumi's command line."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from operations.errors import OperationError
from operations.stack import OperatedStack

RECORDER = """#!/bin/sh
printf '%s\\n' "$@" >> arguments
env >> arguments
if [ -e refusing ]; then
    echo 'error: no passphrase' >&2
    exit 255
fi
cat > value
"""


class OutOfReachError(Exception):
    """What comes after the secrets are set."""


@pytest.fixture
def stack(tmp_path: Path) -> OperatedStack:
    """A stack whose Pulumi keeps what it is called with, and sets nothing but secrets."""
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(RECORDER, "utf-8")
    pulumi.chmod(0o755)
    (tmp_path / "Pulumi.dev.yaml").touch()
    workspace = SimpleNamespace(
        pulumi_command=SimpleNamespace(command=str(pulumi)),
        pulumi_home=str(tmp_path / "home"),
        work_dir=str(tmp_path),
        env_vars={"PULUMI_BACKEND_URL": "file:///nowhere"},
        project_settings=lambda: SimpleNamespace(name="apex", config={}),
    )

    def out_of_reach(_: object) -> None:
        raise OutOfReachError

    stack: Any = SimpleNamespace(name="dev", workspace=workspace, set_all_config=out_of_reach)
    return OperatedStack(stack, (), lambda _: None)


def test_a_secret_is_in_no_argument_and_in_no_environment(
    stack: OperatedStack, tmp_path: Path
) -> None:
    value = "two\nlines"
    with pytest.raises(OutOfReachError):
        stack.deploy({"key": "value"}, {"jwt-secret-key": SecretStr(value)})

    assert (tmp_path / "value").read_text("utf-8") == value
    arguments = (tmp_path / "arguments").read_text("utf-8")
    assert arguments.startswith("config\nset\n--secret\njwt-secret-key\n--stack\ndev\n")
    assert "PULUMI_BACKEND_URL=file:///nowhere" in arguments
    assert f"PULUMI_HOME={tmp_path / 'home'}" in arguments
    assert "lines" not in arguments


def test_what_pulumi_does_not_take_is_said_without_the_value(
    stack: OperatedStack, tmp_path: Path
) -> None:
    (tmp_path / "refusing").touch()
    with pytest.raises(OperationError) as error:
        stack.deploy({}, {"jwt-secret-key": SecretStr("Hidden-1")})
    assert str(error.value) == "jwt-secret-key cannot be set: error: no passphrase"
