"""A stack with the API alone, which a release is about: seconds where the whole takes minutes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pulumi
import pulumi_gcp as gcp
import yaml

from infra.release import Release
from tests.engine.harness import ROOT, Engine, Stack

A, B, C = (f"apex-api@sha256:{digit * 64}" for digit in "abc")
KEYS = (
    "owner",
    "api-image",
    "api-stable-revision",
    "api-candidate-revision",
    "api-candidate-percent",
    "release-steps",
)


def small_program() -> None:
    """The API's service alone, which a release is about."""
    config = pulumi.Config()
    release = Release(
        config.get("api-stable-revision", ""),
        config.get("api-candidate-revision", ""),
        config.require_int("api-candidate-percent"),
    )
    image = config.require("api-image")
    service = gcp.cloudrunv2.Service(
        "apex-api",
        name="apex-api",
        location="us-central1",
        template={
            "containers": [{"image": image if "/" in image else f"example.com/apex/{image}"}],
            "labels": {"owner": config.require("owner")},
        },
        traffics=[gcp.cloudrunv2.ServiceTrafficArgs(**target) for target in release.traffic()],
        deletion_protection=False,
    )
    pulumi.export("api_url", service.uri)
    pulumi.export("api_address", None)


def small_project(folder: Path, keys: Iterable[str]) -> Path:
    """Makes the project of a stack `staging`, with some of our own config keys; returns its folder.

    Args:
        folder: Where it is made.
        keys: The keys, as Pulumi.yaml declares them.
    """
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text("utf-8"))["config"]
    project = folder / "project"
    project.mkdir()
    (project / "main.py").touch()
    settings = {
        "name": "small",
        "runtime": "python",
        "main": "main.py",
        "config": {key: declared[key] for key in keys},
    }
    (project / "Pulumi.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    (project / "Pulumi.staging.yaml").write_text("config: {}\n", "utf-8")
    return project


def small_stack(engine: Engine, folder: Path) -> Stack:
    """A deployed stack, whose API has image A.

    Args:
        engine: Makes it.
        folder: Where its project is made.
    """
    stack = engine.stack(
        small_program,
        project=small_project(folder, KEYS),
        name="staging",
        config={"api-image": A, "release-steps": "50,100"},
    )
    assert stack.up().succeeded
    return stack
