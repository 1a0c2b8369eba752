"""A function given to `apply` that did not run, and may make resources, is named."""

from __future__ import annotations

import pytest

from tests.policies.judged import Apex
from tests.policies.sources.offline.launchers.nodejs.conftest import Program

START = """\
const pulumi = require("@pulumi/pulumi");
const gcp = require("@pulumi/gcp");
const network = new gcp.compute.Network("net", { autoCreateSubnetworks: false });
const wall = (ranges) => {
    new gcp.compute.Firewall("wall", { network: "net", sourceRanges: ranges });
};
const walls = (ranges) => ranges.forEach(wall);
"""


@pytest.mark.parametrize(
    "given",
    [
        'network.selfLink.apply((link) => new gcp.compute.Firewall("a", { network: link }));',
        "network.selfLink.apply((link) => wall([link]));",
        "network.selfLink.apply(wall);",
        "pulumi.all([network.id, 1]).apply(([id]) => walls([id]));",
    ],
    ids=["inside", "called", "named", "further"],
)
def test_what_was_not_seen_is_said(apex: Apex, program: Program, given: str) -> None:
    folder = program({"index.js": START + given, "package.json": "{}"})

    outcome = apex.preview(folder)

    assert "may be deployed" not in outcome.out.splitlines()[-1]
    outcome.expect(outcome.code, "index.js:8", "gcp:compute/network:Network net")


@pytest.mark.parametrize(
    "given",
    [
        "network.selfLink.apply((link) => `to ${link}`);",
        "network.selfLink.apply((link) => new URL(link).host);",
        'pulumi.output(["10.0.0.0/8"]).apply(wall);',
        'network.selfLink.apply(() => new pulumi.Config().get("size"));',
        "network.selfLink.name;",
    ],
    ids=["text", "url", "run", "config", "member"],
)
def test_what_makes_nothing_or_ran_is_no_matter(apex: Apex, program: Program, given: str) -> None:
    folder = program({"index.js": START + given, "package.json": "{}"})

    outcome = apex.preview(folder, "--verbose", "--soft-fail").expect(0)

    assert "index.js:8" not in outcome.said
