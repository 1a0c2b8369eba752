"""The controls of frameworks and what a run says of them: as tables, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from apex_guardrails.controls import ControlCoverage, FrameworkCoverage, Result
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.judgement.pipeline import RunResult
from apex_guardrails.reports.console import Report
from apex_guardrails.reports.terminal import Page

_COLOURS: Final = {
    Result.RULE_FAILED: "bold red",
    Result.FAILS: "red",
    Result.UNDECIDED: "yellow",
    Result.WAIVED: "cyan",
    Result.PASSES: "green",
}


def render(
    covered: Iterable[FrameworkCoverage], result: RunResult | None, console: Console
) -> None:
    """Shows a table for each framework, and under it how many controls have which result.

    Args:
        covered: what is shown.
        result: the run it comes from; `None` where no program was run.
        console: where it is shown.
    """
    for line in _heading(result):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    for item in covered:
        about = item.framework
        title = escape(f"{about.name} {about.version}")
        console.print(f"\n[bold]{title}[/] [dim]{escape(about.source)}[/]", soft_wrap=True)
        console.print(_table(item.controls))
        console.print(summary(item), markup=False, highlight=False, soft_wrap=True)
    if result is not None:
        _shown(result, console).failures()


def _shown(result: RunResult, console: Console) -> Report:
    return Report(result.judgement, Page(console), result.root, is_verbose=False)


def _heading(result: RunResult | None) -> Iterator[str]:
    if result is None:
        yield "No program was run: these are the rules that would be evaluated."
        return
    judgement = result.judgement
    yield f"{judgement.project}, stack {judgement.stack}"
    yield f"settings: {result.pipeline.settings.source}"
    if not _is_whole(judgement):
        yield "incomplete: the program or a rule failed, and not everything was evaluated"


def _is_whole(judgement: Judgement) -> bool:
    return judgement.is_complete and not judgement.program_errors and not judgement.rule_errors


def _table(controls: Iterable[ControlCoverage]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("control", no_wrap=True)
    table.add_column("result", no_wrap=True)
    table.add_column("title", overflow="fold", ratio=2)
    table.add_column("evidence", overflow="fold", ratio=3)
    for item in controls:
        colour = _COLOURS.get(item.result, "dim")
        table.add_row(
            escape(item.control.number),
            f"[{colour}]{item.result}[/]",
            escape(item.control.title),
            escape("\n".join(_evidence(item))),
        )
    return table


def _evidence(item: ControlCoverage) -> Iterator[str]:
    """The rules by what they say, each with the number of resources that it says so of."""
    if item.result is Result.CANNOT_BE_SEEN:
        yield item.control.unseen
    for result in Result:
        rules = [rule for rule in item.rules if rule.result is result]
        if rules:
            names = (
                f"{found.rule.id} ({found.counts[result]})"
                if found.counts[result]
                else found.rule.id
                for found in rules
            )
            yield f"{result}: {', '.join(names)}"


def summary(item: FrameworkCoverage) -> str:
    """How many controls of a framework have which result, in one line."""
    parts = [f"{result} {count}" for result, count in _ordered(item.counts)]
    return f"{item.framework.id}: {len(item.controls)} controls: {', '.join(parts)}"


def _ordered(counts: Counter[Result]) -> list[tuple[Result, int]]:
    return [(result, counts[result]) for result in Result if counts[result]]


def as_json(covered: Sequence[FrameworkCoverage], result: RunResult | None) -> str:
    """The same for programs, with what each rule says."""
    return json.dumps(
        {"run": _run(result), "frameworks": [_framework(i) for i in covered]}, indent=2
    )


def _run(result: RunResult | None) -> dict[str, Any] | None:
    if result is None:
        return None
    judgement = result.judgement
    return {
        "project": judgement.project,
        "stack": judgement.stack,
        "settings": result.pipeline.settings.source,
        "complete": _is_whole(judgement),
        "program_errors": list(judgement.program_errors),
        "rule_errors": sorted({error.rule for error in judgement.rule_errors}),
    }


def _framework(item: FrameworkCoverage) -> dict[str, Any]:
    about = item.framework
    return {
        "id": about.id,
        "name": about.name,
        "version": about.version,
        "source": about.source,
        "counts": dict(_ordered(item.counts)),
        "controls": [_control(control) for control in item.controls],
    }


def _control(item: ControlCoverage) -> dict[str, Any]:
    return {
        "id": item.control.id,
        "title": item.control.title,
        "result": item.result,
        **({"reason": item.control.unseen} if item.result is Result.CANNOT_BE_SEEN else {}),
        "rules": [
            {"id": found.rule.id, "result": found.result, "counts": dict(_ordered(found.counts))}
            for found in item.rules
        ],
    }
