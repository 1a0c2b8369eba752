"""The real engine stops a stack that would cost more than it may."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from apex_guardrails.judgement.versions import read_judgement
from apex_guardrails.settings import SETTINGS_FILE
from tests.engine.harness import PACK, ROOT, Engine
from tests.policies.judged import Apex, apex, write

__all__ = ["apex"]

PROGRAM = """
import pulumi

class Disk(pulumi.CustomResource):
    def __init__(self, name, size):
        inputs = {"size": size, "zone": "us-central1-a"}
        super().__init__("gcp:compute/disk:Disk", name, inputs)

Disk("small", 100)
Disk("large", 300)
"""
# Each run leaves its report in the folder that it judges.
SETTINGS = "reports: {directory: build}\ncost: {budget: %s, usage: {log_gib: 0}}\n"
OVER = "the expected cost is 1.00 over the budget of 15.00; most of it: large 12.00, small 4.00"


def register() -> None:
    """The program of `PROGRAM`."""
    exec(PROGRAM, {})  # noqa: S102 the very text that runs offline


@pytest.mark.parametrize("budget", [15, 16])
def test_a_stack_over_its_budget_is_stopped(
    engine: Engine, tmp_path: Path, apex: Apex, budget: int
) -> None:
    runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
    folder = write(
        tmp_path / "budget",
        {
            "Pulumi.yaml": yaml.safe_dump(
                {"name": "budget", "runtime": runtime, "main": "program/main.py"}
            ),
            "Pulumi.dev.yaml": "config: {gcp:project: a-project}\n",
            "program/main.py": PROGRAM,
            SETTINGS_FILE: SETTINGS % budget,
        },
    )

    run = engine.stack(register, project=folder).preview(packs=[PACK])

    assert run.succeeded is (budget == 16)
    messages = {violation.rule: violation.message for violation in run.blocking}
    assert messages.keys() == ({"cost-within-budget"} if budget == 15 else set())
    assert messages.get("cost-within-budget", OVER).startswith(OVER)
    # Offline, the same program gets the same answer.
    apex.writing(folder, "preview").expect(
        0 if budget == 16 else 5, "cost: 16.00 USD a month expected"
    )
    [through_the_engine] = tmp_path.glob("*/work/build/budget.dev.json")
    cost = read_judgement(through_the_engine).cost
    assert cost is not None
    assert cost == read_judgement(folder / "build/budget.dev.json").cost


def test_production_costs_the_same_through_the_engine_and_offline(
    engine: Engine, tmp_path: Path, apex: Apex, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = yaml.safe_load((ROOT / SETTINGS_FILE).read_text("utf-8"))
    ours["stacks"]["production"]["cost"] |= {"budget": 1, "counts": "high"}
    settings = tmp_path / "strict.yaml"
    settings.write_text(yaml.safe_dump(ours))
    monkeypatch.setenv("APEX_SETTINGS", str(settings))

    run = engine.infrastructure("production").preview(packs=[PACK])

    [over] = [item for item in run.blocking if item.rule == "cost-within-budget"]
    said = over.message.splitlines()[0]
    assert said.startswith("the high cost is ")
    # Other tests write into the repository, so what is there is not compared.
    preview = ("preview", "--stack", "production")
    apex.writing(ROOT, *preview, APEX_SETTINGS=str(settings)).expect(5, said)
