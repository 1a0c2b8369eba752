"""`apex record`: answers of functions for the settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tests.policies.judged import Apex, judged

PROGRAM = """
    import pulumi_gcp as gcp

    zone = gcp.dns.get_managed_zone(name="zone")
    print("zone", zone.dns_name, zone.description)
    gcp.secretmanager.get_secret_version(secret="db")
    gcp.storage.get_bucket(name="other")
"""


def state(*resources: tuple[str, str, dict[str, Any]]) -> str:
    """What `pulumi stack export` prints of them: type, name and outputs."""
    stack = "urn:pulumi:prod::network::pulumi:pulumi:Stack::network-prod"
    found: list[dict[str, Any]] = [
        {"urn": stack, "custom": False, "type": "pulumi:pulumi:Stack"},
        *(
            {
                "urn": f"urn:pulumi:prod::network::{kind}::{name}",
                "custom": True,
                "id": name,
                "type": kind,
                "inputs": {},
                "outputs": outputs,
                "parent": stack,
            }
            for kind, name, outputs in resources
        ),
    ]
    return json.dumps({"version": 3, "deployment": {"manifest": {}, "resources": found}})


SECRET = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    "ciphertext": "AAABAA==",
}
ZONE = "gcp:dns/managedZone:ManagedZone"
STATE = state(
    (ZONE, "a", {"name": "another", "dnsName": "no."}),
    (ZONE, "b", {"name": "zone", "dnsName": "example.com.", "description": SECRET, "x": 1}),
)


def test_what_a_state_has_is_recorded_and_the_rest_to_be_filled_in(
    apex: Apex, tmp_path: Path
) -> None:
    folder = judged(tmp_path, PROGRAM, files={"network.json": STATE})
    outcome = apex(folder, "record", "--from", "network.json").expect(0)
    assert outcome.err == "apex: 3 answers assumed, 1 found in states\n"
    assert yaml.safe_load(outcome.out) == {
        "offline": {
            "functions": [
                {
                    "token": "gcp:dns/getManagedZone:getManagedZone",
                    "arguments": {"name": "zone"},
                    "result": {"name": "zone", "dnsName": "example.com."},
                }
            ]
        }
    }
    assert f"# network.json: {ZONE} b\n" in outcome.out
    assert "# - token: gcp:storage/getBucket:getBucket\n" in outcome.out
    assert "url (text)" in outcome.out
    assert "secretData" not in outcome.out


def test_what_was_recorded_is_answered(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path, PROGRAM, files={"network.json": STATE})
    apex.writing(folder, "record", "--from", "network.json", "-o", "policy-pack.yaml").expect(0)
    outcome = apex.preview(folder).expect(0, "zone example.com. None")
    assert "getManagedZone" not in outcome.out


def test_a_program_that_fails_before_it_asks_for_anything(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path, "raise ValueError('no')\n")
    apex(folder, "record").expect(3, "the program failed, and nothing is recorded:", "ValueError")


def test_nothing_is_assumed(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path, "import pulumi\n")
    assert apex(folder, "record").expect(0).out == ""


def test_a_file_that_is_no_state(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path, "import pulumi\n", files={"a.json": "{}"})
    apex(folder, "record", "--from", "a.json").expect(2, "a.json")
