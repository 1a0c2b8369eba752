"""A function given to `apply` that did not run, and may make resources, is named."""

from __future__ import annotations

import re

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
LIBRARY = """\
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

export class Wall extends pulumi.ComponentResource {
    constructor(name: string, network: pulumi.Output<string>) {
        super("acme:net:Wall", name);
        network.apply((id) => this.open(id));
    }
    private open(
        id: string,
    ): void {
        new gcp.compute.Firewall("a", { network: id });
    }
}
export class Walls {
    add(id: string) {
        return new Wall("a", pulumi.output(id));
    }
}
export const wall = (id: string): void => {
    new gcp.compute.Firewall("wall", { network: id });
};
export function text(id: string): string {
    // A new wall is named for it.
    return `a new ${id}` + " and new Wall";
}
"""
IMPORTS = """\
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import * as lib from "./lib";
import { text, wall, Wall, Walls } from "./lib";
const network = new gcp.compute.Network("net", { autoCreateSubnetworks: false });
const walls = new Walls();
const about = { text, zone: new gcp.compute.Address("address") };
"""


MAKING = """\
network.selfLink.apply((link) => new gcp.compute.Firewall("a", { network: link }));
network.selfLink.apply((link) => wall([link]));
network.selfLink.apply(wall);
network.selfLink.apply(wall).apply((it) => `to ${it}`);
network.selfLink.apply(wall.bind(null));
pulumi.all([network.id, 1]).apply(([id]) => walls([id]));
network.id.apply((id) => new (class A extends gcp.compute.Firewall {})(id, {}));
"""
OTHERS = """\
network.selfLink.apply((link) => `to ${link}`);
network.selfLink.apply((link) => new URL(link).host);
pulumi.output(["10.0.0.0/8"]).apply(wall);
network.selfLink.apply(() => new pulumi.Config().get("size"));
network.selfLink.apply((link) => link instanceof gcp.compute.Network);
network.selfLink.name;
"""


def _lines(said: str) -> list[int]:
    return sorted({int(line) for line in re.findall(r"index\.[jt]s:(\d+)", said)})


def test_what_was_not_seen_is_said(apex: Apex, program: Program) -> None:
    folder = program({"index.js": START + MAKING, "package.json": "{}"})

    outcome = apex.preview(folder, "--verbose", "--only", "stack-callbacks-run")

    outcome.expect(
        outcome.code,
        "it waits for selfLink of gcp:compute/network:Network net",
        "it waits for id of gcp:compute/network:Network net",
    )
    assert "may be deployed" not in outcome.out.splitlines()[-1]
    assert _lines(outcome.said) == list(range(8, 15))


def test_functions_of_other_files_are_read(apex: Apex, program: Program) -> None:
    making = [
        "network.id.apply(wall);",
        "network.id.apply((id) => lib.wall(id));",
        "pulumi.all([network.id, 1]).apply(([id]) => wall(id));",
        "network.id.apply((id) => walls.add(id));",
        'network.id.apply((id) => new lib.Wall("b", pulumi.output(id)));',
        'new Wall("c", network.id);',
    ]
    others = [
        "network.id.apply(text);",
        "network.id.apply((id) => lib.text(id));",
        "network.id.apply((id) => pulumi.interpolate`${about.text(id)} a new wall`);",
        "network.id.apply((id) => [id].map(about.text).filter(Boolean));",
    ]
    given = "\n".join([*making, *others])
    folder = program({"index.ts": IMPORTS + given, "lib.ts": LIBRARY, "package.json": "{}"})

    said = apex.preview(folder, "--verbose", "--only", "stack-callbacks-run").said

    assert _lines(said) == list(range(8, 13))
    assert "lib.ts:7" in said


def test_where_the_program_asks_whether_it_is_a_preview_is_said(
    apex: Apex, program: Program
) -> None:
    text = """\
        const pulumi = require("@pulumi/pulumi");
        const { isDryRun } = pulumi.runtime;
        pulumi.output(1).apply((one) => one);
        if (!isDryRun() || !pulumi.runtime.isDryRun()) {
            throw new Error("this is no deployment");
        }
        """
    outcome = apex.preview(program({"index.js": text, "package.json": "{}"})).expect(
        0, "index.js:4: the program asks whether this is a preview: what it makes"
    )
    assert outcome.said.count("asks whether") == 1


def test_functions_of_es_modules_are_read(apex: Apex, program: Program) -> None:
    files = {
        "package.json": '{"type": "module"}',
        "index.js": """\
            import * as gcp from "@pulumi/gcp";
            import { wall } from "./lib.js";
            const network = new gcp.compute.Network("net", {});
            network.id.apply((id) => wall(id));
            """,
        "lib.js": """\
            import { compute } from "@pulumi/gcp";
            export const wall = (id) => new compute.Firewall("wall", { network: id });
            """,
    }
    outcome = apex.preview(program(files))
    outcome.expect(outcome.code, "index.js:4", "the resources made in it are not seen")


def test_what_makes_nothing_or_ran_is_no_matter(apex: Apex, program: Program) -> None:
    folder = program({"index.js": START + OTHERS, "package.json": "{}"})

    outcome = apex.preview(folder, "--verbose", "--only", "stack-callbacks-run").expect(0)

    assert _lines(outcome.said) == []
