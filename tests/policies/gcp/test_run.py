"""Cloud Run's workloads."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.gcp.run import (
    ACCOUNT_PATHS,
    WORKLOADS,
    make_example,
    reaches_network,
    read_variables,
)
from apex_guardrails.model import UNKNOWN, Resource, ResourceType, Stack, UndecidedError
from apex_guardrails.provider.schema import tokens

SERVICE, JOB, WORKER_POOL, SERVICE_V1 = WORKLOADS


def workload(token: str, template: Any) -> Resource:
    return Resource("urn", ResourceType(token), {"template": template}, Stack("s", "p"))


def test_the_provider_has_the_types() -> None:
    assert set(WORKLOADS) <= set(tokens())
    assert set(ACCOUNT_PATHS) == set(WORKLOADS)


@pytest.mark.parametrize("token", WORKLOADS)
def test_the_variables_of_all_containers(token: str) -> None:
    template = make_example(token, {"envs": [{"name": "A"}]}, {}, {"envs": [{"name": "B"}]})
    assert [view.get("name") for view in read_variables(workload(token, template))] == ["A", "B"]


@pytest.mark.parametrize("token", WORKLOADS)
def test_variables_of_a_container_that_is_not_known(token: str) -> None:
    found = read_variables(workload(token, make_example(token, UNKNOWN, {"envs": [{"name": "A"}]})))
    assert next(found).get("name") == "A"
    with pytest.raises(UndecidedError):
        next(found)


@pytest.mark.parametrize(
    ("access", "reaches"),
    [
        ({"connector": "c"}, True),
        ({"connector": UNKNOWN}, True),
        ({"networkInterfaces": [{"network": UNKNOWN}]}, True),
        ({"networkInterfaces": UNKNOWN}, True),
        (UNKNOWN, True),
        ({"connector": "", "networkInterfaces": []}, False),
        ({"egress": "ALL_TRAFFIC"}, False),
        (None, False),
    ],
)
def test_a_way_into_a_network(access: Any, *, reaches: bool) -> None:
    assert reaches_network(workload(SERVICE, {"vpcAccess": access})) is reaches
    assert reaches_network(workload(WORKER_POOL, {"vpcAccess": access})) is reaches
    assert reaches_network(workload(JOB, {"template": {"vpcAccess": access}})) is reaches


@pytest.mark.parametrize(
    ("name", "reaches"),
    [
        ("vpc-access-connector", True),
        ("network-interfaces", True),
        ("vpc-access-egress", False),
    ],
)
def test_a_way_into_a_network_of_the_first_version(name: str, *, reaches: bool) -> None:
    annotations = {f"run.googleapis.com/{name}": "x"}
    service = workload(SERVICE_V1, {"metadata": {"annotations": annotations}})
    assert reaches_network(service) is reaches
