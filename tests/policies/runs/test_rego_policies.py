"""`rego_policies`: policies in Rego, asked by the real conftest."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pulumi.runtime.proto import analyzer_pb2

import apex_guardrails.rego.conftest
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import SETTINGS_VARIABLE
from apex_guardrails.wire import write_struct
from tests.policies.analyzer.test_service import served, urn
from tests.policies.checkov.test_conftest import conftest
from tests.policies.judged import RAW, SOON, Apex, judged, write

__all__ = ["conftest"]

PAGE = (Path(__file__).parents[3] / "docs/policies-of-other-kinds.md").read_text("utf-8")
BUCKET = "gcp:storage/bucket:Bucket"
PROGRAM = f"""
    for name in ("logs", "logs-2"):
        Raw(name, "{BUCKET}", {{"location": "US", "name": name}})
    Raw("note", "gcp:storage/bucketObject:BucketObject", {{
        "bucket": "b", "content": pulumi.Output.secret("hush-hush-hush"), "name": "n",
    }})
    Raw("other", "kubernetes:core/v1:Secret", {{}})
"""
POLICIES = {
    "rego/buckets.rego": """
        package main

        deny contains msg if {
            some change in input.resource_changes
            change.type == "google_storage_bucket"
            change.change.after.location == "US"
            msg := sprintf("%s is not in Europe", [change.address])
        }

        deny_unlabelled contains {"msg": "has no labels", "address": change.address} if {
            some change in input.resource_changes
            change.type == "google_storage_bucket"
            not change.change.after.labels
        }

        warn contains "there is no network" if {
            count([1 | input.resource_changes[_].type == "google_compute_network"]) == 0
        }
        """,
    "rego/more/objects.rego": """
        package objects.content

        import data.lib.secrets

        violation contains msg if {
            some change in input.resource_changes
            change.type == "google_storage_bucket_object"
            secrets.is_shown(change.change.after.content)
            msg := sprintf("%s holds %s", [change.address, change.change.after.content])
        }
        """,
    "rego/lib.rego": """
        package lib.secrets

        is_shown(text) if contains(text, "e")
        """,
    "rego/buckets_test.rego": """
        package main

        test_nothing if count(deny) == 0 with input as {}
        """,
}
NAMED = "rego_policies: [rego]\n"
ONLY = ("--only", "rego:main.deny,rego:main.deny_unlabelled,rego:main.warn")


@pytest.fixture
def on_path(conftest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Conftest, under its own name."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/conftest").symlink_to(conftest.resolve())
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")


def regulated(folder: Path, settings: str = NAMED, **files: str) -> Path:
    return judged(folder, RAW + PROGRAM, files={"policy-pack.yaml": settings, **POLICIES, **files})


@pytest.mark.usefixtures("on_path")
def test_results_are_findings_about_the_resources(apex: Apex, tmp_path: Path) -> None:
    outcome = apex.preview(regulated(tmp_path / "p"), *ONLY).expect(
        1,
        "medium violation: main.deny of rego/buckets.rego finds nothing",
        f"{BUCKET} logs: google_storage_bucket.logs is not in Europe",
        f"{BUCKET} logs-2: google_storage_bucket.logs-2 is not in Europe",
        f"{BUCKET} logs: has no labels",
        "medium violation, advice: main.warn of rego/buckets.rego finds nothing",
        "there is no network",
        "rule: rego:main.deny\n",
    )
    assert "objects" not in outcome.out
    secret = apex.preview(tmp_path / "p", "--only", "rego:objects.content.violation")
    secret.expect(1, "google_storage_bucket_object.note holds (sensitive value)")
    assert "hush" not in secret.said


@pytest.mark.usefixtures("on_path")
def test_settings_say_what_they_do(apex: Apex, tmp_path: Path) -> None:
    settings = f"""
    rego_policies: [./rego]
    services: {{rego: disabled}}
    rules:
      rego:main.deny: mandatory
    waivers:
    - policy: rego:main.deny
      resource: logs
      reason: It was agreed by the team.
      owner: acme
      expires: {SOON}
    """
    folder = regulated(tmp_path / "p", settings)
    apex.preview(folder, "--only", "rego:main.deny", "--verbose").expect(
        1, "logs-2 is not in Europe", "waived: It was agreed by the team. (acme"
    )
    listed = apex(folder, "policies", "list").expect(0).out
    assert len(re.findall("^rego:", listed, re.MULTILINE)) == 4
    apex(folder, "explain", "rego:main.warn").expect(0, "service: rego", "rego/buckets.rego")


@pytest.mark.usefixtures("on_path")
def test_the_engine_gets_their_results(tmp_path: Path) -> None:
    folder = regulated(tmp_path / "p")
    environment = {SETTINGS_VARIABLE: str(folder / "policy-pack.yaml")}
    for _, engine in served(list(all_rules()), environment):
        assert "rego:main.deny" in {item.name for item in engine.configure().policies}
        inputs = {"location": "US", "name": "logs"}
        engine.analyze(inputs, BUCKET, "logs")
        resource = analyzer_pb2.AnalyzerResource(
            type=BUCKET,
            urn=urn(BUCKET, "logs"),
            name="logs",
            properties=write_struct(inputs),
        )
        whole = engine.stub.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=[resource]))
        [found] = [item for item in whole.diagnostics if item.policyName == "rego:main.deny"]
        assert found.urn == urn(BUCKET, "logs")
        assert found.message.startswith("google_storage_bucket.logs is not in Europe")
        assert found.enforcementLevel == analyzer_pb2.MANDATORY


@pytest.mark.usefixtures("on_path")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("package main\n\ndeny contains msg if {\n", "broken.rego:"),
        ("package main\n\ndeny contains x if { y == 1 }\n", "broken.rego:3: the policy cannot be"),
        ("package main\n\ndeny contains 1 if nothing.at.all\n", "broken.rego:3: the policy cannot"),
    ],
)
def test_what_cannot_be_compiled_is_named(apex: Apex, tmp_path: Path, text: str, said: str) -> None:
    folder = regulated(tmp_path / "p", **{"rego/broken.rego": text})
    apex.preview(folder).expect_only(4, said, "the policy cannot be compiled: rego_")


@pytest.mark.usefixtures("on_path")
def test_what_fails_while_it_is_asked_stops_the_deployment(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conflict = """
    package main

    kind := "a" if input.resource_changes
    kind := "b" if input.resource_changes

    deny contains kind if kind == "c"
    """
    folder = regulated(tmp_path / "p", **{"rego/conflict.rego": conflict})
    apex.preview(folder, *ONLY).expect(4, "rule failed  rego:main.deny\n", "conflict.rego")
    slow = regulated(tmp_path / "q")
    monkeypatch.setattr(apex_guardrails.rego.conftest, "SECONDS", 0.0)
    apex.preview(slow).expect_only(4, "rego: took longer than 0 seconds")


@pytest.mark.usefixtures("on_path")
def test_a_folder_without_policies_is_named(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path / "p", files={"policy-pack.yaml": NAMED, "rego/README.md": ""})
    assert apex.preview(folder).expect_only(4).err.count("rego") >= 1
    write(folder, {"rego/lib.rego": "package lib\n\nx := 1\n"})
    apex.preview(folder).expect_only(4, "rego: has no policy: no rule called deny")
    (folder / "rego/lib.rego").write_bytes(b"package main\n# \xff\n")
    apex.preview(folder).expect_only(4, "lib.rego: cannot be read as UTF-8 text")


@pytest.mark.usefixtures("on_path")
def test_the_policy_of_the_page_works(apex: Apex, tmp_path: Path) -> None:
    [shown] = re.findall(r"```rego\n(.*?)```", PAGE, re.DOTALL)
    folder = judged(
        tmp_path / "p",
        RAW + PROGRAM,
        files={"policy-pack.yaml": NAMED, "rego/buckets.rego": shown},
    )
    apex.preview(folder, "--only", "rego:main.deny_public").expect(0)
    public = """
    Raw("all", "gcp:storage/bucketIAMMember:BucketIAMMember", {
        "bucket": "b", "role": "roles/storage.objectViewer", "member": "allUsers",
    })
    """
    write(folder, {"__main__.py": RAW + public})
    apex.preview(folder, "--only", "rego:main.deny_public").expect(
        1, "BucketIAMMember all\n  is open to everybody"
    )


def test_without_conftest_it_is_said(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = regulated(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    apex.preview(folder).expect_only(
        2, "policy-pack.yaml:1: rego_policies.0: there is no conftest on PATH", "install it"
    )
    write(folder, {"policy-pack.yaml": "rego_policies: [nowhere]\n"})
    apex.preview(folder).expect_only(2, "rego_policies.0: ", "there is no such folder")
