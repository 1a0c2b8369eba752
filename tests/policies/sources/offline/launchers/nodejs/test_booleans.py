"""Booleans in answers that are assumed: the program asks for one, or hands it on."""

from __future__ import annotations

import re

from tests.policies.judged import Apex
from tests.policies.sources.offline.launchers.nodejs.conftest import Program

TEXT = """\
const gcp = require("@pulumi/gcp");
const output = gcp.storage.getBucketOutput({ name: "logs" });
new gcp.storage.Bucket("output", { location: "EU", forceDestroy: output.requesterPays });
new gcp.storage.Bucket("made", { location: "EU",
    versioning: output.apply((it) => ({ enabled: it.name === "logs" })) });
module.exports = async () => {
    const bucket = await gcp.storage.getBucket({ name: "logs" });
    if (bucket.requesterPays) {
        throw new Error("never");
    }
    const names = bucket.versionings.filter((it) => it.enabled === true);
    const { enableObjectRetention: kept } = bucket;
    output.apply((it) => it.uniformBucketLevelAccess);
    bucket.requesterPays = true;
    return { names, kept, name: bucket.name, zones: (await gcp.compute.getZones()).names };
};
"""


def test_where_the_program_asks_for_one_is_told(apex: Apex, program: Program) -> None:
    folder = program({"index.js": TEXT, "package.json": "{}"})

    said = apex.preview(folder, "--only", "stack-conditions-known").said

    lines = sorted({int(line) for line in re.findall(r"index\.js:(\d+)", said)})
    assert lines == [8, 11, 12, 13], said
    assert "asks for requesterPays of gcp:storage/getBucket:getBucket" in said
    assert "asks for versionings[*].enabled of" in said


def test_what_is_made_of_an_assumed_answer_is_unknown_to_the_rules(
    apex: Apex, program: Program
) -> None:
    folder = program({"index.js": TEXT, "package.json": "{}"})
    wanted = ["--only", "deletion-no-force", "--only", "storage-versioning-enabled", "--verbose"]

    outcome = apex.preview(folder, *wanted)

    outcome.expect(
        outcome.code,
        "waits for the answer of the function gcp:storage/getBucket:getBucket",
        "gcp:storage/bucket:Bucket output",
        "gcp:storage/bucket:Bucket made",
    )
    assert outcome.said.count("cannot be decided before deployment") == 2, outcome.said
