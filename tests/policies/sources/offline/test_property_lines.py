"""The line that a reader has to change is the one that is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model import SourcePosition
from apex_guardrails.sources.offline.property_lines import property_position

PROGRAM = """\
import pulumi_gcp as gcp

def settings():
    return gcp.sql.Settings(
        ip_configuration=gcp.sql.IpConfiguration(
            ipv4_enabled=True,
            ssl_mode="ENCRYPTED_ONLY",
        ),
    )

gcp.sql.DatabaseInstance(
    "db",
    settings=settings(),
    labels={"app": "a"},
)
gcp.compute.Firewall(
    "wall",
    source_ranges=["0.0.0.0/0"],
    labels={"app": "b"},
)
gcp.compute.Firewall("other", **{"sourceRanges": []})
agent(host_pid=True, spec=dict(cluster_ips=["10.0.0.1"]))
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    return str(file)


@pytest.mark.parametrize(
    ("registered", "path", "line"),
    [
        (11, "settings.ipConfiguration.ipv4Enabled", 6),  # in a helper of the same file
        (16, "sourceRanges[0]", 18),  # in the call itself, though another one has it too
        (21, "sourceRanges", 21),  # by its name on the wire
        (22, "spec.template.spec.hostPID", 22),  # capitals in a row are one word
        (22, "spec.clusterIPs[0]", 22),
        (11, "labels", 14),
        (11, 'labels["app"]', 14),
        (11, "sourceRanges", None),  # twice in the file, and not in the call
        (11, "settings.tier", None),  # nowhere: it was left out
        (3, "ipv4Enabled", 6),  # no call begins there
    ],
)
def test_it_is_found_in_the_call_or_once_in_the_file(
    program: str, registered: int, path: str, line: int | None
) -> None:
    found = property_position(SourcePosition(program, registered), path)

    assert found == (None if line is None else SourcePosition(program, line))


def test_without_a_position_a_path_or_a_readable_file_there_is_none(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("def (:\n")

    assert property_position(None, "labels") is None
    assert property_position(SourcePosition(str(broken), 1), "") is None
    assert property_position(SourcePosition(str(broken), 1), "labels") is None
    assert property_position(SourcePosition(str(tmp_path / "gone.py"), 1), "labels") is None
    assert property_position(SourcePosition(str(tmp_path / "gone.ts"), 1), "labels") is None
    assert property_position(SourcePosition("/program/main.unheard", 1), "labels") is None


TYPESCRIPT = """\
import * as gcp from "@pulumi/gcp";

const settings = (labels: Record<string, string>): gcp.types.input.sql.Settings => ({
    ipConfiguration: {
        ipv4Enabled: true,
        sslMode: <string>"ENCRYPTED_ONLY",
    },
    userLabels: labels,
});
const sourceRanges = ["0.0.0.0/0"];

new gcp.sql.DatabaseInstance("db", {
    settings: settings({ app: "a" }),
    deletionProtection: false,
});
export const wall = new gcp.compute.Firewall("wall", {
    sourceRanges,
    network: "default",
});
const args: gcp.compute.FirewallArgs = { network: "default" };
args.sourceRanges = ["0.0.0.0/0"];
args["direction"] = "INGRESS";
new gcp.compute.Firewall("other", args);
makeFirewall("third", {
    "disabled": false,
    network: "default",
});
"""

JAVASCRIPT = """\
"use strict";
const gcp = require("@pulumi/gcp");
const name = <b>no type stands here</b>;
new gcp.storage.Bucket("files", {
    location: "EU",
    publicAccessPrevention: "inherited",
});
"""


@pytest.mark.parametrize(
    ("registered", "path", "line"),
    [
        (12, "settings.ipConfiguration.ipv4Enabled", 5),  # in a helper, behind a cast
        (12, "deletionProtection", 14),
        (16, "sourceRanges[0]", 17),  # by a variable of its name
        (23, "direction", 22),  # assigned later
        (23, "network", None),  # three times in the file, and not in the call
        (24, "disabled", 25),  # in a call without new
        (12, "settings.tier", None),
    ],
)
@pytest.mark.parametrize("ending", ["ts", "mts", "cts"])
def test_it_is_found_in_typescript(
    tmp_path: Path, ending: str, registered: int, path: str, line: int | None
) -> None:
    file = tmp_path / f"index.{ending}"
    file.write_text(TYPESCRIPT)

    found = property_position(SourcePosition(str(file), registered), path)

    assert found == (None if line is None else SourcePosition(str(file), line))


@pytest.mark.parametrize("ending", ["js", "mjs", "cjs", "jsx", "tsx"])
def test_it_is_found_in_javascript(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"index.{ending}"
    file.write_text(JAVASCRIPT)

    found = property_position(SourcePosition(str(file), 4), "publicAccessPrevention")

    assert found == SourcePosition(str(file), 6)


@given(text=st.text("{}()[]:,;.'`\"$\n newabc/*=<>"), line=st.integers(0, 9))
def test_whatever_a_file_holds_it_names_a_line_of_it(
    tmp_path_factory: pytest.TempPathFactory, text: str, line: int
) -> None:
    file = tmp_path_factory.mktemp("any") / "index.ts"
    file.write_text(text)

    found = property_position(SourcePosition(str(file), line), "a")

    assert found is None or 1 <= found.line <= text.count("\n") + 1


@given(st.integers(0, 40), st.lists(st.sampled_from(["settings", "tier", "app"]), min_size=1))
def test_whatever_is_asked_it_names_a_line_of_the_file(line: int, steps: list[str]) -> None:
    file = str(Path(__file__))
    found = property_position(SourcePosition(file, line), ".".join(steps))

    assert found is None or 1 <= found.line <= len(Path(file).read_text().splitlines())


GO = """\
package main

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		database, err := sql.NewDatabaseInstance(ctx, "db", &sql.DatabaseInstanceArgs{
			Settings: &sql.DatabaseInstanceSettingsArgs{
				Ipv4Enabled: pulumi.Bool(true),
				UserLabels: pulumi.StringMap{
					"app": pulumi.String("a"),
				},
			},
		})
		args := &storage.BucketArgs{}
		args.PublicAccessPrevention = pulumi.String("inherited")
		_, err = storage.NewBucket(ctx, "b", args)
		_, err = storage.NewBucket(ctx, "c", &storage.BucketArgs{Labels: labels})
		_, err = storage.NewBucket(ctx, "d", &storage.BucketArgs{Labels: labels})
		return nil
	})
}
"""


@pytest.mark.parametrize(
    ("registered", "path", "line"),
    [
        (5, "settings.ipv4Enabled", 7),
        (5, 'settings.userLabels["app"]', 9),
        (15, "publicAccessPrevention", 14),  # an assignment before the call
        (17, "labels", 17),  # in the call itself, though another one has it too
        (15, "labels", None),  # twice in the file, and not in the call
        (5, "settings.tier", None),
    ],
)
def test_it_is_found_in_go(tmp_path: Path, registered: int, path: str, line: int | None) -> None:
    file = tmp_path / "main.go"
    file.write_text(GO)

    found = property_position(SourcePosition(str(file), registered), path)

    assert found == (None if line is None else SourcePosition(str(file), line))


YAML = """\
name: shop
resources:
  db:
    type: gcp:sql:DatabaseInstance
    properties:
      settings: &settings
        ipv4Enabled: true
  bucket:
    type: gcp:storage:Bucket
    properties: {location: US, labels: {app: a}}
  other:
    type: gcp:storage:Bucket
    properties:
      location: EU
      settings: *settings
      ? [a]
      : b
      list: [{labels: {}}]
"""


@pytest.mark.parametrize(
    ("registered", "path", "line"),
    [
        (3, "settings.ipv4Enabled", 7),
        (8, "labels", 10),
        (11, "location", 14),
        (11, "list[0].labels", 18),
        (3, "location", None),  # twice in the file, and not in the resource
        (3, "settings.tier", None),
        (4, "ipv4Enabled", 7),  # no block begins there
    ],
)
def test_it_is_found_in_yaml(tmp_path: Path, registered: int, path: str, line: int | None) -> None:
    file = tmp_path / "Pulumi.yaml"
    file.write_text(YAML)

    found = property_position(SourcePosition(str(file), registered), path)

    assert found == (None if line is None else SourcePosition(str(file), line))


@pytest.mark.parametrize("content", ["", "a: [", "a: 1\n" + "#" * 5_000_000])
def test_what_is_no_program_in_yaml_has_no_lines(tmp_path: Path, content: str) -> None:
    file = tmp_path / "Pulumi.yaml"
    file.write_text(content)
    assert property_position(SourcePosition(str(file), 1), "a") is None
