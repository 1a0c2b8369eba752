"""Rules of a team's own, in a folder that settings name: a folder per service, a file per rule.

They are what the pack's rules are, and are proven in the same way, before they judge anything.
"""

from __future__ import annotations

import ast
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from importlib.util import decode_source
from inspect import unwrap
from pathlib import Path, PurePosixPath
from typing import Final

from apex_guardrails.controls import with_controls
from apex_guardrails.model import Rule
from apex_guardrails.model.services import former_name
from apex_guardrails.pack.answers_in_time import answering_in_time
from apex_guardrails.pack.read_modules import ReadModules
from apex_guardrails.pack.rules import FILL_IN, MOST_FAILURES, is_unfinished, take_for_proven
from apex_guardrails.rules import rules_of
from apex_guardrails.support.errors import Interruption, OwnRulesError
from apex_guardrails.support.time_limits import TookTooLongError, time_limit
from apex_guardrails.testing import CaseFailure, run_cases

DEPTH: Final = 2
"""A folder for the service, and the file."""

LARGEST: Final = 4 * 1024 * 1024
"""Bytes; a rule larger than this is a mistake."""


def with_own_rules(rules: Iterable[Rule], folders: Iterable[Path]) -> Sequence[Rule]:
    """Rules with those of some folders among them, sorted by id.

    Raises:
        OwnRulesError: a folder is broken, or has a rule that is there already.
    """
    known = {rule.id: rule for rule in rules}
    places: dict[str, str] = {}
    for folder in folders:
        for rule in own_rules(folder):
            if rule.id in known:
                first = places.get(rule.id, known[rule.id].module)
                raise OwnRulesError(f"{_place(rule)}: the rule {rule.id} is already in {first}")
            known[rule.id] = rule
            places[rule.id] = _place(rule)
    return tuple(known[rule_id] for rule_id in sorted(known))


def own_rules(folder: Path) -> Sequence[Rule]:
    """The rules in a folder, after all their cases have been run.

    Raises:
        OwnRulesError: a file is broken, is not where it belongs or has no rule, a case does not go
            as it says, or there is nothing at all.
    """
    return _loaded(folder, tuple(sorted(_read(folder))))


def _read(folder: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The Python files below a folder; what begins with a full stop is none of ours."""
    for file in folder.rglob("*.py"):
        path = PurePosixPath(file.relative_to(folder).as_posix())
        if any(part.startswith(".") or part == "__pycache__" for part in path.parts):
            continue
        try:
            with file.open("rb") as opened:
                content = opened.read(LARGEST + 1)
        except OSError as error:
            raise OwnRulesError(f"{file}: cannot be read: {error.strerror}") from None
        if len(content) > LARGEST:
            raise OwnRulesError(f"{file}: has more than {LARGEST:,} bytes")
        yield path, content


LOAD_SECONDS: Final = 60.0
"""How long a file may take to be imported, and for its cases."""


# While a program is watched, most of what is judged again has the same rules.
@lru_cache(maxsize=8)
def _loaded(folder: Path, files: tuple[tuple[PurePosixPath, bytes], ...]) -> Sequence[Rule]:
    sources = dict(files)
    modules = ReadModules(folder, sources)
    found: list[Rule] = []
    for path in filter(_holds_rules, sources):
        if len(path.parts) != DEPTH:
            raise OwnRulesError(
                f"{folder / path}: rules belong in a folder for their service, such as "
                f"{folder / 'sql' / path.name}; what helps them is called _{path.name}"
            )
        try:
            with time_limit(LOAD_SECONDS):
                found += _proven(path, sources[path], modules)
        except TookTooLongError as error:
            where, _ = _raised(error, folder / path, folder)
            raise OwnRulesError(
                f"{where}: the rule was not loaded, and its cases run, within "
                f"{LOAD_SECONDS:.0f} seconds"
            ) from None
    if not found:
        raise OwnRulesError(
            f"{folder}: has no rules; they belong in a folder for each service "
            f"(`apex new-rule --rules {folder}` writes one)"
        )
    proven = tuple(
        answering_in_time(rule, partial(_line_of, file=Path(rule.file), folder=folder))
        for rule in with_controls(found)
    )
    take_for_proven(proven)
    return proven


def _line_of(error: BaseException, *, file: Path, folder: Path) -> str:
    where, _ = _raised(error, file, folder)
    return where


def _proven(path: PurePosixPath, content: bytes, modules: ReadModules) -> Sequence[Rule]:
    """The rules in a file, after their cases have been run."""
    file = modules.folder / path
    rules = [replace(rule, file=str(file)) for rule in _rules_in(path, modules)]
    for rule in rules:
        words = [name.replace("_", "-") for name in (former_name(rule.service), rule.service)]
        if not rule.id.startswith(tuple(f"{word}-" for word in words)):
            raise OwnRulesError(
                f"{_place(rule)}: {rule.id} is a rule of {rule.service}, so its id begins with "
                f"{words[0]}-, and a file of one rule is called "
                f"{words[0].replace('-', '_')}_NAME.py"
            )
    _prove(file, decode_source(content), rules)
    return rules


def _holds_rules(path: PurePosixPath) -> bool:
    return not any(part.startswith("_") for part in path.parts)


def _rules_in(path: PurePosixPath, modules: ReadModules) -> Sequence[Rule]:
    file = modules.folder / path
    try:
        rules = rules_of(modules.load(path))
    except Interruption:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 whatever a file raises
        where, what = _raised(error, file, modules.folder)
        said = what.removeprefix(f"{modules.name_of(path)}: ")
        raise OwnRulesError(f"{where}: the rule cannot be loaded: {said}") from None
    if not rules:
        raise OwnRulesError(
            f"{file}:1: has no rule: no function under @rule, and no RULES; "
            f"what helps rules is called _{path.name}"
        )
    return rules


def _raised(error: BaseException, file: Path, folder: Path) -> tuple[str, str]:
    """Where in a folder something was raised, and what."""
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return f"{error.filename}:{error.lineno}", f"{error.msg} (SyntaxError)"
    text = "sys.exit() was called" if isinstance(error, SystemExit) else str(error).strip()
    first = text.splitlines()[0] if text else ""
    kind = type(error).__name__
    what = f"{first} ({kind})" if first and not isinstance(error, SystemExit) else first or kind
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).is_relative_to(folder):
            return f"{frame.filename}:{frame.lineno}", what
    return f"{file}:1", what


def _place(rule: Rule) -> str:
    """The file and line of a rule's function."""
    code = getattr(unwrap(rule.check), "__code__")  # noqa: B009 not in Callable's type
    return f"{code.co_filename}:{code.co_firstlineno}"


def _prove(file: Path, source: str, rules: Sequence[Rule]) -> None:
    """Runs the cases of the rules in a file."""
    for rule in rules:
        if is_unfinished(rule):
            lines = source.splitlines()
            line = next((n for n, text in enumerate(lines, start=1) if FILL_IN in text), 1)
            raise OwnRulesError(f"{file}:{line}: still says {FILL_IN}; write what is asked for")
    failures: list[str] = []
    for rule in rules:
        try:
            failures += [_failure(file, source, rule, failure) for failure in run_cases([rule])]
        except Exception as error:  # noqa: BLE001 a case that cannot even be built
            where, what = _raised(error, file, file.parent)
            failures.append(f"{where}: a case of {rule.id} cannot be run: {what}")
    if failures:
        more = len(failures) - MOST_FAILURES
        said = failures[:MOST_FAILURES] + ([f"  ... and {more:,} more"] if more > 0 else [])
        raise OwnRulesError("\n".join([*said, "rules that fail their own cases judge nothing"]))


def _failure(file: Path, source: str, rule: Rule, failure: CaseFailure) -> str:
    if not rule.cases:
        return (
            f"{_place(rule)}: {rule.id} has no cases: at least one that passes, and one that fails"
        )
    line = _line_of_case(source, failure.number) if rule.own_cases is None else None
    return f"{file}:{line}: {failure}" if line else f"{_place(rule)}: {failure}"


def _line_of_case(source: str, number: int) -> int | None:
    """Where a case stands in the list `CASES`, counted from 1, if that can be told."""
    for node in ast.parse(source).body:
        targets: Mapping[str, ast.expr | None] = {}
        if isinstance(node, ast.Assign):
            targets = {item.id: node.value for item in node.targets if isinstance(item, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            targets = {node.target.id: node.value}
        value = targets.get("CASES")
        if isinstance(value, ast.List | ast.Tuple):
            before = value.elts[:number]
            if len(before) == number and not any(isinstance(x, ast.Starred) for x in before):
                return before[-1].lineno
            return value.lineno
    return None
