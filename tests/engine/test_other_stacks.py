"""What a stack gets of another one: through the engine from its state, offline from settings."""

from __future__ import annotations

from pathlib import Path

import pulumi
import pulumi_gcp as gcp
import pytest
import yaml

from apex_guardrails.rules import all_rules
from apex_guardrails.runs.preview import preview_offline
from apex_guardrails.settings import SETTINGS_FILE
from tests.engine.harness import PACK, ROOT, Engine
from tests.engine.test_parity import through_the_engine
from tests.policies.judged import project_file, write

pytestmark = pytest.mark.no_cover

ALL_ADVICE = {rule.id: "advisory" for rule in all_rules()}


def base() -> None:
    """What the other stack gives out."""
    pulumi.export("reader", "allUsers")
    pulumi.export("names", {"repository": "app"})
    pulumi.export("token", pulumi.Output.secret("of the other stack"))


def reader() -> None:
    """A program that reads it: here, the stack itself as it was deployed before."""
    stack = pulumi.StackReference(f"{pulumi.get_organization()}/judged/{pulumi.get_stack()}")
    gcp.artifactregistry.RepositoryIamMember(
        "reader",
        location="us-central1",
        repository=stack.require_output("names")["repository"],
        role="roles/artifactregistry.reader",
        member=stack.get_output("reader"),
    )
    gcp.compute.Network("vpc", description=stack.get_output("token"))


def test_a_stack_reference_gives_the_same_findings(engine: Engine, tmp_path: Path) -> None:
    advice = {"rules": ALL_ADVICE}
    project = write(
        tmp_path / "project",
        {
            "Pulumi.yaml": project_file("main: main.py\n"),
            "Pulumi.dev.yaml": "config:\n  gcp:project: a-project\n",
            SETTINGS_FILE: yaml.safe_dump(advice),
            "main.py": f"""
                import sys
                sys.path.append({str(ROOT)!r})
                from tests.engine.test_other_stacks import reader
                reader()
            """,
        },
    )
    stack = engine.stack(base, project=project)
    assert stack.up().succeeded
    exported = stack.export(tmp_path / "base.json")
    stack.program = reader

    seen = through_the_engine(stack.preview(packs=[PACK]))

    settings = tmp_path / "settings.yaml"
    stacks = {"offline": {"stacks": {"acme/judged/dev": str(exported)}}}
    settings.write_text(yaml.safe_dump({**advice, **stacks}), "utf-8")
    result = preview_offline(project, "dev", settings, 120)
    assert result.judgement.is_complete, result.judgement.program_errors
    found = {(it.rule, it.urn, str(it.outcome), it.path) for it in result.judgement.findings}
    assert found == seen
    assert ("artifactregistry-not-public", "fails") in {(rule, how) for rule, _, how, _ in seen}
