"""Profiles: named choices of rules and levels that a settings file builds on.

`recommended` is the pack as it is, `strict` asks for more, a framework's name has its rules block,
and a team's own profile is a file or comes with an installed package.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BeforeValidator, Field, model_validator

from apex_guardrails.controls import frameworks
from apex_guardrails.model import EnforcementLevel, Rule
from apex_guardrails.pack.installed import entry_points
from apex_guardrails.settings.enforcement import Enforcement, Strict, unknown_names
from apex_guardrails.settings.layers import (
    NOT_EVALUATED_RULE,
    FrameworkRules,
    Layer,
    Sections,
    StrictRules,
    enforced,
)
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import nearest
from apex_guardrails.support.yaml_files import by_line, line_of, parse, read_yaml

RECOMMENDED: Final = "recommended"
STRICT: Final = "strict"

PROFILE_PACKAGES: Final = "apex_guardrails.profiles"
"""The group of entry points: a profile's name, and the package in which `<name>.yaml` lies."""

LONGEST_CHAIN: Final = 20
"""Profiles that build on one another."""


class FrameworkLevel(enum.StrEnum):
    """What the rules of a framework do at least."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"


class Extended(Strict):
    """A profile that a file builds on: its name, or a framework's with a level."""

    name: str
    level: FrameworkLevel | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"name": given}
        if isinstance(given, dict) and len(given) == 1 and "name" not in given:
            [(name, level)] = given.items()
            return {"name": name, "level": level}
        raise ValueError("expected the name of a profile, or a framework's with its level")


def _as_list(given: Any) -> Any:
    return [given] if isinstance(given, str | dict) else given


Extends = Annotated[tuple[Extended, ...], BeforeValidator(_as_list)]


def extends_field() -> Any:
    """The key of a file that names profiles."""
    return Field(
        (),
        description="Profiles that this builds on, the later ones on top: recommended, strict, a "
        "framework (alone, or with the level of its rules), a file, or what a package brings.",
    )


class ProfileFile(Enforcement):
    """A team's own profile."""

    version: Literal[1] = Field(1, description="The version of this file's format.")
    extends: Extends = extends_field()


@dataclass(frozen=True)
class Profile:
    """A profile, ready to be laid on others.

    Attributes:
        name: as it is named.
        layer: what it changes; `None` for what changes nothing.
        file: where it stands; `None` for the pack's own.
    """

    name: str
    layer: Layer | None
    file: Path | None = None


@dataclass(frozen=True)
class Place:
    """Where profiles are named: a file, the keys above `extends` in it, and its YAML."""

    path: Path
    at: tuple[str, ...]
    node: yaml.Node | None

    def says(self, number: int, what: str) -> str:
        """A sentence about one of the profiles, with file, line and key."""
        keys: tuple[str | int, ...] = (*self.at, "extends", number)
        line = line_of(self.node, keys)
        return f"{self.path}:{line}: {'.'.join(map(str, keys))}: {what}"


def profile_names() -> list[str]:
    """The profiles that the pack has."""
    return [RECOMMENDED, STRICT, *frameworks()]


def resolve(
    extends: Sequence[Extended],
    place: Place,
    known: Mapping[str, Rule],
    chain: tuple[Path, ...] = (),
) -> list[Profile]:
    """The profiles in the order in which they count, each after those that it builds on.

    Args:
        extends: what a file names.
        place: where it does.
        known: all rules, by id.
        chain: the files that led here.

    Raises:
        UsageError: there is no such profile, it is not valid, or it builds on itself.
    """
    found: list[Profile] = []
    problems: list[str] = []
    for number, item in enumerate(extends):
        try:
            found += _resolved(item, number, place, known, chain)
        except UsageError as error:
            problems += str(error).splitlines()
    if problems:
        raise UsageError("\n".join(dict.fromkeys(problems)))
    return found


def named(name: str, rules: Iterable[Rule], option: str) -> dict[str, str]:
    """The levels of rules in a profile that an option of the command line names, by id.

    Raises:
        UsageError: there is no such profile, or it is not valid.
    """
    known = {rule.id: rule for rule in rules}
    said = f"{option} {name}"
    if _is_path(name):
        profiles = _own(name, Path(name), said, known, ())
    elif name in profile_names() or name in _installed():
        profiles = _resolved(
            Extended.model_validate(name), 0, Place(Path(said), (), None), known, ()
        )
    else:
        raise UsageError(f"{said}: {_no_such(name)}")
    layers = tuple(layers_of(profiles))
    return {rule.id: enforced(rule, layers).level for rule in known.values()}


def _resolved(
    item: Extended, number: int, place: Place, known: Mapping[str, Rule], chain: tuple[Path, ...]
) -> list[Profile]:
    name = item.name
    if name in frameworks():
        level = EnforcementLevel(item.level or FrameworkLevel.MANDATORY)
        return [Profile(name, FrameworkRules(name, level))]
    if item.level is not None:
        what = "only a framework takes a level" if name in profile_names() else _no_such(name)
        if _is_path(name) or name in _installed():
            what = "only a framework takes a level; a profile of your own names its rules'"
        raise UsageError(place.says(number, what))
    if name == RECOMMENDED:
        return [Profile(name, None)]
    if name == STRICT:
        return [Profile(name, StrictRules())]
    if _is_path(name):
        file: Path | None = place.path.parent / name
    elif name in _installed():
        file = _packaged(name)
    else:
        raise UsageError(place.says(number, _no_such(name)))
    if file is None:
        what = f"the package {_installed()[name]} has no {name}.yaml"
        raise UsageError(place.says(number, what))
    return _own(name, file, place.says(number, name), known, chain or (place.path,))


def _own(
    name: str, file: Path, where: str, known: Mapping[str, Rule], chain: tuple[Path, ...]
) -> list[Profile]:
    """A team's own profile, after those that it builds on."""
    if not file.is_file():
        raise UsageError(f"{where}: there is no file {file}")
    reached = file.resolve()
    if reached in {path.resolve() for path in chain}:
        names = " -> ".join(path.name for path in (*chain, file))
        raise UsageError(f"{where}: builds on itself ({names})")
    if len(chain) > LONGEST_CHAIN:
        raise UsageError(f"{where}: more than {LONGEST_CHAIN} profiles build on one another")
    content, node = read_yaml(file)
    said = parse(file, ProfileFile, {} if content is None else content, node)
    problems = list(unknown_names(said, (), known, file, node))
    below: list[Profile] = []
    try:
        below = resolve(said.extends, Place(file, (), node), known, (*chain, file))
    except UsageError as error:
        problems += str(error).splitlines()
    if problems:
        raise UsageError("\n".join(by_line(file, problems)))
    keys = {} if said.not_evaluated is None else {NOT_EVALUATED_RULE: said.not_evaluated}
    return [*below, Profile(name, Sections((said,), keys), file)]


def layers_of(profiles: Iterable[Profile]) -> Iterator[Layer]:
    """What some profiles change, the lowest first."""
    return (profile.layer for profile in profiles if profile.layer is not None)


def files_named(content: Any) -> Iterator[str]:
    """The files that `extends` names, at whatever depth of a file's YAML, as it names them."""
    if isinstance(content, list):
        for item in content:
            yield from files_named(item)
    elif isinstance(content, dict):
        for key, value in content.items():
            if key == "extends":
                names = value if isinstance(value, list) else [value]
                yield from (name for name in names if isinstance(name, str) and _is_path(name))
            else:
                yield from files_named(value)


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.endswith((".yaml", ".yml"))


def _no_such(name: str) -> str:
    names = [*profile_names(), *_installed()]
    hint = nearest(name, names) or (
        f" (known: {', '.join(names)}; a file is named by its path, ./{name}.yaml say)"
    )
    return f"there is no profile {name}{hint}"


def _installed() -> Mapping[str, str]:
    """The packages that bring profiles, by the profile's name."""
    return {point.name: point.value for point in entry_points(PROFILE_PACKAGES)}


def _packaged(name: str) -> Path | None:
    """The file of a profile that an installed package brings; `None` where it has none."""
    try:
        spec = find_spec(_installed()[name])
    except (ImportError, ValueError):
        return None
    folders = spec.submodule_search_locations if spec else None
    files = (Path(folder) / f"{name}.yaml" for folder in folders or ())
    return next((file for file in files if file.is_file()), None)
