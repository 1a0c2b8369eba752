"""Our own stacks, as Terraform plans, get the findings that the program itself gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from apex_guardrails.checkov import terraform_plan
from apex_guardrails.decide import decide
from apex_guardrails.model import Stack
from apex_guardrails.model.resource_type import name_of
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import PolicyPackSettings, enforce
from apex_guardrails.sources.from_file import FileForm, Names, read_file
from tests.policies.our_stacks import STACKS, our_stack

PROTECT = "Pulumi's `protect` is an option of the program, and Terraform's a secret of its own"
EXCEPTIONS = {
    "compute-data-disk-protected": PROTECT,
    "deletion-protection-not-disabled": PROTECT,
    "deletion-stateful-protected": PROTECT,
    "iam-wif-binding-not-whole-pool": "a plan has no parts of a text that is not known",
}


def findings(stack: Stack) -> set[tuple[str, str, str, str]]:
    decision = decide(stack, enforce(PolicyPackSettings(), known_rules(), stack.name))
    assert not decision.errors
    return {(it.rule.id, it.urn, it.outcome.value, it.path) for it in decision.findings}


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_of_ours(tmp_path: Path, name: str) -> None:
    stack = our_stack(name)[1]
    plan = terraform_plan(stack)
    file = tmp_path / "plan.json"
    file.write_text(plan.text(), "utf-8")

    told = read_file(file, Names(name, stack.project))

    assert told.form is FileForm.TERRAFORM_PLAN
    assert told.is_complete
    there = {name_of(it.urn) for it in told.stack.deployed()}
    assert there == plan.urns.keys()
    again = {
        (rule, plan.urns.get(name_of(urn), urn), outcome, path)
        for rule, urn, outcome, path in findings(told.stack)
    }
    direct = findings(stack)
    assert {rule for rule, *_ in direct ^ again} <= EXCEPTIONS.keys()
    assert {outcome for _, _, outcome, _ in again - direct} <= {"undecided"}
    assert direct & again
