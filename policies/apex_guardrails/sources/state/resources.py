"""The resources of a state, one by one."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any, Final

from apex_guardrails.model import Resource, Stack, type_of
from apex_guardrails.model.value import Value
from apex_guardrails.provider import current, current_names, resource_type
from apex_guardrails.sources.documents.form import Form, quote
from apex_guardrails.support.errors import UsageError

_WITH_PROPERTY_DEPENDENCIES: Final = 3
"""The first version of a state that says which input depends on what."""

_MEMBERS: Final[tuple[tuple[str, type], ...]] = (
    *((key, str) for key in ("type", "id", "parent", "provider")),
    *((key, bool) for key in ("custom", "delete", "external", "protect", "pendingReplacement")),
    *((key, dict) for key in ("inputs", "outputs", "propertyDependencies")),
    ("dependencies", list),
)
"""What is read of a resource, and what each must be where it is given."""

_ALWAYS: Final[Mapping[str, type]] = {"custom": bool, "type": str}
"""What no resource is without: without it, it would be left out of the judgement."""

_KNOWN: Final = frozenset(
    {
        *("urn", "custom", "delete", "id", "type", "inputs", "defaults", "outputs", "parent"),
        *("protect", "taint", "external", "dependencies", "initErrors", "provider"),
        *("propertyDependencies", "pendingReplacement", "additionalSecretOutputs", "aliases"),
        *("customTimeouts", "importID", "retainOnDelete", "deletedWith", "replaceWith"),
        *("created", "modified", "sourcePosition", "stackTrace", "ignoreChanges", "hideDiff"),
        *("replaceOnChanges", "replacementTrigger", "refreshBeforeUpdate", "viewOf"),
        *("resourceHooks", "extensionRef", "snippetID"),
    }
)
"""What Pulumi writes of a resource: `core.go`, `ResourceV1` to `V3` (SDK 3.259)."""


class StateInputs(dict[str, Value]):
    """A resource's inputs, in which a text can be looked for without taking them apart."""

    _bytes: bytes | None = None

    def serialized(self) -> bytes:
        """Some bytes in which every string of the inputs occurs unchanged."""
        if self._bytes is None:
            self._bytes = pickle.dumps(dict(self), protocol=5)
        return self._bytes


def record(item: Any, at: str, form: Form, unknown: set[str]) -> dict[str, Any]:
    """One resource as it stands in the file, all of whose members have the right types.

    Args:
        item: what stands there.
        at: its place in the file.
        form: complains.
        unknown: takes the keys that only a newer Pulumi can have written.

    Raises:
        UsageError: it is no resource.
    """
    if not isinstance(item, dict):
        form.wrong(at, "", dict, item)
    urn = item.get("urn")
    if not isinstance(urn, str):
        form.wrong(at, "urn", str, urn)
    if not urn.startswith("urn:pulumi:") or urn.count("::") < 3:  # noqa: PLR2004 the form
        raise UsageError(f"{form.name}: {at}: urn: {urn!r} is not a URN; {form.kind.next_step}")
    at = f"{at} ({quote(urn)})"
    _has_its_form(item, form, at)
    if not item.keys() <= _KNOWN:
        unknown.update(form.unknown_keys(item, _KNOWN, at))
    for key, kind in _ALWAYS.items():
        if item.get(key) is None:
            form.wrong(at, key, kind, None)
    if item["type"] != type_of(urn):
        raise UsageError(
            f"{form.name}: {at}: type: is {quote(item['type'])}, which is not the type in the URN; "
            f"{form.kind.next_step}"
        )
    return item


def _has_its_form(item: Mapping[str, Any], form: Form, at: str) -> None:
    """Refuses a member of another type than what is read of it has."""
    for key, kind in _MEMBERS:
        value = item.get(key)
        if value is not None and type(value) is not kind:
            form.wrong(at, key, kind, value)
    if item.get("dependencies"):
        form.texts(item["dependencies"], f"{at}: dependencies")
    for key, urns in (item.get("propertyDependencies") or {}).items():
        form.texts(urns, f"{at}: propertyDependencies.{quote(key)}")


def resource(
    item: Mapping[str, Any],
    stack: Stack,
    providers: Mapping[str, Mapping[str, Value]],
    version: int = _WITH_PROPERTY_DEPENDENCIES,
    *,
    knows_dependencies: bool = True,
) -> Resource:
    """A record as the model's resource.

    Args:
        item: the record.
        stack: what the resource is in.
        providers: the inputs of each provider, by its URN and id as records refer to it.
        version: of the state's form.
        knows_dependencies: whether records say what a resource depends on.
    """
    urn = item["urn"]
    inputs = StateInputs(current(item["type"], item.get("inputs") or {}))
    dependencies = item.get("dependencies") or ()
    of_inputs = {key: urns or () for key, urns in (item.get("propertyDependencies") or {}).items()}
    if version < _WITH_PROPERTY_DEPENDENCIES and dependencies:
        # As Pulumi reads such a state: it does not say which input it is.
        of_inputs = dict.fromkeys(inputs, dependencies)
    made = Resource(
        urn,
        resource_type(item["type"]),
        inputs,
        stack,
        parent=item.get("parent") or "",
        custom=item.get("custom") is True,
        is_protected=item.get("protect") is True,
        provider=providers.get(item.get("provider") or ""),
        dependencies=dependencies if knows_dependencies else None,
        property_dependencies=current_names(item["type"], of_inputs)
        if knows_dependencies
        else None,
    )
    made.outputs = item.get("outputs") or {}
    return made
