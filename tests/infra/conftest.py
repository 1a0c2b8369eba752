"""The program's three stacks, each built once."""

from functools import cache

import pytest

from tests.infra.deployment import STACKS, Deployment, deploy

_built = cache(deploy)


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    """Returns the name of each stack in turn."""
    return str(request.param)


@pytest.fixture
def deployment(stack: str) -> Deployment:
    """Returns what the program builds in each stack in turn."""
    return _built(stack)


@pytest.fixture
def dev() -> Deployment:
    return _built("dev")


@pytest.fixture
def staging() -> Deployment:
    return _built("staging")


@pytest.fixture
def production() -> Deployment:
    return _built("production")
