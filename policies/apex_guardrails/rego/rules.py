"""Policies in Rego as rules: settings give them levels, waivers name them, reports show them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from apex_guardrails.checkov.plan import terraform_plan
from apex_guardrails.model import (
    ANY_TYPE,
    EnforcementLevel,
    NoParameters,
    Rule,
    Severity,
    Stack,
    Violation,
)
from apex_guardrails.model.view import RuleFailedError
from apex_guardrails.rego import conftest
from apex_guardrails.rego.conftest import Result
from apex_guardrails.support.errors import OwnRulesError

SERVICE: Final = "rego"
"""What settings call all such policies together."""

_PACKAGE: Final = re.compile(r"^package\s+([\w.]+)", re.MULTILINE)
_ENTRY: Final = re.compile(r"^((?:deny|violation|warn)(?:_[A-Za-z0-9]+)*)\b", re.MULTILINE)


def rego_rules(folder: Path, program: str) -> Sequence[Rule]:
    """The policies in a folder as rules, one for each `deny`, `violation` or `warn` of a package.

    Args:
        folder: where they are, at any depth.
        program: the conftest that is asked.

    Raises:
        OwnRulesError: one cannot be compiled or read, or there is none.
    """
    entries: dict[str, Path] = {}
    for file in sorted(folder.rglob("*.rego")):
        if file.name.endswith("_test.rego"):
            continue
        try:
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise OwnRulesError(f"{file}: cannot be read as UTF-8 text") from None
        package = _PACKAGE.search(text)
        for name in _ENTRY.findall(text) if package else ():
            entries.setdefault(f"{package[1]}.{name}" if package else name, file)
    # So that what cannot be compiled is said before the program runs.
    conftest.ask(program, folder, "{}")
    if not entries:
        raise OwnRulesError(
            f"{folder}: has no policy: no rule called deny, violation or warn, or deny_NAME"
        )
    asked = _Asked(folder, program)
    return [_rule(entry, file, folder, asked) for entry, file in sorted(entries.items())]


class _Asked:
    """What the policies of a folder say of a stack: asked once for all of them."""

    def __init__(self, folder: Path, program: str) -> None:
        self._folder = folder
        self._program = program
        self._stack: Stack | None = None
        self._results: Sequence[tuple[Result, str]] = ()

    def __call__(self, stack: Stack) -> Sequence[tuple[Result, str]]:
        """Each result, with the URN that it is about."""
        if stack is not self._stack:
            plan = terraform_plan(stack)
            try:
                results = conftest.ask(self._program, self._folder, plan.text())
            except OwnRulesError as error:
                raise RuleFailedError(str(error)) from None
            self._results = [(item, _urn(item, stack, plan.urns)) for item in results]
            self._stack = stack
        return self._results


def _urn(result: Result, stack: Stack, urns: Mapping[str, str]) -> str:
    """What a result is about: what it says itself, else the resource whose address it quotes."""
    urn, address = result.about.get("urn"), result.about.get("address")
    if isinstance(urn, str) and urn in stack.resources:
        return urn
    if isinstance(address, str) and address in urns:
        return urns[address]
    quoted = [
        known
        for known in urns
        if re.search(rf"(?<![\w.-]){re.escape(known)}(?![\w-])", result.message)
    ]
    return urns[max(quoted, key=len)] if quoted else stack.urn


def _rule(entry: str, file: Path, folder: Path, asked: _Asked) -> Rule:
    def check(stack: Stack) -> Iterator[Violation]:
        for result, urn in asked(stack):
            if result.entry == entry:
                yield Violation(urn, result.message)

    is_advice = entry.rpartition(".")[2].startswith("warn")
    where = file.relative_to(folder.parent)
    return Rule(
        id=f"{SERVICE}:{entry}",
        service=SERVICE,
        module=str(where),
        title=f"{entry} of {where} finds nothing",
        why="A policy in Rego asks for it.",
        severity=Severity.MEDIUM,
        on=ANY_TYPE,
        controls=(),
        fix=f"Do what the policy says ({where}).",
        level=EnforcementLevel.ADVISORY if is_advice else EnforcementLevel.MANDATORY,
        scope="stack",
        parameters=NoParameters,
        check=check,
        own_cases=(),
    )
