"""docs/workloads.md says what the images are given, all of it and nothing more."""

import re
from typing import Any

import pytest

from tests.infra.deployment import ROOT, Deployment

PAGE = (ROOT / "docs/workloads.md").read_text("utf-8")


def described(section: str) -> dict[str, bool]:
    """Returns the variables of one table, and whether each is a secret."""
    text = PAGE.partition(f"### {section}\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| `([A-Z0-9_]+)` \|.*\|([^|]*)\|$", text, re.MULTILINE)
    assert rows, section
    return {name: mark.strip() == "secret" for name, mark in rows}


def given(template: Any) -> dict[str, bool]:
    first = template["containers"][0]
    return {entry["name"]: "valueSource" in entry for entry in first["envs"]}


def test_api_is_given_what_the_page_says(deployment: Deployment) -> None:
    api = deployment.one("gcp:cloudrunv2/service:Service", "apex-api").inputs
    assert given(api["template"]) == described("Both") | described("The API alone")


def test_worker_is_given_what_the_page_says(deployment: Deployment) -> None:
    pool = deployment.one("gcp:cloudrunv2/workerPool:WorkerPool").inputs
    assert given(pool["template"]) == described("Both") | described("The worker alone")


@pytest.mark.parametrize("key", ["port", "startup", "timeout"])
def test_api_is_held_to_what_the_page_says(dev: Deployment, key: str) -> None:
    template = dev.one("gcp:cloudrunv2/service:Service", "apex-api").inputs["template"]
    container = template["containers"][0]
    probe = container["startupProbe"]
    says = {
        "port": f"0.0.0.0:{int(container['ports']['containerPort'])}",
        "startup": f"at most {int(probe['failureThreshold'] * probe['periodSeconds'])} seconds",
        "timeout": f"within {template['timeout'].removesuffix('s')} seconds",
    }[key]
    assert says in PAGE
