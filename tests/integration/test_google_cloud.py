"""The dev stack in a real Google Cloud project: the few tests that cost money.

They do what `tests/engine/test_lifecycle.py` does with the tests' own provider, and run where a
project is given (docs/testing.md):

    APEX_INTEGRATION_PROJECT=my-throwaway APEX_INTEGRATION_BILLING_ACCOUNT=... pytest -m integration
"""

from __future__ import annotations

import os
import secrets
import time
import urllib.request
from collections.abc import Iterator, Mapping

import pytest
import yaml

from tests.engine import lifecycle
from tests.engine.harness import ROOT, Engine, Stack

PROJECT = "APEX_INTEGRATION_PROJECT"
BILLING_ACCOUNT = "APEX_INTEGRATION_BILLING_ACCOUNT"
REGION = "APEX_INTEGRATION_REGION"

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(4 * 3600),
]


def configuration(environment: Mapping[str, str]) -> dict[str, str]:
    """Returns the config of a stack in the project that the environment names.

    Raises:
        ValueError: It is the project of one of this repository's stacks.
    """
    project = environment[PROJECT]
    stacks = [yaml.safe_load(file.read_text()) for file in ROOT.glob("Pulumi.*.yaml")]
    if project in [stack["config"]["gcp:project"] for stack in stacks]:
        raise ValueError(f"{PROJECT}: {project} is a stack's own; give one that may be thrown away")
    return {
        "gcp:project": project,
        "gcp:region": environment.get(REGION, "us-central1"),
        "billing-account": environment[BILLING_ACCOUNT],
        # Of what was destroyed yesterday, some names cannot be had again today.
        "name-suffix": secrets.token_hex(3),
    }


def make_secret(_key: str) -> str:
    """Returns a password that every database takes."""
    return f"Aa1-{secrets.token_hex(24)}"


@pytest.fixture(scope="module")
def stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    missing = [name for name in (PROJECT, BILLING_ACCOUNT) if not os.environ.get(name)]
    if missing:
        pytest.skip(f"integration test not run: no Google Cloud project ({', '.join(missing)})")
    engine = Engine(
        tmp_path_factory.mktemp("integration"),
        {"PATH": request.getfixturevalue("path"), "PULUMI_CONFIG_PASSPHRASE": secrets.token_hex()},
    )
    stack = engine.infrastructure(
        "dev",
        lifecycle.run_infrastructure_and_probe,
        config=configuration(os.environ),
        make_secret=make_secret,
    )
    try:
        yield stack
    finally:
        lifecycle.is_taken_down(stack, attempts=10, pause=900)


def test_comes_up_reaches_its_databases_answers_and_settles(stack: Stack) -> None:
    first = lifecycle.comes_up(stack)  # the probe in it reaches for every database
    assert answers(f"{first.outputs['api_url']}/health")
    lifecycle.settles(stack)


def answers(url: str, seconds: int = 120) -> bool:
    """Whether a request is answered with 200 before long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310 - an output's URL
                return bool(response.status == 200)
        except OSError:
            time.sleep(5)
    return False


def test_a_stacks_own_project_is_refused() -> None:
    with pytest.raises(ValueError, match="apex-memory-prod is a stack's own"):
        configuration({PROJECT: "apex-memory-prod", BILLING_ACCOUNT: "000000-000000-000000"})
