"""What the programs on the rules' pages are made of."""

from __future__ import annotations

from dataclasses import replace

from apex_guardrails.scaffold.programs import LANGUAGES, Program, program_of
from apex_guardrails.scaffold.programs.case_program import Elsewhere, Formatted, token_of
from apex_guardrails.scaffold.programs.required_inputs import with_required
from apex_guardrails.testing import run_case
from tests.policies.scaffold.shown import shown


def test_what_the_provider_requires_changes_no_outcome() -> None:
    for name, (rule, example) in shown().items():
        resources = [
            replace(item, inputs=with_required(token_of(rule, item), item.inputs))
            for item in example.case.resources
        ]
        outcome, _ = run_case(rule, replace(example.case, resources=resources))
        assert outcome is example.case.outcome, name


def test_every_program_is_shown_in_every_language() -> None:
    for name, (rule, example) in shown().items():
        program = program_of(rule, example.case)
        unshown = set(LANGUAGES) - set(example.programs)
        assert unshown <= _without(program), name


def _without(program: Program) -> set[str]:
    """The languages that cannot have a program, or whose types the provider's schema lacks."""
    values = list(program.values())
    if any(isinstance(value, Formatted) for value in values):
        return {"go", "yaml"}  # an output is no text there
    is_foreign = any(item.token.startswith("kubernetes:") for item in program.resources)
    is_open = any(isinstance(value, Elsewhere) and value.type == "objects" for value in values)
    return {"go"} if is_foreign or is_open else set()
