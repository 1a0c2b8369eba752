"""The tools: what each takes, what it says of itself, and what it does.

They read, and run the program that is named, as `apex preview` does. None takes settings, a
selection of rules or a severity: what stops a deployment is not an agent's to choose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from apex_guardrails.agents.answers import of_estimate, of_judgement
from apex_guardrails.agents.changes import since_baseline, since_report
from apex_guardrails.agents.confines import Confines
from apex_guardrails.agents.waivers import waivers_of
from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.judgement.versions import read_judgement
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.runs.preview import cost_offline, preview_offline
from apex_guardrails.scaffold.explained import explained
from apex_guardrails.sources.offline.preview import OfflinePreview
from apex_guardrails.sources.offline.project import DEFAULT_STACK, Project
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import nearest
from apex_guardrails.support.text import one_line

Starts = Callable[[OfflinePreview], None]
"""Told of the program before it is started, so that it can be stopped."""

_PATH: Final = 1024
_NAME: Final = 100


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class OfProgram(_Arguments):
    """A program and its stack."""

    program: str = Field(
        ".", max_length=_PATH, description="The folder with the Pulumi.yaml, below the root."
    )
    stack: str | None = Field(
        None, max_length=_NAME, description="The stack; the only one, or dev, if left out."
    )

    def stack_of(self, project: Project) -> str:
        """The stack that is meant."""
        stacks = project.stacks()
        return self.stack or (stacks[0] if len(stacks) == 1 else DEFAULT_STACK)


class OfRule(_Arguments):
    """A rule, and the language to explain it in."""

    rule: str = Field(max_length=_NAME, description="The rule's id, such as sql-no-public-ip.")
    language: Literal["python", "typescript", "go", "yaml"] = Field(
        "python", description="The language of the fix and of the programs that are shown."
    )


class OfBase(OfProgram):
    """A program, and what it is compared with."""

    base: str | None = Field(
        None,
        max_length=_PATH,
        description="A file below the root that `apex preview --format json` wrote; the "
        "policy-baseline.json beside the settings if left out.",
    )


class OfCostBase(OfProgram):
    """A program, and what it cost before."""

    against: str | None = Field(
        None,
        max_length=_PATH,
        description="A file below the root that `apex cost --format json` or `apex preview "
        "--format json` wrote: adds what differs.",
    )


class OfSettings(_Arguments):
    """A program whose settings are read."""

    program: str = Field(
        ".", max_length=_PATH, description="The folder with the Pulumi.yaml, below the root."
    )


@dataclass(frozen=True)
class Tool:
    """A tool.

    Attributes:
        title: for people.
        description: for the model that chooses it.
        takes: its arguments.
        runs_program: whether it runs code of the repository; the others read files alone.
        does: the tool itself.
    """

    title: str
    description: str
    takes: type[_Arguments]
    runs_program: bool
    does: Callable[[Any, Starts], Mapping[str, Any]]


class Tools:
    """The tools below one root folder."""

    def __init__(self, confines: Confines, timeout: float) -> None:
        """The tools.

        Args:
            confines: the folder.
            timeout: seconds that a program may take.
        """
        self._confines = confines
        self._timeout = timeout
        self.by_name: Mapping[str, Tool] = {
            "evaluate_program": Tool(
                "Evaluate a program",
                "Runs a Pulumi program offline, deploys nothing, and says whether it may be "
                "deployed: every finding with rule, file, line, reason and fix, and the cost. "
                "Run it after each change of the program. A finding is mended in the program; "
                "only the settings' owners may waive one.",
                OfProgram,
                runs_program=True,
                does=self._evaluate,
            ),
            "explain_rule": Tool(
                "Explain a rule",
                "All about one rule: what it wants, why, how to mend a program, and a program "
                "that passes.",
                OfRule,
                runs_program=False,
                does=_explain,
            ),
            "estimate_cost": Tool(
                "Estimate the cost",
                "Runs a Pulumi program offline and estimates what the stack would cost a month in "
                "US dollars, by resource. What has no price is listed, and is in no total.",
                OfCostBase,
                runs_program=True,
                does=self._estimate,
            ),
            "what_changes": Tool(
                "What changes",
                "Runs a Pulumi program offline and compares with an earlier report or the "
                "baseline: new, fixed and kept findings, and what changes the cost.",
                OfBase,
                runs_program=True,
                does=self._compare,
            ),
            "list_waivers": Tool(
                "List the waivers",
                "The waivers in the program's policy-pack.yaml: rule, resource, owner, reason and "
                "end. They cannot be added or changed from here.",
                OfSettings,
                runs_program=False,
                does=self._waivers,
            ),
        }

    def run(
        self, name: str, arguments: Mapping[str, Any] | None, starts: Starts = lambda _: None
    ) -> Mapping[str, Any]:
        """What a tool answers.

        Raises:
            ApexError: it is refused, or there is no answer; the message says why.
        """
        tool = self.by_name.get(name)
        if tool is None:
            known = ", ".join(self.by_name)
            raise UsageError(f"{one_line(name, _NAME)}: there is no such tool; there are {known}")
        try:
            given = tool.takes.model_validate(dict(arguments or {}))
        except ValidationError as error:
            raise UsageError("\n".join(_mistakes(error, tool.takes))) from None
        return tool.does(given, starts)

    def _evaluate(self, given: OfProgram, starts: Starts) -> Mapping[str, Any]:
        return of_judgement(self._judged(given, starts).judgement)

    def _compare(self, given: OfBase, starts: Starts) -> Mapping[str, Any]:
        base = None
        if given.base is not None:
            base = read_judgement(self._confines.report(given.base))
        result = self._judged(given, starts)
        return since_baseline(result) if base is None else since_report(base, result.judgement)

    def _estimate(self, given: OfCostBase, starts: Starts) -> Mapping[str, Any]:
        against = None if given.against is None else self._confines.report(given.against)
        project = self._confines.project(given.program)
        report, _ = cost_offline(
            project.root,
            given.stack_of(project),
            None,
            self._timeout,
            against,
            ask=_nobody,
            starts=starts,
        )
        return of_estimate(report)

    def _waivers(self, given: OfSettings, _starts: Starts) -> Mapping[str, Any]:
        return waivers_of(self._confines.project(given.program))

    def _judged(self, given: OfProgram, starts: Starts) -> RunResult:
        project = self._confines.project(given.program)
        stack = given.stack_of(project)
        # Other programs of the repository are not run for their outputs: only this one was named.
        return preview_offline(project.root, stack, None, self._timeout, ask=_nobody, starts=starts)


def _explain(given: OfRule, _starts: Starts) -> Mapping[str, Any]:
    rules = {rule.id: rule for rule in known_rules()}
    rule = rules.get(given.rule)
    if rule is None:
        hint = nearest(given.rule.lower(), rules) or "; `apex policies list` shows them all"
        raise UsageError(f"{one_line(given.rule, _NAME)}: the pack has no such rule{hint}")
    return {
        "rule": rule.id,
        "severity": rule.severity.value,
        "text": [line for part in explained(rule, given.language) for line in part.split("\n")],
    }


def _nobody(_names: object) -> None:
    return None


def _mistakes(error: ValidationError, takes: type[_Arguments]) -> list[str]:
    """What is wrong with arguments, by name; a value that a client sent is not repeated."""
    names = ", ".join(takes.model_fields)
    return [
        f"{one_line('.'.join(map(str, item['loc'])), _NAME)}: {item['msg']}"
        + (f" (known: {names})" if item["type"] == "extra_forbidden" else "")
        for item in error.errors(include_input=False, include_url=False)[:_MOST_MISTAKES]
    ]


_MOST_MISTAKES: Final = 5
