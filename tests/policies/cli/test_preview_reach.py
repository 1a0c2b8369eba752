"""`apex preview`: what was judged, and what was not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.policies.judged import RAW, Apex, judged

NAMESPACE, KEY = "kubernetes:core/v1:Namespace", "random:index/randomId:RandomId"
FOREIGN = (
    RAW
    + """
    import pulumi.dynamic

    Raw("pg", "kubernetes:core/v1:Namespace", {"metadata": {"name": "pg"}})
    Raw("web", "kubernetes:core/v1:Namespace", {})
    Raw("key", "random:index/randomId:RandomId", {"byteLength": 8})
    Raw("here", "gcp:redis/instance:Instance", {"memorySizeGb": 1}, pulumi.ResourceOptions(
        import_="projects/p/locations/l/instances/i"))
    Raw("router", "gcp:compute/router:Router", {"network": "vpc"})
    Raw("seen", "gcp:compute/network:Network", {}, pulumi.ResourceOptions(id="n"))
"""
)
COUNTS = (
    "1 of 5 resources evaluated; 2 of kubernetes, 1 of random, 1 of gcp not evaluated; "
    "1 only read; 1 imported"
)
LINES = f"""
not evaluated: 2 resources of kubernetes that only rules about every type looked at: {NAMESPACE} (2)
not evaluated: 1 resource of random that only rules about every type looked at: {KEY} (1)
not evaluated: 1 resource of Google types without a rule of their own: gcp:compute/router:Router (1)
not evaluated: 1 resource that exists already and only read: gcp:compute/network:Network (1)
note: 1 resource imported: here; evaluated is what the program says, and what is there already is \
not known
"""
LENIENT = "severities: {critical: advisory, high: advisory, medium: advisory, low: advisory}\n"


def test_what_was_judged_and_what_not_is_part_of_the_verdict(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, FOREIGN, files={"policy-pack.yaml": LENIENT})
    apex.preview(program).expect(0, f"dev may be deployed ({COUNTS}; ", LINES)


@pytest.mark.parametrize(
    ("setting", "code", "said"),
    [
        ("note", 0, "dev may be deployed"),
        ("advisory", 0, "medium violation, advice: Every resource of a non-Google provider has"),
        ("mandatory", 1, "dev may not be deployed: 1 mandatory finding ("),
    ],
)
def test_settings_say_what_a_resource_does_that_no_rule_is_about(
    apex: Apex, tmp_path: Path, setting: str, code: int, said: str
) -> None:
    content = f"{LENIENT}stacks: {{dev: {{not_evaluated: {setting}}}}}\n"
    program = judged(tmp_path, FOREIGN, files={"policy-pack.yaml": content})
    outcome = apex.preview(program).expect(code, said, COUNTS)
    finding = (
        "  kubernetes:core/v1:Namespace pg\n"
        "  has a type that no rule covers (resources of this type: 2)\n"
    )
    assert (finding in outcome.out) is (setting != "note")


def test_a_waiver_for_a_type_covers_all_of_it(apex: Apex, tmp_path: Path) -> None:
    waiver = (
        "waivers:\n  - policy: stack-types-judged\n    resource: kubernetes:core/v1:Namespace::*\n"
        "    reason: Reviewed by the cluster's own policies.\n    owner: platform-team\n"
        "    expires: 2027-06-30\n"
    )
    content = f"{LENIENT}not_evaluated: mandatory\n{waiver}"
    program = judged(tmp_path, FOREIGN, files={"policy-pack.yaml": content})
    apex.preview(program).expect(0, "dev may be deployed", "1 waived")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("", "has nothing to judge"),
        (
            RAW
            + """
    Raw("b", "aws:s3/bucket:Bucket", {})
""",
            "was not evaluated: no rule is about any of its resources",
        ),
    ],
)
def test_where_nothing_was_judged_no_format_says_that_it_may_be_deployed(
    apex: Apex, tmp_path: Path, program: str, words: str
) -> None:
    folder = judged(tmp_path / "program", program)
    apex.writing(folder, "preview", "--output-dir", "../out").expect(0, f"dev {words} (0 ")
    files = {file.name: file.read_text("utf-8") for file in (tmp_path / "out").iterdir()}
    assert len(files) == 7
    # It has a place for findings alone.
    assert files.pop("judged.dev.codequality.json") == "[]\n"
    for text in files.values():
        assert "may be deployed" not in text
        assert words in text
    document: dict[str, Any] = json.loads(files["judged.dev.json"])
    assert document["verdict"] == "nothing evaluated"
    assert document["exit_code"] == 0
    assert document["reach"] == {
        "evaluated": 0,
        "not_evaluated": {"aws": {"aws:s3/bucket:Bucket": 1}} if program else {},
        "not_run": {},
        "unrun": [],
        "read": {},
        "imported": [],
        "ignored": [],
    }
    assert "\N{WHITE HEAVY CHECK MARK}" not in files["judged.dev.md"]
    assert f"## `dev` {words}\n" in files["judged.dev.md"]


def test_every_format_has_the_counts(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path / "program", FOREIGN, files={"policy-pack.yaml": LENIENT})
    apex.writing(folder, "preview", "--output-dir", "../out").expect(0)
    for file in (tmp_path / "out").iterdir():
        # It has a place for findings alone.
        if file.name == "judged.dev.codequality.json":
            continue
        text = file.read_text("utf-8")
        for words in ("1 of 5 resources evaluated; ", "2 of kubernetes", "1 only read; 1 imported"):
            assert words in text, f"{words} is not in {file}"


def test_what_a_deployment_leaves_as_it_is_is_undecided(apex: Apex, tmp_path: Path) -> None:
    program = (
        RAW
        + """
    Raw("cache", "gcp:redis/instance:Instance", {
        "memorySizeGb": 1, "authEnabled": True, "authorizedNetwork": "vpc",
        "transitEncryptionMode": "SERVER_AUTHENTICATION",
    }, pulumi.ResourceOptions(ignore_changes=["authEnabled", "displayName"]))
"""
    )
    apex.preview(judged(tmp_path, program)).expect(
        1,
        "high undecided: Memorystore for Redis instances require AUTH\n",
        "  cannot be decided before deployment: authEnabled is in ignore_changes: what is deployed "
        "counts, and a preview does not know it (authEnabled)\n",
        "  fix: Take it out of ignore_changes; judge what is deployed (apex audit), or set the",
        "dev may not be deployed: 1 mandatory finding (1 resource evaluated; 1 with ignored "
        "changes; ",
    )


def test_what_config_connector_makes_is_judged_at_the_line_of_its_manifest(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(
        tmp_path,
        RAW
        + """
    Raw("db", "kubernetes:sql.cnrm.cloud.google.com/v1beta1:SQLInstance", {
        "metadata": {"name": "db"},
        "spec": {"settings": {"ipConfiguration": {"ipv4Enabled": True}}},
    })
""",
    )
    said = apex.preview(program).expect(1, "1 resource evaluated", "sql-no-public-ip").out

    assert "spec.settings.ipConfiguration.ipv4Enabled" in said
    assert "kubernetes:sql.cnrm.cloud.google.com/v1beta1:SQLInstance db" in said
    assert "not evaluated" not in said
