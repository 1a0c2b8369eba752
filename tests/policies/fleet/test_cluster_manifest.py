"""The manifest of a cluster starts what Dask has, with options that it knows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.policies.our_stacks import ROOT

pytestmark = pytest.mark.no_cover

CLUSTER: dict[str, Any] = yaml.safe_load(
    (ROOT / "examples/fleet/dask-cluster.yaml").read_text("utf-8")
)["spec"]


@pytest.mark.parametrize("part", ["scheduler", "worker"])
def test_its_options_are_those_of_dask(part: str) -> None:
    (container,) = CLUSTER[part]["spec"]["containers"]
    assert container["command"] == ["dask"]
    name, *arguments = container["args"]
    said = subprocess.run(
        [Path(sys.executable).with_name("dask"), name, "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for option in (word for word in arguments if word.startswith("--")):
        assert option.removeprefix("--no-") in said


def test_the_scheduler_can_be_reached_under_its_name() -> None:
    ports = {it["name"]: it["containerPort"] for it in _container("scheduler")["ports"]}
    for port in CLUSTER["scheduler"]["service"]["ports"]:
        assert ports[port["targetPort"]] == port["port"]


def _container(part: str) -> dict[str, Any]:
    (container,) = CLUSTER[part]["spec"]["containers"]
    found: dict[str, Any] = container
    return found
