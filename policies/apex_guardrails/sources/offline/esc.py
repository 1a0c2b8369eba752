"""What the environments of Pulumi ESC give a stack, as far as settings say what is in them.

A stack file imports environments by name (`environment:`); here nobody can open them. Settings give
what `esc env open` prints, plain or detailed, or an environment's definition. What is secret in it,
by its mark or by its name, becomes a placeholder. Source: `github.com/pulumi/esc`, its `Value` and
the reference of environment definitions (2026-11).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from apex_guardrails.model.credentials.names import Meaning, meaning
from apex_guardrails.sources.offline.secure import SECURE, is_secure

_NOT_SHOWN: Final = "[secret]"
_DETAILED: Final = frozenset({"value", "secret", "unknown", "trace"})
CREDENTIALS: Final = frozenset({Meaning.PASSWORD, Meaning.SECRET, Meaning.ISSUED})
"""What the name of a variable, or of a key, says where its value is a credential."""
_REFERENCE: Final = re.compile(r"\$\{([^}]+)\}")


Read = Callable[[], Any]


class _Unknown:
    """A value that only ESC itself can open."""


_UNKNOWN: Final = _Unknown()


@dataclass(frozen=True, slots=True)
class Opened:
    """What environments give a stack.

    Attributes:
        config: by config key; what is secret is marked as in a stack file, `{"secure": ...}`.
        variables: environment variables, marked in the same way.
        files: by the environment variable that names it, what is in a file, marked in the same way.
        missing: the environments that settings say nothing of.
        unknown: the paths of values that only ESC itself can open.
    """

    config: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Any] = field(default_factory=dict)
    missing: Sequence[str] = ()
    unknown: Sequence[str] = ()


def open_environment(section: Any, given: Mapping[str, Read]) -> Opened:
    """What the `environment` of a stack file gives.

    Args:
        section: the names that it imports, or a definition with `imports` and `values`.
        given: by name, what reads what settings say of an environment.

    Raises:
        UsageError: a file of theirs cannot be read.
    """
    missing: list[str] = []
    values = _defined(
        {"imports": section} if isinstance(section, list) else section, given, missing
    )
    sections = {
        name: _object(values.get(name))
        for name in ("pulumiConfig", "environmentVariables", "files")
    }
    unknown = [
        f"{name}.{key}"
        for name, section in sections.items()
        for key, value in section.items()
        if _holds_unknown(value)
    ]
    config, variables, files = (
        {key: _named(key, value) for key, value in section.items() if not _holds_unknown(value)}
        for section in sections.values()
    )
    return Opened(
        config,
        {key: _as_text(value) for key, value in variables.items()},
        {key: _as_text(value) for key, value in files.items()},
        missing,
        unknown,
    )


def _object(value: Any) -> dict[str, Any]:
    """A value that is to be an object; none where it is something else."""
    return value if isinstance(value, dict) else {}


def _defined(content: Any, given: Mapping[str, Read], missing: list[str]) -> dict[str, Any]:
    """The values of a definition, or of what was opened; later ones come before earlier ones."""
    if not isinstance(content, dict):
        return {}
    if not {"imports", "values"} & content.keys():
        return _object(_plain(content.get("properties", content)))
    merged: dict[str, Any] = {}
    for name in _imports(content.get("imports")):
        bare = name.partition("@")[0]
        if name in given or bare in given:
            read = given[name] if name in given else given[bare]
            rest = {key: value for key, value in given.items() if key not in {name, bare}}
            merged = _merged(merged, _defined(read(), rest, missing))
        elif name not in missing:
            missing.append(name)
    merged = _merged(merged, _object(_plain(content.get("values"))))
    resolved: dict[str, Any] = _resolved(merged, merged, ())
    return resolved


def _imports(section: Any) -> Iterator[str]:
    for item in section if isinstance(section, list) else ():
        # `- name: {merge: false}` is taken for a name alone.
        yield from map(str, item) if isinstance(item, dict) else (str(item),)


def _merged(first: dict[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(first)
    for key, value in second.items():
        below = merged.get(key)
        is_object = isinstance(below, dict) and isinstance(value, dict)
        is_secret = is_object and (is_secure(below) or is_secure(value))
        merged[key] = _merged(below or {}, value) if is_object and not is_secret else value
    return merged


def _plain(value: Any) -> Any:
    """What was opened or defined without ESC's own forms, with secrets marked as Pulumi does."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return {SECURE: None} if value == _NOT_SHOWN else value
    if "value" in value and value.keys() <= _DETAILED and len(value) > 1:
        if value.get("unknown"):
            return _UNKNOWN
        inner = _plain(value["value"])
        return {SECURE: inner} if value.get("secret") and not is_secure(inner) else inner
    if set(value) == {"fn::secret"}:
        hidden = value["fn::secret"]
        return {SECURE: None if isinstance(hidden, dict) else hidden}
    if any(str(key).startswith("fn::") for key in value):
        return _UNKNOWN
    return {str(key): _plain(item) for key, item in value.items()}


def _resolved(value: Any, root: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """A value with what it refers to in the place of `${...}`."""
    if isinstance(value, dict):
        return {key: _resolved(item, root, path) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, root, path) for item in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole:
        return _referred(whole[1], root, path)
    pieces = [_referred(found[1], root, path) for found in _REFERENCE.finditer(value)]
    if any(isinstance(piece, _Unknown) for piece in pieces):
        return _UNKNOWN
    if any(is_secure(piece) for piece in pieces):
        return {SECURE: value}
    texts = iter([piece if isinstance(piece, str) else json.dumps(piece) for piece in pieces])
    return _REFERENCE.sub(lambda _: next(texts), value)


def _referred(name: str, root: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    if name in path:
        return _UNKNOWN
    value: Any = root
    for step in re.findall(r'[^.\[\]"]+', name):
        value = value.get(step, _UNKNOWN) if isinstance(value, dict) else _UNKNOWN
    return _resolved(value, root, (*path, name))


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(_holds_unknown, value))
    return isinstance(value, _Unknown)


def _named(name: str, value: Any) -> Any:
    """A value, marked where what it is called says that it is a credential."""
    if is_secure(value):
        return value
    if isinstance(value, dict):
        return {key: _named(key, item) for key, item in value.items()}
    if isinstance(value, str) and meaning(name.rpartition(":")[2]) in CREDENTIALS:
        return {SECURE: value}
    return value


def _as_text(value: Any) -> Any:
    return value if isinstance(value, str) or is_secure(value) else json.dumps(value)
