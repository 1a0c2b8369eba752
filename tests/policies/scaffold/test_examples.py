"""What the programs on the rules' pages are made of."""

from __future__ import annotations

from dataclasses import replace

from apex_guardrails.scaffold.programs import LANGUAGES
from apex_guardrails.scaffold.programs.case_program import token_of
from apex_guardrails.scaffold.programs.required_inputs import with_required
from apex_guardrails.testing import run_case
from tests.policies.scaffold.shown import shown

UNSHOWN = {
    ("credentials-cluster-secret-from-manager-fails", "go"),  # what the schema has no types of
    ("credentials-cluster-secret-from-manager-passes", "go"),
    ("outputs-not-turned-into-text-fails", "go"),  # where an output is no text
    ("outputs-not-turned-into-text-fails", "yaml"),
    ("stack-outputs-not-turned-into-text-fails", "go"),
    ("stack-outputs-not-turned-into-text-fails", "yaml"),
}


def test_what_the_provider_requires_changes_no_outcome() -> None:
    for name, (rule, example) in shown().items():
        resources = [
            replace(item, inputs=with_required(token_of(rule, item), item.inputs))
            for item in example.case.resources
        ]
        outcome, _ = run_case(rule, replace(example.case, resources=resources))
        assert outcome is example.case.outcome, name


def test_every_program_is_shown_in_every_language() -> None:
    unshown = {
        (name, language)
        for name, (_, example) in shown().items()
        for language in LANGUAGES
        if language not in example.programs
    }
    assert unshown == UNSHOWN
