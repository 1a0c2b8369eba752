"""Cloud SQL's database flags: a table of them is a family of rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from apex_guardrails.gcp.databases import runs_engine
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import case
from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import Check
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN, Value, pairs
from apex_guardrails.model.view import UndecidedError
from apex_guardrails.model.violation import Violation
from apex_guardrails.rules.families.table import RuleTable

FLAGS = "settings.databaseFlags"


@dataclass(frozen=True)
class Flag:
    """One flag, and what it must be.

    Attributes:
        name: as Google's documentation of the engine's flags has it.
        allowed: the values that pass, in lower case; none where it must not be set at all.
        required: whether leaving it out fails, because the engine's own default would.
    """

    name: str
    allowed: tuple[str, ...]
    required: bool


def flags_of_engine(engine: str) -> RuleTable[Flag]:
    """Rules about the flags of an engine, such as POSTGRES."""
    return RuleTable(
        on=SQL_DATABASE_INSTANCE,
        check=_check,
        fix=_fix,
        when=runs_engine(engine),
        cases=partial(_all_cases, engine),
        own_cases=partial(_own_cases, engine),
    )


def _check(flag: Flag) -> Check:
    def check(instance: Resource) -> Iterator[Violation]:
        given = flags_of(instance)
        for path, value in given.values(flag.name):
            if value.lower() not in flag.allowed:
                yield instance.fail(f"sets the database flag {flag.name} to {value!r}", at=path)
        if given.unknown:
            raise UndecidedError(given.unknown)
        if flag.required and flag.name not in given.by_name:
            yield instance.fail(f"does not set the database flag {flag.name}", at=FLAGS)

    return check


@dataclass(slots=True)
class GivenFlags:
    """The flags of an instance.

    Attributes:
        by_name: places in the list, with the value that is given there, by the flag.
        unknown: the path of a flag whose name is not known.
    """

    by_name: dict[str, list[tuple[int, Value]]] = field(default_factory=dict)
    unknown: str = ""

    def values(self, name: str) -> Iterator[tuple[str, str]]:
        """Where a flag is set, and to what; to "" where its value is left out.

        Raises:
            UndecidedError: a value is not known before deployment.
        """
        for index, value in self.by_name.get(name, ()):
            path = f"{FLAGS}[{index}].value"
            if value is UNKNOWN:
                raise UndecidedError(path)
            yield path, "" if value is None else str(value)


def flags_of(instance: Resource) -> GivenFlags:
    """The flags that an instance sets."""
    return instance.once(_flags)


def _flags(instance: Resource) -> GivenFlags:
    given = GivenFlags()
    flags = instance.peek(FLAGS)
    if flags is UNKNOWN:
        given.unknown = FLAGS
    elif isinstance(flags, Sequence) and not isinstance(flags, str):
        for index, (name, value) in enumerate(pairs(flags, "name", "value")):
            if isinstance(name, str):
                given.by_name.setdefault(name, []).append((index, value))
            elif name is UNKNOWN:
                given.unknown = given.unknown or f"{FLAGS}[{index}]"
    return given


def _fix(flag: Flag) -> str:
    if not flag.allowed:
        return f'Remove "{flag.name}" from settings.database_flags.'
    wanted = f'{{"name": "{flag.name}", "value": "{flag.allowed[0]}"}}'
    also = "" if flag.required else ", or leave it out"
    return f"Set {wanted} in settings.database_flags{also}."


def _settings(*given: object) -> dict[str, object]:
    return {"databaseFlags": list(given)}


def _own_cases(engine: str, flag: Flag) -> Iterator[Case]:
    """Those of a flag's name and values, and one each of all else that the rule needs."""
    version = f"{engine}_X"
    wrong = _settings({"name": flag.name, "value": "wrong"})
    for value in flag.allowed:
        given = _settings({"name": flag.name, "value": value})
        yield case.passes(databaseVersion=version, settings=given)
    yield case.fails(databaseVersion=version, settings=wrong)
    left_out = case.fails if flag.required else case.passes
    yield left_out(databaseVersion=version, settings={})
    yield case.not_applicable(databaseVersion="ANOTHER_ENGINE", settings=wrong)
    yield case.not_applicable(settings={})
    yield case.not_applicable(databaseVersion=version, clone={"sourceInstanceName": "of"})
    yield case.undecided(databaseVersion=version, settings={"databaseFlags": case.UNKNOWN})
    yield case.undecided(databaseVersion=case.UNKNOWN, settings=_settings())


def _all_cases(engine: str, flag: Flag) -> Iterator[Case]:
    version = f"{engine}_X"
    left_out = case.fails if flag.required else case.passes
    other = {"name": "another_flag", "value": "nothing"}
    yield from _own_cases(engine, flag)
    for value in flag.allowed:
        given = _settings({"name": flag.name, "value": value.upper()})
        yield case.passes(databaseVersion=version, settings=given)
    for wrong in ({"value": "wrong"}, {"value": ""}, {}):
        given = _settings(other, {"name": flag.name, **wrong})
        yield case.fails(databaseVersion=version, settings=given)
    yield left_out(databaseVersion=version, settings=_settings(other))
    yield left_out(databaseVersion=version, settings=_settings({"value": "wrong"}))
    yield left_out(databaseVersion=version, settings=_settings())
    yield case.fails(
        databaseVersion=version,
        settings=_settings(case.UNKNOWN, {"name": flag.name, "value": "wrong"}),
    )
    for unknown in (
        case.UNKNOWN,
        {"name": case.UNKNOWN, "value": "wrong"},
        {"name": flag.name, "value": case.UNKNOWN},
    ):
        yield case.undecided(databaseVersion=version, settings=_settings(unknown))
