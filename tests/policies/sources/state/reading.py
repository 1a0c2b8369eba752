"""Reads small states, or what they are refused for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.model import Resource
from apex_guardrails.sources.state import State, read_state
from apex_guardrails.support.errors import UsageError
from tests.policies.state_files import (
    FIREWALL,
    exported,
    resource,
    written,
)

PROVIDER = "pulumi:providers:gcp"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
RANDOM = "random:index/randomString:RandomString"


def state(tmp_path: Path, *resources: Any, **members: Any) -> State:
    return read_state(written(tmp_path / "dev.json", exported(*resources, **members)))


def one(tmp_path: Path, **inputs: Any) -> Resource:
    """The one resource of a state, with these inputs."""
    return next(iter(state(tmp_path, resource(FIREWALL, "f", inputs)).stack))


def refused(file: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read_state(file)
    return str(caught.value)
