"""A run of `apex fleet audit`: what there is, who judges it, and where the rows go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from apex_guardrails.fleet.batches import Batch, Engine, InProcess, batches_of
from apex_guardrails.fleet.commit import commit
from apex_guardrails.fleet.judging import Judge
from apex_guardrails.fleet.parts import states_in
from apex_guardrails.fleet.places import PATIENCE
from apex_guardrails.fleet.plan import Plan
from apex_guardrails.fleet.progress import Progress
from apex_guardrails.fleet.results import Results
from apex_guardrails.fleet.rule_rows import framework_rows, rule_rows
from apex_guardrails.fleet.states import StateObject, find_states
from apex_guardrails.fleet.stopped import KEPT, UnwritableError
from apex_guardrails.fleet.tables import VERSION
from apex_guardrails.fleet.work import OtherwiseError, Work, resumed
from apex_guardrails.model.phrases import counted
from apex_guardrails.pack.about import pack_info, rules_digest
from apex_guardrails.support.errors import ExitCode, UsageError, worst


@dataclass(frozen=True)
class Asked:
    """What a run was asked for.

    Attributes:
        destination: the folder or bucket of the tables.
        plan: how stacks are judged.
        jobs: processes on this machine.
        scheduler: the address of a cluster; "" for none.
        is_resumed: whether to go on with a run that was stopped.
        is_day_given: whether the day is not simply today.
        patience: seconds for which a bucket is asked again.
    """

    destination: str
    plan: Plan
    jobs: int = 1
    scheduler: str = ""
    is_resumed: bool = False
    is_day_given: bool = False
    patience: float = PATIENCE


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        states: that were found for the shard.
        codes: how many stacks have which exit code by themselves.
        failures: how many states could not be judged, by why.
        destination: where the tables are.
        kept: how many of them an earlier run had judged.
    """

    states: int
    codes: Counter[ExitCode]
    failures: Counter[str]
    destination: str
    kept: int = 0

    @property
    def exit_code(self) -> ExitCode:
        """The worst of the stacks'; 2 where one could not be judged."""
        codes = [code for code, number in self.codes.items() if number]
        return worst([*codes, *([ExitCode.USAGE] if self.failures else [])])


def audit_fleet(asked: Asked, progress: Progress) -> Outcome:
    """Judges the stacks of a fleet, and writes what was found as tables.

    Raises:
        UsageError: the sources, the settings, the cluster or the destination cannot be used.
        PackError: the pack fails its own cases.
    """
    plan = asked.plan
    judge = Judge(plan)
    results = Results(asked.destination, asked.patience)
    found = find_states(plan.sources, asked.patience)
    if not found:
        raise UsageError(
            f"{', '.join(plan.sources)}: no state was found; expected the layout of Pulumi's "
            "backends (.pulumi/stacks/PROJECT/STACK.json), or exported states (*.json)"
        )
    states = [state for state in found if state.is_of(plan.shard, plan.shards)]
    results.begin(plan.day, plan.shards)
    work = _work(asked, results, judge.settings.digest(), states, progress)
    plan = replace(plan, day=work.day)
    judge.plan = plan
    try:
        return _audit(asked, progress, work, plan, judge, states)
    except UnwritableError as error:
        raise UnwritableError(f"{error}\n  {KEPT}") from None


def _work(
    asked: Asked,
    results: Results,
    digest: str,
    states: Sequence[StateObject],
    progress: Progress,
) -> Work:
    """The run that goes on, or one that begins."""
    work = None
    if asked.is_resumed:
        listed = {state.address for state in states}
        try:
            work = resumed(results, asked.plan, digest, listed, is_day_given=asked.is_day_given)
        except OtherwiseError:
            progress.warn(
                f"{results.shown}: the stopped run used other sources, settings or another version "
                "of apex, so this one begins anew"
            )
    return work or Work.begun(results, asked.plan, digest)


def _audit(  # noqa: PLR0913, PLR0917 each is a fact of its own
    asked: Asked,
    progress: Progress,
    work: Work,
    plan: Plan,
    judge: Judge,
    states: Sequence[StateObject],
) -> Outcome:
    """Judges what is left, and moves all of it into place."""
    kept = len(work.done)
    left = [state for state in states if state.address not in work.done]
    with progress.of(len(states), kept):
        if left:
            engine = _engine(asked, plan, judge)
            batches = batches_of(left, asked.jobs)
            _judge_all(engine, batches, work, progress.advance)
    work.count_once()
    done = list(work.done.values())
    codes = Counter(ExitCode(it.exit_code) for it in done if not it.kind)
    outcome = Outcome(
        len(done), codes, Counter(it.kind for it in done if it.kind), work.results.shown, kept
    )
    progress.say(f"writing the tables of {counted(len(done), 'state')}")
    pages = judge.settings.fleet.settings.reports.rule_pages
    commit(
        work,
        plan,
        _run_row(plan, work, judge, outcome),
        list(rule_rows(judge.rules, pages, are_own=False)),
        list(framework_rows(plan.day, judge.rules)),
    )
    return outcome


def _engine(asked: Asked, plan: Plan, judge: Judge) -> Engine:
    if asked.jobs == 1 and not asked.scheduler:
        return InProcess(plan, judge)
    from apex_guardrails.fleet.cluster import Cluster

    return Cluster(plan, asked.jobs, asked.scheduler, judge.settings.digest())


def _judge_all(
    engine: Engine,
    batches: Sequence[Batch],
    work: Work,
    advance: Callable[[int, int], None],
) -> None:
    for part in engine.run(batches, advance):
        work.add(part, states_in(part))


def _run_row(plan: Plan, work: Work, judge: Judge, outcome: Outcome) -> dict[str, Any]:
    settings = judge.settings.fleet.settings
    failed = sum(outcome.failures.values())
    return {
        "date": plan.day,
        "shard": plan.shard,
        "shards": plan.shards,
        "run": work.run,
        "schema": VERSION,
        "apex": pack_info()["version"],
        "rules_sha256": rules_digest(judge.rules),
        "started": work.started,
        "finished": datetime.now(UTC),
        "sources": " ".join(source.partition("?")[0] for source in plan.sources),
        "states": outcome.states,
        "judged": outcome.states - failed,
        "failed": failed,
        "exit_code": int(outcome.exit_code),
        "resumed": work.resumed,
        "settings_file": str(settings.path or ""),
        "settings_sha256": settings.digest,
    }
