"""What a program in TypeScript or JavaScript is told is what the same one in Python is told."""

from __future__ import annotations

import os
from pathlib import Path

from tests.policies.judged import VIRTUALENV, Apex, judged
from tests.policies.sources.offline.launchers.nodejs.conftest import Program
from tests.policies.sources.offline.launchers.shop import findings, shop

IN_PYTHON = """
import pulumi
import pulumi_gcp as gcp

account = gcp.serviceaccount.Account("app", account_id="app")
bucket = gcp.storage.Bucket("files", location="EU")
gcp.storage.BucketIAMMember(
    "app",
    bucket=bucket.name,
    role="roles/storage.objectViewer",
    member=pulumi.Output.format("serviceAccount:{0}", account.email),
)
gcp.storage.BucketIAMMember(
    "anyone",
    bucket=bucket.name,
    role="roles/storage.objectViewer",
    member=pulumi.Output.concat("allAuthenticatedUsers", ""),
)
gcp.storage.BucketIAMMember(
    "applied",
    bucket=bucket.name,
    role="roles/storage.objectViewer",
    member=account.email.apply(lambda email: f"serviceAccount:{email}"),
)
key = gcp.serviceaccount.Key("key", service_account_id=account.name)
database = gcp.sql.DatabaseInstance(
    "db", database_version="POSTGRES_16", settings={"tier": "db-f1-micro"}
)
gcp.cloudrunv2.Service(
    "api",
    location="us-central1",
    template={
        "containers": [
            {
                "image": "api",
                "envs": [
                    {"name": "KEY", "value": pulumi.Output.unsecret(key.private_key)},
                    {
                        "name": "URL",
                        "value": pulumi.Output.concat(
                            "postgres://app:correct-horse-battery@", database.private_ip_address
                        ),
                    },
                    {
                        "name": "JSON",
                        "value": pulumi.Output.json_dumps(
                            {"host": database.name, "password": pulumi.Config().require("token")}
                        ),
                    },
                ],
            }
        ]
    },
)
pulumi.export("url", pulumi.Output.concat("https://", bucket.url, "?t=", "a"))
pulumi.export("key", key.private_key)
"""

IN_JAVASCRIPT = """
const pulumi = require("@pulumi/pulumi");
const gcp = require("@pulumi/gcp");

const account = new gcp.serviceaccount.Account("app", { accountId: "app" });
const bucket = new gcp.storage.Bucket("files", { location: "EU" });
new gcp.storage.BucketIAMMember("app", {
    bucket: bucket.name,
    role: "roles/storage.objectViewer",
    member: pulumi.interpolate`serviceAccount:${account.email}`,
});
new gcp.storage.BucketIAMMember("anyone", {
    bucket: bucket.name,
    role: "roles/storage.objectViewer",
    member: pulumi.concat("allAuthenticatedUsers", ""),
});
new gcp.storage.BucketIAMMember("applied", {
    bucket: bucket.name,
    role: "roles/storage.objectViewer",
    member: account.email.apply((email) => `serviceAccount:${email}`),
});
const key = new gcp.serviceaccount.Key("key", { serviceAccountId: account.name });
const database = new gcp.sql.DatabaseInstance("db", {
    databaseVersion: "POSTGRES_16",
    settings: { tier: "db-f1-micro" },
});
new gcp.cloudrunv2.Service("api", {
    location: "us-central1",
    template: {
        containers: [{
            image: "api",
            envs: [
                { name: "KEY", value: pulumi.unsecret(key.privateKey) },
                {
                    name: "URL",
                    value: pulumi.concat(
                        "postgres://app:correct-horse-battery@", database.privateIpAddress),
                },
                {
                    name: "JSON",
                    value: pulumi.jsonStringify(
                        { host: database.name, password: new pulumi.Config().require("token") }),
                },
            ],
        }],
    },
});
exports.url = pulumi.interpolate`https://${bucket.url}?t=${pulumi.output("a")}`;
exports.key = key.privateKey;
"""

STACK = """\
config:
  gcp:project: acme-shop
  gcp:region: us-central1
  judged:token: {secure: AAAA}
"""


def test_the_shop_gets_the_same_findings_in_typescript_as_in_python(
    apex: Apex, tmp_path: Path, node_modules: Path
) -> None:
    program = shop(tmp_path / "shop", "typescript")
    (program / "node_modules").symlink_to(node_modules)
    path = f"{VIRTUALENV}/bin:{os.environ['PATH']}"

    told = findings(apex, program)

    assert told == findings(apex, shop(tmp_path / "python", "python"), PATH=path)
    apex.preview(program, "--only", "sql-no-public-ip").expect(
        1, "orders/database.ts:8 (set at orders/database.ts:12)", "fix: ", "ipv4Enabled: false"
    )


def test_credentials_and_known_parts_are_seen_as_in_python(
    apex: Apex, tmp_path: Path, program: Program
) -> None:
    in_python = judged(tmp_path / "python", IN_PYTHON, stack=STACK)

    told = findings(apex, program({"index.js": IN_JAVASCRIPT}, stack=STACK))

    assert told == findings(apex, in_python)
    rules = {(rule, outcome) for rule, outcome, *_ in told}
    assert ("credentials-generated-not-shown", "fails") in rules
    assert ("storage-bucket-not-public", "fails") in rules


def test_a_placeholder_in_a_text_that_is_not_known_is_a_leak(apex: Apex, program: Program) -> None:
    folder = program(
        {
            "index.js": """
            const pulumi = require("@pulumi/pulumi");
            const gcp = require("@pulumi/gcp");
            const token = new pulumi.Config().require("token");
            const bucket = new gcp.storage.Bucket("files", { location: "EU" });
            exports.url = pulumi.concat(bucket.url, "?token=", token);
            """
        },
        stack=STACK,
    )
    apex.preview(folder).expect(1, "token", "stack output")


def test_what_the_program_marks_is_masked(apex: Apex, program: Program) -> None:
    folder = program(
        {
            "index.js": """
            const pulumi = require("@pulumi/pulumi");
            console.log("one is correct-horse-battery");
            pulumi.secret("correct-horse-battery");
            pulumi.secret(pulumi.output(Promise.resolve({ inner: ["staple-of-paper"] })));
            console.log("two is staple-of-paper");
            console.log("three is", new pulumi.Config().require("token"));
            """
        },
        stack=STACK,
    )
    outcome = apex.preview(folder, "--verbose").expect(0, "one is [secret]", "two is [secret]")
    assert "staple" not in outcome.said
    assert "horse" not in outcome.said


def test_what_is_marked_just_before_the_end_is_masked(apex: Apex, program: Program) -> None:
    folder = program(
        {
            "index.js": """
            const pulumi = require("@pulumi/pulumi");
            console.log("one is correct-horse-battery");
            pulumi.secret("correct-horse-battery");
            process.exit(3);
            """
        }
    )
    outcome = apex.preview(folder).expect(3, "one is [secret]", "exited with code 3")
    assert "horse" not in outcome.said
