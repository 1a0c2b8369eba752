"""The programs that the rules' pages show."""

from __future__ import annotations

from functools import cache

from apex_guardrails.model import Rule
from apex_guardrails.model.case import Case
from apex_guardrails.rules import all_rules
from apex_guardrails.scaffold.examples import Example, examples
from apex_guardrails.scaffold.programs import LANGUAGES, program_of

RULES = {rule.id: rule for rule in all_rules()}


@cache
def shown() -> dict[str, tuple[Rule, Example]]:
    """Every example, by a name that a file can have."""
    return {
        f"{rule.id}-{example.title.lower()}": (rule, example)
        for rule in RULES.values()
        for example in examples(rule)
    }


def shown_in(language: str) -> dict[str, str]:
    """The programs in a language, by a name that a file can have."""
    return {
        name: example.programs[language]
        for name, (_, example) in shown().items()
        if language in example.programs
    }


def source(language: str, case: Case, rule: str = "sql-root-user-has-password") -> str:
    """The program of a case in a language."""
    return LANGUAGES[language].source(program_of(RULES[rule], case))
