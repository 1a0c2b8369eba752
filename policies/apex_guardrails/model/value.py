"""What an input can hold: plain data, something not known yet, a secret, a file, a resource.

Plain data is `None`, `bool`, `int`, `float`, `str`, a sequence or a mapping. Sources may hand in
lazy sequences and mappings; nothing here needs more than one level of them at a time.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias


class Unknown(enum.Enum):
    """A value that a preview cannot know yet, because a resource has still to be created."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that carries Pulumi's secret mark. Its representation never shows the value."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(...)"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file or an archive of files: `text` where its content is known, else where it lies."""

    text: str | None = None
    path: str | None = None
    uri: str | None = None
    is_archive: bool = False


class AssetArchive(dict[str, Any]):
    """An archive that the program puts together: under `assets`, what is in it by its path."""


@dataclass(frozen=True, slots=True)
class ResourceReference:
    """Another resource, passed as a value.

    Attributes:
        id: its id, `UNKNOWN` before it exists; `None` of a component, which has none.
    """

    urn: str
    id: Any = None

    @property
    def given(self) -> Any:
        """What a provider is given in its place."""
        return self.urn if self.id is None else self.id


Value: TypeAlias = Any
"""One of the kinds above; `Any`, because rules compare it with what they expect."""

Step: TypeAlias = "str | int"

KnownParts: TypeAlias = "tuple[str | None, ...]"
"""A text of which not all is known: the texts in it that are, in order, and `None` for a hole."""


def filled(parts: KnownParts, hole: str) -> str:
    """A text of which not all is known, with something in place of each hole."""
    return "".join(hole if part is None else part for part in parts)


@dataclass(frozen=True, slots=True)
class SecretOrigin:
    """A secret output that a value is made from.

    Attributes:
        token: of the resource's type, or of the function that answers with it.
        output: its path in what that gives.
        resource: the resource's name; "" for a function.
        is_unmarked: whether the program has taken the secret mark away.
    """

    token: str
    output: str
    resource: str = ""
    is_unmarked: bool = False


_STEP = re.compile(r"""(?:^|\.)([^.\[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]""", re.DOTALL)
_PLAIN_KEY = re.compile(r"[^.\[\]]+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@lru_cache(maxsize=4096)
def parse_path(path: str) -> tuple[Step, ...]:
    """The steps of a path such as `settings.databaseFlags[0].name` or `labels["a.b"]`.

    Raises:
        ValueError: the text is not a path.
    """
    steps: list[Step] = []
    end = 0
    for match in _STEP.finditer(path):
        if match.start() != end:
            break
        end = match.end()
        key, index, quoted = match.groups()
        if index is not None:
            steps.append(int(index))
        else:
            steps.append(_ESCAPED.sub(r"\1", quoted) if key is None else key)
    if end != len(path) or not steps:
        raise ValueError(f"not a property path: {path!r}")
    return tuple(steps)


def join_path(path: str, step: Step) -> str:
    """The path one step further down; the inverse of `parse_path`."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if _PLAIN_KEY.fullmatch(step):
        return f"{path}.{step}" if path else step
    escaped = re.sub(r'["\\]', r"\\\g<0>", step)
    return f'{path}["{escaped}"]'


def from_json(text: str) -> Value:
    """What a JSON text holds.

    Raises:
        ValueError: it is not JSON, or nested more deeply than can be read.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def unwrap(value: Value) -> Value:
    """The value without its secret mark."""
    while isinstance(value, Secret):
        value = value.value
    return value


def is_true(value: Value) -> bool:
    """Whether a yes or no is a yes; a map of texts, and YAML, hold it as `"true"` or `"True"`."""
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def member(element: Value, key: str) -> Value:
    """A member of a list's element, without its secret mark; `UNKNOWN` where the element is."""
    element = unwrap(element)
    if isinstance(element, Mapping):
        return unwrap(element.get(key))
    return UNKNOWN if element is UNKNOWN else None


def pairs(elements: Sequence[Value], first: str, second: str) -> Iterator[tuple[Value, Value]]:
    """Two `member`s of each element; a lazy sequence may know a way without making the elements."""
    of_all = getattr(elements, "pairs", None)
    if of_all is None:
        return _pairs(elements, first, second)
    found: Iterator[tuple[Value, Value]] = of_all(first, second)
    return found


def _pairs(elements: Sequence[Value], first: str, second: str) -> Iterator[tuple[Value, Value]]:
    for element in elements:
        if element.__class__ is dict:
            one, other = element.get(first), element.get(second)
            # So it is nearly always.
            if one.__class__ is str and other.__class__ is str:
                yield one, other
                continue
        yield member(element, first), member(element, second)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One scalar or unknown value inside a resource's inputs."""

    path: str
    value: Value
    is_secret: bool


_SCALARS: Final = (str, int, float, Unknown, type(None))
"""What most leaves are; to ask whether something behaves like a mapping takes far longer."""


def leaves(value: Value, path: str = "", *, is_secret: bool = False) -> Iterator[Leaf]:
    """Every scalar, asset and unknown below a value, with its path, in document order."""
    pending: list[tuple[str, Value, bool]] = [(path, value, is_secret)]
    while pending:
        here, item, secret = pending.pop()
        while isinstance(item, Secret):
            item, secret = item.value, True
        if isinstance(item, _SCALARS):
            yield Leaf(here, item, secret)
        elif isinstance(item, Mapping):
            pending.extend(
                (join_path(here, key), item[key], secret) for key in reversed(list(item))
            )
        elif isinstance(item, Sequence):
            pending.extend(
                (join_path(here, index), item[index], secret)
                for index in reversed(range(len(item)))
            )
        else:
            yield Leaf(here, item, secret)


def has_secrets(value: Value) -> bool:
    """Whether a secret mark lies on a value, or may on something in it; never wrongly false."""
    if isinstance(value, Secret):
        return True
    if isinstance(value, _SCALARS):
        return False
    if isinstance(value, Mapping):
        # What is lazy knows a way without making its members.
        asked = getattr(value, "has_secrets", None)
        return any(map(has_secrets, value.values())) if asked is None else bool(asked())
    return isinstance(value, Sequence) and any(map(has_secrets, value))
