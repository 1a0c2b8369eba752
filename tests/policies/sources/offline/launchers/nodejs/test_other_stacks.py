"""What a program for Node gets of other stacks of which not all outputs are known."""

from __future__ import annotations

import pytest

from tests.policies.judged import Apex
from tests.policies.sources.offline.launchers.nodejs.conftest import Program

BASE = """
const pulumi = require("@pulumi/pulumi");
const base = new pulumi.StackReference("acme/base/prod");
base.getOutput("zone").apply((zone) => console.log("zone", zone));
base.requireOutput(pulumi.output("zone")).apply((zone) => console.log("required", zone));
base.getOutput("subnet").apply((subnet) => console.log("subnet", subnet));
base.getOutput("none").apply((none) => console.log("none", none));
"""
SETTINGS = "offline: {stacks: {acme/base/prod: {zone: b, subnet: null}}}\n"


def test_outputs_are_known_one_by_one(apex: Apex, program: Program) -> None:
    plain = 'base.getOutputValue("zone").then((zone) => console.log("plain", zone));\n'
    folder = program({"index.js": BASE + plain, "policy-pack.yaml": SETTINGS})
    outcome = apex.preview(folder).expect(
        0, "  zone b\n", "  required b\n", "  plain b\n", "  none undefined\n"
    )
    assert "  subnet" not in outcome.out


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        (
            'base.requireOutput("none");',
            "Required output 'none' does not exist on stack 'acme/base/prod'.",
        ),
        (
            'base.getOutputDetails("subnet");',
            "the output subnet of the stack acme/base/prod is asked for in its plain form",
        ),
    ],
)
def test_what_is_not_there_or_not_known_is_the_programs_error(
    apex: Apex, program: Program, asks: str, said: str
) -> None:
    folder = program({"index.js": BASE + asks, "policy-pack.yaml": SETTINGS})
    outcome = apex.preview(folder).expect(3, said)
    assert "node_stacks.cjs" not in outcome.out
