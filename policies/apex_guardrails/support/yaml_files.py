"""Reads the YAML files that people write: strictly, with file and line in every error."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import choices, found, mismatch, nearest

LARGEST: Final = 4 * 1024 * 1024
"""Bytes; a configuration file larger than this is a mistake."""

MOST_NODES: Final = 200_000
"""Values a file may have once its aliases are resolved."""

_FASTEST: Final = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

Model = TypeVar("Model", bound=BaseModel)


class _StrictLoader(yaml.SafeLoader):
    """Refuses what YAML allows and a configuration file must not have."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 the signature of PyYAML's
        seen: dict[Any, yaml.Node] = {}
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, list | dict):
                raise yaml.MarkedYAMLError(
                    problem="a key must be text", problem_mark=key_node.start_mark
                )
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} is repeated (first in line "
                    f"{seen[key].start_mark.line + 1})",
                    problem_mark=key_node.start_mark,
                )
            seen[key] = key_node
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def _resolve_as_pulumi() -> None:
    """Plain scalars mean what they mean to Pulumi: `no` and `3:00` are texts, as in YAML 1.2."""
    tag = "tag:yaml.org,2002:{}".format
    replaced = {tag(kind) for kind in ("bool", "int", "float", "timestamp")}
    _StrictLoader.yaml_implicit_resolvers = {
        first: [item for item in resolvers if item[0] not in replaced]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    digits = list("-+0123456789.")
    for kind, pattern, first in (
        ("bool", "true|True|TRUE|false|False|FALSE", list("tTfF")),
        ("int", "[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)", digits),
        ("float", r"[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?", digits),
    ):
        _StrictLoader.add_implicit_resolver(tag(kind), re.compile(f"(?:{pattern})$"), first)


_resolve_as_pulumi()


def read_yaml(path: Path) -> tuple[Any, yaml.Node | None]:
    """The content of a YAML file, and its syntax tree for line numbers.

    Raises:
        UsageError: the file is missing, unreadable, not YAML, has a key twice or is far too large.
    """
    try:
        about = path.stat()
    except OSError:
        # Reading it says why.
        return _read_yaml(path)
    content, node = _read_once(path, (about.st_mtime_ns, about.st_size, about.st_ino))
    return copy.deepcopy(content), node


def read_packaged(path: Path, model: type[Model]) -> Model:
    """A file that the package brings, read by libyaml where PyYAML has it: many times as fast.

    Whether it has a key twice is for the tests to see.

    Raises:
        UsageError: what is wrong in it, as of any other file.
    """
    try:
        return model.model_validate(yaml.load(_read_text(path), _FASTEST))  # noqa: S506 a safe one
    except (yaml.YAMLError, ValidationError):
        return parse(path, model, *read_yaml(path))


# A run reads the project's file several times, and while a program is watched few files change.
@lru_cache(maxsize=16)
def _read_once(path: Path, _stamp: tuple[int, int, int]) -> tuple[Any, yaml.Node | None]:
    return _read_yaml(path)


def _read_yaml(path: Path) -> tuple[Any, yaml.Node | None]:
    return read_yaml_text(path, _read_text(path))


def read_yaml_text(path: Path, text: str) -> tuple[Any, yaml.Node | None]:
    """The content of a YAML file whose text is known, as `read_yaml` has it.

    Raises:
        UsageError: it is not YAML, or has a key twice.
    """
    try:
        loader = _StrictLoader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UsageError(
            f"{path}:{line}: not valid YAML: {error.reason} (U+{ord(text[error.position]):04X})"
        ) from None
    try:
        node = loader.get_single_node()
        if node is None:
            return None, None
        _count(node, path)
        return loader.construct_document(node), node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f":{mark.line + 1}" if mark else ""
        raise UsageError(f"{path}{where}: not valid YAML: {_problem(error)}") from None
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: not valid YAML: {str(error).splitlines()[0]}") from None
    except (ValueError, RecursionError) as error:
        what = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise UsageError(f"{path}: not valid YAML: {what}") from None
    except (ArithmeticError, AttributeError, LookupError, TypeError):
        # What PyYAML says of `!!bool x` and the like is not meant for people.
        raise UsageError(f"{path}: not valid YAML: a value does not fit its tag (!!...)") from None
    finally:
        loader.dispose()


def _problem(error: yaml.MarkedYAMLError) -> str:
    """What PyYAML says, in words for people."""
    problem = str(error.problem)
    if r"'\t' that cannot start" in problem:
        return "a tab; lines are indented with spaces"
    return problem.replace("'<stream end>'", "the end of the file")


def read_model(path: Path, model: type[Model], *, largest: int, written_by: str) -> Model:
    """What a command of ours wrote as JSON.

    Args:
        path: the file.
        model: what it must hold.
        largest: bytes that it may have.
        written_by: the command, for whoever gave another file.

    Raises:
        UsageError: it cannot be read, or is something else.
    """
    try:
        return model.model_validate_json(_read(path, largest))
    except ValidationError as errors:
        first = errors.errors()[0]
        key = ".".join(map(str, first["loc"]))
        where = f"{path}: {key}" if key else str(path)
        raise UsageError(f"{where}: {mismatch(first)}; `{written_by}` writes such a file") from None


def _read(path: Path, most: int) -> bytes:
    """The content of a file that has no more bytes than that, be it that it has no end."""
    try:
        # Nobody may be writing into it, ever; what a shell gives for `<(command)` is a pipe, too.
        if path.is_fifo() and not str(path).startswith(("/dev/fd/", "/proc/self/fd/")):
            raise UsageError(f"{path}: is a pipe, not a file")
        with path.open("rb") as file:
            data = file.read(most + 1)
        size = max(len(data), path.stat().st_size)
    except FileNotFoundError:
        raise UsageError(f"{path}: the file does not exist") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > most:
        raise UsageError(f"{path}: has {size:,} bytes; the limit is {most:,}")
    return data


def _read_text(path: Path) -> str:
    data = _read(path, LARGEST)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}:{line}: is not UTF-8 text; save the file as UTF-8") from None


def _count(root: yaml.Node, path: Path) -> None:
    """Refuses aliases that would unfold into more than a machine can hold, or into themselves."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: yaml.Node) -> int:
        known = sizes.get(id(node))
        if known is not None:
            return known
        if id(node) in open_nodes:
            line = node.start_mark.line + 1
            raise UsageError(f"{path}:{line}: an alias contains itself")
        open_nodes.add(id(node))
        total = 1
        if isinstance(node, yaml.MappingNode):
            total += sum(size(key) + size(value) for key, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            total += sum(size(item) for item in node.value)
        open_nodes.discard(id(node))
        sizes[id(node)] = total
        return total

    if size(root) > MOST_NODES:
        raise UsageError(f"{path}: its aliases expand to more than {MOST_NODES:,} values")


def line_of(node: yaml.Node | None, keys: Iterable[str | int]) -> int | None:
    """The line, counted from 1, of a key; of the nearest one above it where it is absent."""
    line = None
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            entry = next((pair for pair in node.value if pair[0].value == str(key)), None)
            if entry is None:
                break
            line, node = entry[0].start_mark.line + 1, entry[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _node_at(node: yaml.Node | None, keys: Iterable[str | int]) -> yaml.Node | None:
    """What stands at a key; `None` where nothing does."""
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            node = next((value for name, value in node.value if name.value == str(key)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            node = node.value[key] if key < len(node.value) else None
        else:
            return None
    return node


def by_line(path: Path, mistakes: Iterable[str]) -> list[str]:
    """Mistakes in the order of the file that they are in."""

    def line(mistake: str) -> int:
        number = mistake.removeprefix(f"{path}:").partition(":")[0]
        return int(number) if number.isdigit() else 0

    return sorted(mistakes, key=line)


def parse(path: Path, model: type[Model], content: Any, node: yaml.Node | None) -> Model:
    """The content of a file as a model.

    Raises:
        UsageError: every mistake on a line of its own, with file, line and key.
    """
    if not isinstance(content, dict):
        said = (
            f"is empty{_needed(model)}"
            if content is None
            else f"expected keys and values, found {found(content)}"
        )
        where = f"{path}:{node.start_mark.line + 1}" if node else str(path)
        raise UsageError(f"{where}: {said}")
    try:
        return model.model_validate(content)
    except ValidationError as errors:
        mistakes = [_mistake(path, model, error, node) for error in _mistakes(errors)]
        raise UsageError("\n".join(by_line(path, mistakes))) from None


def _needed(model: type[BaseModel]) -> str:
    names = [key for key, info in _fields(model, ()).items() if info.is_required()]
    return f"; expected {' and '.join(names)}" if names else ""


def _mistakes(errors: ValidationError) -> Iterator[dict[str, Any]]:
    """What Pydantic complains of, without what follows from another one.

    It counts the valid items of a list alone: one that is wrong may make the list too short.
    """
    problems = errors.errors()
    for error in problems:
        place = error["loc"]
        below = (other["loc"][: len(place)] == place != other["loc"] for other in problems)
        if error["type"] != "too_short" or not any(below):
            yield dict(error)


def _mistake(
    path: Path, model: type[BaseModel], error: dict[str, Any], node: yaml.Node | None
) -> str:
    location = tuple(step for step in error["loc"] if step != "[key]")
    is_of_key = location != error["loc"]
    if error["type"] != "missing" and isinstance(_node_at(node, location[:-1]), yaml.ScalarNode):
        location = location[:-1]  # a short form: the key below is the model's, not the file's
    key = ".".join(map(str, location))
    line = line_of(node, location)
    where = f"{path}:{line}: {key}" if line else f"{path}: {key}"
    if error["type"] == "extra_forbidden":
        return f"{where}: {_unknown_key(location[-1], _fields(model, location[:-1]))}"
    if error["type"] == "enum" and is_of_key:
        return f"{where}: {_unknown_key(location[-1], choices(error))}"
    if error["type"] == "invalid_key" or (error["type"] == "string_type" and is_of_key):
        return f"{where}: expected text as a key, found {found(error['input'])}; put it in quotes"
    if error["type"] == "missing":
        field = _fields(model, location[:-1]).get(str(location[-1]))
        about = (field.description or "").rstrip(".") if field else ""
        return f"{where}: is missing" + (f" ({about[0].lower()}{about[1:]})" if about else "")
    return f"{where}: {mismatch(error)}"


def _unknown_key(key: str | int, known: Collection[str]) -> str:
    listed = f" (known keys: {', '.join(sorted(known))})" if known else ""
    return f"unknown key{nearest(str(key), known)}{listed}"


def _fields(model: type[BaseModel], location: Iterable[Any]) -> dict[str, FieldInfo]:
    """By the name that it has in a file: what a model has at a location."""
    for step in location:
        info = model.model_fields.get(str(step)) or next(
            (item for item in model.model_fields.values() if item.alias == step), None
        )
        inner = info.annotation if info else None
        candidates = [inner, *getattr(inner, "__args__", ())]
        below = [
            item for item in candidates if isinstance(item, type) and issubclass(item, BaseModel)
        ]
        if below:
            model = below[0]
    return {info.alias or name: info for name, info in model.model_fields.items()}
