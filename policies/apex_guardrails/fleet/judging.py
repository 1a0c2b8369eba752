"""Judges stacks one by one, in whatever process; what goes wrong with one is a row of it."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from apex_guardrails.fleet.memory import limited_memory
from apex_guardrails.fleet.plan import Chosen, Plan, SettingsOfMany
from apex_guardrails.fleet.reading import UnreadableError, read_bytes
from apex_guardrails.fleet.rows import Rows, error_rows, rows_of
from apex_guardrails.fleet.states import StateObject
from apex_guardrails.fleet.tables import STACK_COLUMNS, STACKS
from apex_guardrails.judgement.circumstances import Source
from apex_guardrails.judgement.pipeline import Pipeline
from apex_guardrails.model import Rule
from apex_guardrails.pack.rules import checked_rules
from apex_guardrails.settings import waivers_for
from apex_guardrails.sources.documents.file import CutOffError
from apex_guardrails.sources.state import state_in
from apex_guardrails.sources.unasked import ABOUT_CONFIG
from apex_guardrails.support.errors import ApexError, PackError, UsageError

MOST_PIPELINES: Final = 64
"""That are kept: of the settings of one project, and the name of a stack."""


_EXIT_CODE: Final = STACKS.names.index("exit_code") - len(STACK_COLUMNS)
"""Where a row of a stack has it."""


@dataclass(frozen=True)
class Judged:
    """What came of one stack.

    Attributes:
        state: where it is.
        project: its name.
        stack: its name.
        owner: whose it is.
        rows: by table.
        exit_code: of the stack by itself; 2 where it could not be judged.
    """

    state: StateObject
    project: str
    stack: str
    owner: str
    rows: Rows
    exit_code: int = 2


@dataclass
class Judge:
    """Judges stacks by the settings of a plan.

    Attributes:
        plan: what was asked for.
        rules: the pack's.
        settings: of the fleet and of its projects.
    """

    plan: Plan
    rules: tuple[Rule, ...] = ()
    settings: SettingsOfMany = field(init=False)
    _pipelines: dict[tuple[int, str, str], Pipeline] = field(default_factory=dict)
    own_rules: dict[str, Rule] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Reads the rules and the fleet's settings.

        Raises:
            UsageError: the settings are not valid.
            PackError: the pack fails.
        """
        self.rules = tuple(checked_rules())
        self.settings = SettingsOfMany(self.plan, self.rules)
        self._packaged = {rule.id for rule in self.rules}
        self._learn(self.settings.fleet)

    def judge(self, state: StateObject) -> Judged:
        """What came of one stack. Nothing that is wrong with it alone is raised.

        Raises:
            PackError: the pack fails its own cases: it must not judge anything.
        """
        try:
            with limited_memory(self.plan.memory):
                return self._judged(state)
        except UnreadableError as error:
            return self._failed(state, error.kind, error.message, error.attempts)
        except MemoryError:
            gc.collect()
            what = f"{state.address}: judging it takes more than {self.plan.memory:,} MB of memory"
            return self._failed(state, "out of memory", what)
        except CutOffError as error:
            return self._failed(state, "truncated", str(error))
        except PackError:
            raise
        except _SettingsError as error:
            return self._failed(state, "settings", str(error))
        except ApexError as error:
            return self._failed(state, "not a state", str(error))
        except Exception as error:  # noqa: BLE001 whatever it is, the other stacks go on
            what = f"{state.address}: unexpected {type(error).__name__}; a defect of apex"
            return self._failed(state, "unexpected", what)

    def _judged(self, state: StateObject) -> Judged:
        began = time.process_time()
        if not state.is_state:
            raise UnreadableError(
                "not a state", f"{state.address}: is not named like a state (STACK.json)"
            )
        read = state_in(read_bytes(state), state.address, state.stack)
        stack = read.stack
        try:
            project = stack.project or state.project
            chosen = self._chosen(project)
            pipeline = self._pipeline(chosen, stack.name, project)
            found = pipeline.outline(stack, pipeline.decide(stack))
            if any(it.error.rstrip().endswith(MemoryError.__name__) for it in found.errors):
                # No rule is to blame for how large a stack is.
                raise MemoryError
            owners = self.plan.owners.of(state, stack)
            rows = rows_of(
                found,
                waivers_for(chosen.settings, stack.name),
                state,
                chosen,
                owners,
                self.plan.day,
                datetime.now(UTC),
                time.process_time() - began,
            )
            code = int(rows["stacks"][0][_EXIT_CODE])
            return Judged(state, project, stack.name, owners[0], rows, code)
        finally:
            # Resources know their stack: without it they would stay for the garbage collector.
            stack.dissolve()

    def _chosen(self, project: str) -> Chosen:
        try:
            chosen = self.settings.of(project)
        except UsageError as error:
            raise _SettingsError(str(error)) from None
        self._learn(chosen)
        return chosen

    def _pipeline(self, chosen: Chosen, stack: str, project: str) -> Pipeline:
        key = (id(chosen.settings), stack, project if chosen.folder else "")
        if key not in self._pipelines:
            if len(self._pipelines) >= MOST_PIPELINES:
                del self._pipelines[next(iter(self._pipelines))]
            try:
                self._pipelines[key] = Pipeline(
                    chosen.settings,
                    stack,
                    chosen.settings.known_rules,
                    Source.STATE,
                    project=chosen.folder,
                    left_out=ABOUT_CONFIG,
                    today=self.plan.day,
                )
            except UsageError as error:
                raise _SettingsError(str(error)) from None
        return self._pipelines[key].anew()

    def _learn(self, chosen: Chosen) -> None:
        """Remembers rules of teams' own."""
        if len(chosen.settings.known_rules) > len(self.rules):
            for rule in chosen.settings.known_rules:
                if rule.id not in self._packaged:
                    self.own_rules.setdefault(rule.id, rule)

    def _failed(self, state: StateObject, kind: str, message: str, attempts: int = 1) -> Judged:
        owner, _ = self.plan.owners.of(state, None)
        rows = error_rows(state, kind, message, attempts)
        return Judged(state, state.project, state.stack, owner, rows)


class _SettingsError(UsageError):
    """The settings of one project cannot be used."""
