"""A stack that exists already: what `pulumi stack export` prints, as the model's resources.

The whole file is parsed at once, and Pulumi's special values become the model's while it is: a
hook per JSON object costs far less than views that would be asked for each value. Forms and
signatures: Pulumi's `sdk/go/common/apitype` (`core.go` and the JSON schemas beside it) and
`pkg/resource/stack/deployment.go`, read on 2026-11-25 (deployments of the versions 1 to 4).
"""

from __future__ import annotations

import base64
import binascii
import json
import pickle
import re
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from policies.errors import UsageError
from policies.garbage import no_collections
from policies.model import STACK_TYPE, UNKNOWN, Asset, Resource, ResourceReference, Secret, Stack
from policies.model.value import Value
from policies.provider import resource_type
from policies.sources.wire import ARCHIVE, ASSET, OUTPUT, RESOURCE, SECRET, SIGNATURE

_FLOAT: Final = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"
_BYTES: Final = "803fd3297a5875dc03ca845dda5d2a98"

_NEWEST_VERSION: Final = 4
_WITH_PROPERTY_DEPENDENCIES: Final = 3

_FEATURES: Final = frozenset(
    {
        *("refreshBeforeUpdate", "views", "hooks", "taint", "replaceWith", "byteString"),
        *("snippets-prototype", "extensionParameterization"),
    }
)
"""What a deployment of version 4 may need its reader to know; none of it changes inputs."""

_UNKNOWN_TEXT: Final = re.compile(r'"04da6b54-80e4-46f7-96ec-b56ff0331ba9"(?!\s*:)')
_UNKNOWN_OBJECT: Final = json.dumps({SIGNATURE: OUTPUT})
"""The same as an object, as which the hook sees it."""

_SURROGATE: Final = re.compile(r"\\u[dD]")

_EXPORT: Final = "write one with: pulumi stack export --file FILE"

STANDARD_INPUT: Final = Path("-")

Kind = TypeVar("Kind")


@dataclass
class State:
    """What a file says of one stack.

    Attributes:
        stack: its resources that exist and that Pulumi manages.
        notes: what a reader of the judgement should know.
    """

    stack: Stack
    notes: list[str] = field(default_factory=list)


class StateInputs(dict[str, Value]):
    """A resource's inputs, in which a text can be looked for without taking them apart."""

    _bytes: bytes | None = None

    def serialized(self) -> bytes:
        """Some bytes in which every string of the inputs occurs unchanged."""
        if self._bytes is None:
            self._bytes = pickle.dumps(dict(self), protocol=5)
        return self._bytes


def read_state(file: Path) -> State:
    """The stack in a file, or on standard input for `-`.

    Raises:
        UsageError: it cannot be read, or is no state; the message names the file and the place.
    """
    name = "standard input" if file == STANDARD_INPUT else str(file)
    data = _read(file)
    # Nothing in a state is a cycle: to look for some takes longer than to parse it.
    with no_collections():
        document = _document(data, name)
        del data
        return _Reader(name, "stdin" if file == STANDARD_INPUT else file.stem).state(document)


def _read(file: Path) -> bytes:
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{file}: the file does not exist; {_EXPORT}") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None


def _document(data: bytes, name: str) -> Any:
    if not data.strip():
        raise UsageError(f"{name}: is empty; {_EXPORT}")
    if data.startswith(b"\x1f\x8b"):
        raise UsageError(f"{name}: is compressed: gunzip it first")
    try:
        # PowerShell writes UTF-16, with a mark at its beginning.
        text = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        raise UsageError(f"{name}: is not UTF-8 text, so it is no state; {_EXPORT}") from None
    try:
        return _parse(text)
    except json.JSONDecodeError as error:
        where = f"{name}:{error.lineno}:{error.colno}"
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            raise UsageError(
                f"{where}: the file ends too early: it was cut off; {_EXPORT}"
            ) from None
        raise UsageError(f"{where}: not valid JSON: {error.msg}; {_EXPORT}") from None
    except RecursionError:
        raise UsageError(f"{name}: is nested too deeply to be a state") from None
    except ValueError as error:
        raise UsageError(f"{name}: not valid JSON: {error}; {_EXPORT}") from None


def _parse(text: str) -> Any:
    """JSON as the model's values.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested more deeply than can be read.
    """
    if _UNKNOWN_TEXT.search(text):
        text = _UNKNOWN_TEXT.sub(_UNKNOWN_OBJECT, text)
    if _SURROGATE.search(text):
        # Half of a surrogate pair is no character, and could not be shown: Go replaces it, too.
        whole = json.dumps(json.loads(text, parse_constant=_refused), ensure_ascii=False)
        text = whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.loads(text, object_hook=_value, parse_constant=_refused)


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number in JSON")


def _value(members: dict[str, Any]) -> Value:
    """The model's value for an object whose members are values already.

    One that Pulumi itself would refuse, or that a newer Pulumi wrote, is not known.
    """
    if SIGNATURE in members:
        signature = members[SIGNATURE]
        special = _SPECIAL.get(signature) if isinstance(signature, str) else None
        return UNKNOWN if special is None else special(members)
    # Which inputs the provider filled in by itself: said in every object, and none of them.
    members.pop("__defaults", None)
    return members


def _secret(members: Mapping[str, Any]) -> Value:
    """Encrypted, or in the clear as JSON (`pulumi stack export --show-secrets`)."""
    plaintext = members.get("plaintext")
    if not isinstance(plaintext, str):
        return Secret(UNKNOWN)
    try:
        return Secret(_parse(plaintext))
    except (ValueError, RecursionError):
        return Secret(UNKNOWN)


def _output(members: Mapping[str, Any]) -> Value:
    value = members.get("value", UNKNOWN)
    return Secret(value) if members.get("secret") is True else value


def _asset(members: Mapping[str, Any]) -> Value:
    return Asset(*(_text(members.get(key)) for key in ("text", "path", "uri")))


def _archive(members: Mapping[str, Any]) -> Value:
    if "assets" in members:
        return {"assets": members["assets"]}
    return Asset(None, _text(members.get("path")), _text(members.get("uri")))


def _reference(members: Mapping[str, Any]) -> Value:
    return ResourceReference(_text(members.get("urn")) or "")


def _bits(members: Mapping[str, Any]) -> Value:
    """Infinity, or no number: JSON has neither."""
    try:
        (number,) = struct.unpack(">d", bytes.fromhex(members["value"]))
    except (KeyError, TypeError, ValueError, struct.error):
        return UNKNOWN
    return number


def _octets(members: Mapping[str, Any]) -> Value:
    """A string that is not UTF-8."""
    try:
        return base64.b64decode(members["value"], validate=True).decode(errors="replace")
    except (KeyError, TypeError, binascii.Error, ValueError):
        return UNKNOWN


_SPECIAL: Final = {
    SECRET: _secret,
    OUTPUT: _output,
    ASSET: _asset,
    ARCHIVE: _archive,
    RESOURCE: _reference,
    _FLOAT: _bits,
    _BYTES: _octets,
}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


class _Reader:
    """Reads one document; what is wrong with it is said with the file's name."""

    def __init__(self, name: str, stem: str) -> None:
        self._name = name
        self._stem = stem
        self._notes: list[str] = []

    def state(self, document: Any) -> State:
        deployment, version, stack_name = self._deployment(document)
        resources = self._member(deployment, "resources", list, "deployment") or []
        records = [self._record(item, number) for number, item in enumerate(resources)]
        stack = self._stack(records, stack_name)
        self._about(deployment)
        self._fill(stack, records, version)
        return State(stack, self._notes)

    # -- the envelope ----------------------------------------------------------------------------

    def _deployment(self, document: Any) -> tuple[dict[str, Any], int, str]:
        """The deployment, the version of its form, and the stack's name if the file says it."""
        if not isinstance(document, dict):
            self._no_state(_kind(document))
        version = document.get("version")
        if "checkpoint" in document:
            checkpoint = self._member(document, "checkpoint", dict) or {}
            deployment = self._member(checkpoint, "latest", dict, "checkpoint") or {}
            name = self._member(checkpoint, "stack", str, "checkpoint") or ""
        elif "deployment" in document or set(document) - {"features"} == {"version"}:
            deployment, name = self._member(document, "deployment", dict) or {}, ""
        else:
            self._no_state(_what(document))
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            self._no_state("an object with a deployment and without its version")
        if version > _NEWEST_VERSION:
            raise UsageError(
                f"{self._name}: is a state of version {version}; the newest that apex knows is "
                f"{_NEWEST_VERSION}: a newer apex may read it"
            )
        features = self._texts(document.get("features"), "features")
        if new := sorted(set(features) - _FEATURES):
            self._notes.append(
                f"the state uses what apex does not know ({', '.join(new)}): it may be misread"
            )
        # A checkpoint has the name with its project and organization.
        return deployment, version, name.rpartition("/")[2]

    def _no_state(self, what: str) -> NoReturn:
        raise UsageError(f"{self._name}: is {what}, not a stack's state; {_EXPORT}")

    def _about(self, deployment: Mapping[str, Any]) -> None:
        manifest = self._member(deployment, "manifest", dict, "deployment") or {}
        time = _text(manifest.get("time"))
        self._notes.insert(0, f"the state in {self._name}" + (f", of {time}" if time else ""))
        pending = self._member(deployment, "pending_operations", list, "deployment") or []
        if pending:
            self._notes.append(
                f"{_count(len(pending), 'operation')} of an interrupted update: what came of it is "
                "not in the state (pulumi refresh)"
            )

    # -- resources -------------------------------------------------------------------------------

    def _record(self, item: Any, number: int) -> dict[str, Any]:
        """One resource as it stands there, all of whose members have the right types."""
        at = f"resources[{number}]"
        if not isinstance(item, dict):
            self._wrong(at, "", "an object", item)
        urn = item.get("urn")
        if not isinstance(urn, str):
            self._wrong(at, "urn", "a text", urn)
        if not urn.startswith("urn:pulumi:") or urn.count("::") < 3:  # noqa: PLR2004 the form
            raise UsageError(f"{self._name}: {at}: urn: {urn!r} is no URN; {_EXPORT}")
        for key, kind in _MEMBERS:
            value = item.get(key)
            if value is not None and type(value) is not kind:
                self._wrong(f"{at} ({_shown(urn)})", key, _KINDS[kind], value)
        if item.get("dependencies"):
            self._texts(item["dependencies"], f"{at} ({_shown(urn)}): dependencies")
        for key, urns in (item.get("propertyDependencies") or {}).items():
            self._texts(urns, f"{at} ({_shown(urn)}): propertyDependencies.{_shown(key)}")
        return item

    def _stack(self, records: list[dict[str, Any]], name: str) -> Stack:
        """The stack without resources; its name and project stand in every URN."""
        urn = next(
            (item["urn"] for item in records if item.get("type") == STACK_TYPE),
            records[0]["urn"] if records else "",
        )
        in_urn, _, rest = urn.removeprefix("urn:pulumi:").partition("::")
        return Stack(in_urn or name or self._stem, rest.partition("::")[0], has_config=False)

    def _fill(self, stack: Stack, records: list[dict[str, Any]], version: int) -> None:
        providers = {
            f"{item['urn']}::{item.get('id') or ''}": item.get("inputs") or {}
            for item in records
            if ":pulumi:providers:" in item["urn"]
        }
        left_out = {"external": 0, "delete": 0, "pendingReplacement": 0}
        for number, item in enumerate(records):
            reason = next((key for key in left_out if item.get(key)), None)
            if reason is not None:
                left_out[reason] += 1
                continue
            if item["urn"] in stack.resources:
                raise UsageError(
                    f"{self._name}: resources[{number}]: a second resource with the URN "
                    f"{_shown(item['urn'])}; mend the state (pulumi state repair), and export again"
                )
            resource = _resource(item, stack, providers, version)
            stack.add(resource)
            if resource.type.token == STACK_TYPE:
                outputs = item.get("outputs") or {}
                stack.outputs = Resource(resource.urn, resource.type, outputs, stack)
        for key, says in _LEFT_OUT.items():
            if left_out[key]:
                self._notes.append(f"not judged: {_count(left_out[key], 'resource')} {says}")

    # -- types -----------------------------------------------------------------------------------

    def _member(
        self, where: Mapping[str, Any], key: str, kind: type[Kind], at: str = ""
    ) -> Kind | None:
        value = where.get(key)
        if value is not None and not isinstance(value, kind):
            self._wrong(at, key, _KINDS[kind], value)
        return value

    def _texts(self, value: Any, at: str) -> list[str]:
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong(at, "", "a list", value)
        for item in value:
            if not isinstance(item, str):
                self._wrong(at, "", "a list of texts", item)
        return value

    def _wrong(self, at: str, key: str, expected: str, found: Any) -> NoReturn:
        place = ": ".join(part for part in (self._name, at, key) if part)
        raise UsageError(f"{place}: expected {expected}, not {_kind(found)}; {_EXPORT}")


_MEMBERS: Final[tuple[tuple[str, type], ...]] = (
    *((key, str) for key in ("type", "id", "parent", "provider")),
    *((key, bool) for key in ("custom", "delete", "external", "protect", "pendingReplacement")),
    *((key, dict) for key in ("inputs", "outputs", "propertyDependencies")),
    ("dependencies", list),
)
"""What is read of a resource, and what each must be where it is given."""

_KINDS: Final[Mapping[type, str]] = {
    str: "a text",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}

_LEFT_OUT: Final = {
    "external": "that the program only reads",
    "delete": "that the next update deletes",
    "pendingReplacement": "deleted already, that the next update makes again",
}


def _resource(
    item: Mapping[str, Any],
    stack: Stack,
    providers: Mapping[str, Mapping[str, Value]],
    version: int,
) -> Resource:
    urn = item["urn"]
    inputs = StateInputs(item.get("inputs") or {})
    dependencies = item.get("dependencies") or ()
    of_inputs = {key: urns or () for key, urns in (item.get("propertyDependencies") or {}).items()}
    if version < _WITH_PROPERTY_DEPENDENCIES and dependencies:
        # As Pulumi reads such a state: it does not say which input it is.
        of_inputs = dict.fromkeys(inputs, dependencies)
    resource = Resource(
        urn,
        resource_type(item.get("type") or urn.split("::")[2].rpartition("$")[2]),
        inputs,
        stack,
        parent=item.get("parent") or "",
        custom=item.get("custom") is True,
        is_protected=item.get("protect") is True,
        provider=providers.get(item.get("provider") or ""),
        dependencies=dependencies,
        property_dependencies=of_inputs,
    )
    resource.outputs = item.get("outputs") or {}
    return resource


def _what(document: Mapping[str, Any]) -> str:
    """What an object is that is no state, as far as its keys tell."""
    for keys, what in (
        ({"plan", "version"}, "a plan of `pulumi preview --save-plan`"),
        ({"resourcePlans"}, "a plan of `pulumi preview --save-plan`"),
        ({"changeSummary"}, "the output of `pulumi preview --json`"),
        ({"planned_values"}, "a Terraform plan"),
        ({"terraform_version"}, "a state of Terraform"),
        ({"manifest", "resources"}, "a deployment without the envelope that names its version"),
    ):
        if keys <= set(document):
            return what
    keys_shown = ", ".join(map(_shown, sorted(document)[:5]))
    return f"an object with the keys {keys_shown}" if document else "an empty object"


def _kind(value: object) -> str:
    if isinstance(value, Secret | Asset | ResourceReference) or value is UNKNOWN:
        return "one of Pulumi's special values"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "nothing" if value is None else _KINDS.get(type(value), "something else")


def _shown(text: str) -> str:
    return text if text.isprintable() else repr(text)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
