"""The programs that show what fails a rule and what passes, made from the rule's own cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from apex_guardrails.model import Outcome, Rule, Secret
from apex_guardrails.model.case import Case
from apex_guardrails.model.credentials import may_hold_token
from apex_guardrails.scaffold.programs import LANGUAGES, NoProgramError, program_of

_LONGEST: Final = 1500
"""Characters of a program in Python; a longer one explains nothing."""

_TITLES: Final = {Outcome.FAILS: "Fails", Outcome.PASSES: "Passes"}


@dataclass(frozen=True)
class Example:
    """A program that a rule fails, or one that passes.

    Attributes:
        title: what the rule says of it.
        case: which of the rule's cases it is.
        conditions: what must be in the settings or the config; "" for nothing.
        programs: it, by the language's name in `LANGUAGES`; Python is always there.
    """

    title: str
    case: Case
    conditions: str
    programs: Mapping[str, str]


def examples(rule: Rule) -> list[Example]:
    """What fails a rule and what passes, as far as a program can show it."""
    return [example for outcome in _TITLES if (example := _example(rule, outcome))]


def _example(rule: Rule, outcome: Outcome) -> Example | None:
    """The first case with an outcome that can be shown: short, and without a made-up credential."""
    for case in rule.cases:
        has_values = case.outputs or any(item.inputs for item in case.resources)
        if case.outcome is not outcome or not has_values:
            continue
        programs = _programs(rule, case)
        if "python" not in programs or len(programs["python"]) > _LONGEST:
            continue
        if not any(may_hold_token(text.encode()) for text in programs.values()):
            return Example(_TITLES[outcome], case, _conditions(case), programs)
    return None


def _programs(rule: Rule, case: Case) -> dict[str, str]:
    programs = {}
    for name, language in LANGUAGES.items():
        try:
            programs[name] = language.source(program_of(rule, case))
        except NoProgramError:
            continue
    return programs


def _conditions(case: Case) -> str:
    """The settings and the config with which the case has its outcome; "" for the defaults."""
    parameters = [f"`{name}: {json.dumps(value)}`" for name, value in case.parameters.items()]
    config = [
        f"`{key.rpartition(':')[2]}: {json.dumps(value.value)}`"
        for key, value in case.config.items()
        if isinstance(value, Secret)
    ]
    places = ((parameters, "the settings"), (config, "the secret config"))
    return " and ".join(f"{', '.join(found)} in {place}" for found, place in places if found)
