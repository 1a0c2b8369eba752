"""Exported states, as small as they can be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apex_guardrails.model import STACK_TYPE
from apex_guardrails.wire import SECRET, SIGNATURE

FIREWALL = "gcp:compute/firewall:Firewall"
NETWORK = "gcp:compute/network:Network"
USER = "gcp:sql/user:User"
OPEN = {"network": "vpc", "allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"]}
CLOSED = {
    "network": "vpc",
    "allows": [{"protocol": "tcp", "ports": ["443"]}],
    "sourceRanges": ["10.0.0.0/8"],
}


def urn(token: str, name: str, stack: str = "dev", project: str = "judged") -> str:
    return f"urn:pulumi:{stack}::{project}::{token}::{name}"


def resource(
    token: str, name: str, inputs: Mapping[str, Any] | None = None, /, **members: Any
) -> dict[str, Any]:
    """One resource as a state has it."""
    stack, project = members.pop("_stack", "dev"), members.pop("_project", "judged")
    return {
        "urn": urn(token, name, stack, project),
        "custom": True,
        "id": f"id-of-{name}",
        "type": token,
        "inputs": dict(inputs or {}),
        "outputs": dict(inputs or {}),
        **members,
    }


def root(stack: str = "dev", project: str = "judged", **outputs: Any) -> dict[str, Any]:
    """The stack itself."""
    return {
        "urn": urn(STACK_TYPE, f"{project}-{stack}", stack, project),
        "custom": False,
        "type": STACK_TYPE,
        "outputs": outputs,
    }


def encrypted(text: str = "v1:abc") -> dict[str, str]:
    return {SIGNATURE: SECRET, "ciphertext": text}


def in_clear(value: Any) -> dict[str, str]:
    """As `pulumi stack export --show-secrets` has it."""
    return {SIGNATURE: SECRET, "plaintext": json.dumps(value)}


def exported(*resources: Any, version: int = 3, **members: Any) -> dict[str, Any]:
    """The whole document."""
    manifest = {"time": "2026-11-25T12:00:00Z", "magic": "m", "version": "v3.259.0"}
    deployment = {"manifest": manifest, "resources": list(resources), **members}
    return {"version": version, "deployment": deployment}


def written(file: Path, document: Any) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document), "utf-8")
    return file
