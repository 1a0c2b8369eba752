"""How a rule's file writes its cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apex_guardrails.model import Outcome, Secret, case


@pytest.mark.parametrize(
    ("make", "outcome"),
    [
        (case.passes, Outcome.PASSES),
        (case.fails, Outcome.FAILS),
        (case.undecided, Outcome.UNDECIDED),
    ],
)
def test_a_case_has_inputs_or_resources_or_outputs(
    make: Callable[..., case.Case], outcome: Outcome
) -> None:
    network = case.resource("gcp:compute/network:Network", "vpc", _provider={"project": "p"}, a=1)

    assert make(a=1) == case.Case(outcome, (case.CaseResource(None, {"a": 1}),))
    assert make(network, _parameters={"keys": ["k"]}) == case.Case(
        outcome, (network,), parameters={"keys": ["k"]}
    )
    assert make(_outputs={"o": 1}) == case.Case(outcome, (), {"o": 1})
    assert make(network, _config={"p:k": "v"}) == case.Case(
        outcome, (network,), config={"p:k": "v"}
    )
    assert case.resource("t:m:T", _outputs={"o": 1}) == case.CaseResource(
        "t:m:T", {}, outputs={"o": 1}
    )
    assert network.provider == {"project": "p"}


@pytest.mark.parametrize("more", [{"a": 1}, {"_outputs": {}, "a": 1}])
def test_a_case_has_not_both(more: dict[str, Any]) -> None:
    resources = [] if "_outputs" in more else [case.resource("t:m:T")]
    with pytest.raises(TypeError, match="either inputs or resources"):
        case.fails(*resources, **more)


def test_a_secret_of_a_case_is_a_secret() -> None:
    assert case.secret("s") == Secret("s")


def test_a_case_has_something_at_a_path_alone() -> None:
    assert case.inputs_at("name", "shop") == {"name": "shop"}
    assert case.inputs_at('nodes[0].metadata["a.b"]', None) == {
        "nodes": [{"metadata": {"a.b": None}}]
    }
