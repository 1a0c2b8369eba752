"""What `apex explain` says of a rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from apex_guardrails.judgement.fixes import fix_in
from apex_guardrails.model import Rule
from apex_guardrails.scaffold.examples import examples
from apex_guardrails.scaffold.programs import LANGUAGES
from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.support.errors import UsageError

_DEFAULT: Final = "python"


def explained(rule: Rule, language: str) -> Iterator[str]:
    """All about a rule, a line each.

    Args:
        rule: the rule.
        language: what the fix and the programs are written in, by its name in `LANGUAGES`.
    """
    yield from replace(rule, fix=fix_in(LANGUAGES[language].ending, rule.fix)).describe()
    for example in examples(rule):
        conditions = f" with {example.conditions}" if example.conditions else ""
        shown = language if language in example.programs else _DEFAULT
        stated = "" if shown == language else f" (in {LANGUAGES[shown].name})"
        yield f"\n{example.title.lower()}{conditions}{stated}:\n"
        yield example.programs[shown].rstrip()


def language_here(folder: Path) -> str:
    """The language of the program in a folder; Python where there is none, or in another one."""
    try:
        runtime = load_project(folder).content.runtime.name
    except UsageError:
        return _DEFAULT
    return next((name for name, each in LANGUAGES.items() if each.runtime == runtime), _DEFAULT)
