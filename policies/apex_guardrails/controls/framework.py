"""The frameworks that rules give evidence for, one file each in `frameworks/`.

A file lists every control of its framework, so that what no rule looks at is seen too, and the
rules that are evidence for it. Ids are the framework's own; titles are ours, as a standard's text
is its publisher's. A rule's own file names the same check elsewhere: a benchmark's recommendation,
or a check of another tool (`checkov:`, `trivy:`), which is no framework.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field, StrictStr

from apex_guardrails.controls.files import Sourced, Strict
from apex_guardrails.support.errors import PackError
from apex_guardrails.support.yaml_files import read_packaged

FOLDER: Final = Path(__file__).with_name("frameworks")


@dataclass(frozen=True)
class Control:
    """One control of a framework.

    Attributes:
        framework: the framework's id, such as `cis-gcp-4.0`.
        number: what the framework calls it, such as `6.6`.
        title: the state in which it is met, in our words.
        unseen: why no rule can see it in a program; "" where one can.
        rules: ids of the rules that its framework's file names as evidence.
        earlier: what earlier versions of the framework call it, such as `cis-gcp-4.0:6.6`.
    """

    framework: str
    number: str
    title: str
    unseen: str = ""
    rules: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """What rules call it, such as `cis-gcp-4.0:6.6`."""
        return f"{self.framework}:{self.number}"


@dataclass(frozen=True)
class Framework:
    """A benchmark, standard or law, with all of its controls in its own order."""

    id: str
    name: str
    version: str
    source: str
    controls: Sequence[Control]


class _Unseen(Strict):
    why: StrictStr
    controls: tuple[StrictStr, ...]


class _CarriedOver(Strict):
    """Controls that an earlier version has under another number: theirs by ours."""

    framework: StrictStr
    controls: dict[StrictStr, StrictStr]


class _File(Sourced):
    controls: dict[StrictStr, StrictStr] = Field(description="Titles by number.")
    rules: dict[StrictStr, tuple[StrictStr, ...]] = Field(
        default={}, description="Ids of the rules that are evidence, by number."
    )
    cannot_be_seen: tuple[_Unseen, ...] = ()
    carried_over: _CarriedOver | None = None


@cache
def frameworks() -> Mapping[str, Framework]:
    """Every framework by its id, which is its file's name.

    Raises:
        PackError: a file contradicts itself.
    """
    return {path.stem: _framework(path) for path in files()}


def files() -> Sequence[Path]:
    """The files of all frameworks, sorted by name."""
    return sorted(FOLDER.glob("*.yaml"))


@cache
def controls() -> Mapping[str, Control]:
    """Every control of every framework by the id that rules call it."""
    return {
        control.id: control for framework in frameworks().values() for control in framework.controls
    }


@cache
def _framework(path: Path) -> Framework:
    file = read_packaged(path, _File)
    key = path.stem
    unseen = {number: group.why for group in file.cannot_be_seen for number in group.controls}
    _check_numbers(path, "cannot_be_seen", unseen, file.controls)
    _check_numbers(path, "rules", file.rules, file.controls)
    if both := unseen.keys() & file.rules.keys():
        raise PackError(f"{path}: rules: cannot be seen by any rule: {_listed(both)}")
    found = [
        Control(key, number, title, unseen.get(number, ""), file.rules.get(number, ()))
        for number, title in file.controls.items()
    ]
    if (carried := file.carried_over) is not None:
        earlier = _framework(path.with_name(f"{carried.framework}.yaml"))
        by_number = {control.number: control for control in earlier.controls}
        _check_numbers(path, "carried_over", carried.controls.values(), by_number)
        for ours, theirs in carried.controls.items():
            same = by_number[theirs]
            ids = (*same.earlier, same.id)
            found.append(replace(same, framework=key, number=ours, earlier=ids))
        found.sort(key=lambda control: _order(control.number))
    return Framework(key, file.name, file.version, file.source, tuple(found))


def _check_numbers(path: Path, key: str, numbers: Iterable[str], known: Container[str]) -> None:
    if unknown := [number for number in numbers if number not in known]:
        raise PackError(f"{path}: {key}: no such controls: {_listed(unknown)}")


def _listed(numbers: Iterable[str]) -> str:
    return ", ".join(sorted(numbers))


def _order(number: str) -> list[tuple[int, str]]:
    """Sorts 1.10 after 1.9."""
    return [(int(part) if part.isdigit() else 0, part) for part in number.split(".")]
