"""Secret config that a program for Node takes for more than a text."""

from __future__ import annotations

import json
import re

import pytest

from tests.policies.judged import PLACEHOLDER, Apex
from tests.policies.sources.offline.launchers.nodejs.conftest import Program

KEYS = ("size", "flag", "settings", "parsed", "port", "text")
STACK = "config:\n" + "".join(f"  judged:{key}: {{secure: AAAA}}\n" for key in KEYS)

TAKEN = """
const pulumi = require("@pulumi/pulumi");
class Raw extends pulumi.CustomResource {}
const config = new pulumi.Config();
const settings = config.requireSecretObject("settings");
const parsed = config.requireSecret("parsed").apply(JSON.parse);
pulumi.all([
    config.requireSecretNumber("size"),
    config.getSecretBoolean("flag"),
    config.getNumber("port"),
    config.getSecretNumber("none"),
    config.requireSecret("text"),
]).apply((values) => console.log("forms", values.map((value) => typeof value).join(" ")));
settings.apply((it) => {
    const text = `${it.database.password}`;
    const isText = it.zone == text && it.zone.startsWith("placeholder");
    console.log("number", Number(text) > 0, new Number("3") + 1, Number.isInteger(Number("4")));
    console.log("same", isText, "any" in it, it.ports - 1 > 0);
    const json = JSON.stringify({ it });
    console.log("json", json === JSON.stringify({ it: text }));
});
new Raw("gcp:sql/user:User", "user", {
    instance: pulumi.interpolate`db-${settings.name}`,
    password: settings.database.password,
});
const files = new Raw("gcp:storage/bucket:Bucket", "files", {
    location: "EU",
    labels: { plain: parsed.name, deep: parsed.apply((it) => [it.a.b][0]) },
});
exports.zone = pulumi.unsecret(parsed.apply((it) => it.zone));
"""


def test_it_has_the_form_that_the_program_takes_it_for(apex: Apex, program: Program) -> None:
    folder = program({"index.js": TAKEN, "package.json": "{}"}, stack=STACK)

    outcome = apex.preview(folder, "--verbose", "--format", "json")

    told = json.loads(outcome.out)
    printed = " | ".join(told["output"])
    assert "forms number boolean number undefined string" in printed
    assert "same true true true" in printed
    assert "number true 4 true" in printed
    assert "json true" in printed
    assert outcome.code == 1
    rules = {finding["rule"] for finding in told["findings"] if finding["outcome"] == "fails"}
    assert "sql-user-password-not-literal" not in rules
    # What comes from a secret is known for it, member of a member that it is.
    assert rules >= {"credentials-secret-config-not-shown", "stack-outputs-no-secrets"}
    notes = " ".join(told["notes"])
    said = re.findall(r"the secret config judged:(\w+) is read as JSON", notes)
    assert sorted(said) == ["parsed", "settings"]
    assert not PLACEHOLDER.search(outcome.said)


def test_a_number_that_nobody_could_tell_names_the_setting(apex: Apex, program: Program) -> None:
    text = """
        const pulumi = require("@pulumi/pulumi");
        const gcp = require("@pulumi/gcp");
        const size = +new pulumi.Config().require("size");
        new gcp.compute.Disk("disk", { zone: "europe-west1-b", size });
        """
    folder = program({"index.js": text, "package.json": "{}"}, stack=STACK)
    apex.preview(folder).expect(3, "an input is not a number (NaN)", "offline.secrets.size")


@pytest.mark.parametrize(
    "asked",
    ["it.zones.map((zone) => zone)", "Object.keys(it)", "({ ...it })", "[...it.zones]"],
)
def test_what_nobody_can_know_names_the_setting(apex: Apex, program: Program, asked: str) -> None:
    text = f"""
        const pulumi = require("@pulumi/pulumi");
        const it = new pulumi.Config().requireObject("settings");
        {asked};
        """
    folder = program({"index.js": text, "package.json": "{}"}, stack=STACK)
    apex.preview(folder).expect(
        3,
        "stands in for the secret config judged:settings",
        "offline.secrets.settings",
        "index.js:4",
    )


def test_an_error_about_a_placeholder_names_the_setting(apex: Apex, program: Program) -> None:
    text = """
        const pulumi = require("@pulumi/pulumi");
        throw new Error(`no such zone: ${new pulumi.Config().require("text")}`);
        """
    folder = program({"index.js": text, "package.json": "{}"}, stack=STACK)
    apex.preview(folder).expect(3, "no such zone", "offline.secrets.text")
