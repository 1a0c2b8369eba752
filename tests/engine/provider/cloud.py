"""What exists, as far as it decides what may be created and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.engine.provider.values import Properties

CONNECTION = "gcp:servicenetworking/connection:Connection"
_CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel"
_BUCKET = "gcp:storage/bucket:Bucket"
_SECRET_VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
_COMPUTE = "gcp:compute/"

_PROTECTIONS = (
    ("deletionProtection", True),
    ("deletionProtectionEnabled", True),
    ("deleteProtectionState", "DELETE_PROTECTION_ENABLED"),
    ("deletionPolicy", "PREVENT"),
)
_PROTECTED_WHEN_OMITTED = {"gcp:redis/instance:Instance"}


class Cloud:
    """What exists in each stack. Compute Engine keeps names apart, and deletes nothing in use."""

    def __init__(self) -> None:
        self.filled: set[str] = set()
        """Names of buckets that have something in them."""
        self.made_by_hand: dict[str, Properties] = {}
        """Inputs of what was not made by Pulumi, by the id that it is imported with."""
        self.shares_names = False
        """Whether two may have one name: cases of rules that are deployed side by side."""
        self.told: dict[str, Properties] = {}
        """By id, what it was asked to be last, whether it is there still or not."""
        self._inputs: dict[tuple[str, str], Properties] = {}

    def clear(self) -> None:
        """Begins anew."""
        self.filled.clear()
        self.made_by_hand.clear()
        self.shares_names = False
        self.told.clear()
        self._inputs.clear()

    def __contains__(self, id_: str) -> bool:
        """Whether something of this id was made or changed, and not deleted."""
        return any(known == id_ for _, known in self._inputs)

    def keep(self, urn: str, id_: str, inputs: Properties) -> None:
        self._inputs[_stack(urn), id_] = self.told[id_] = inputs

    def delete(self, urn: str, id_: str, state: Properties) -> None:
        # What is abandoned is there still.
        if state.get("deletionPolicy") != "ABANDON":
            self._inputs.pop((_stack(urn), id_), None)

    def delete_by_hand(self, id_: str) -> None:
        """Deletes what Pulumi does not know any more."""
        self._inputs = {key: it for key, it in self._inputs.items() if key[1] != id_}

    def not_created(self, urn: str, id_: str) -> str | None:
        """Why something cannot be created, if it cannot."""
        is_apart = _type(urn).startswith(_COMPUTE) and not self.shares_names
        exists = is_apart and (_stack(urn), id_) in self._inputs
        return f"The resource '{id_}' already exists" if exists else None

    def not_deleted(self, urn: str, id_: str, state: Properties) -> str | None:
        """Why something cannot be deleted, if it cannot. The state says what protects it."""
        type_ = _type(urn)
        for key, value in protections(type_, state):
            return f"{key} is {value}"
        if type_ == CONNECTION and state.get("deletionPolicy") not in ("ABANDON", "REMOVE_PEERING"):
            return "Producer services (e.g. CloudSQL) are still using this connection"
        if type_ == _BUCKET and state.get("name") in self.filled and not state.get("forceDestroy"):
            return "it has objects in it, and force_destroy is not set"
        if type_ == _SECRET_VERSION and not _is_of_redis(state):
            # Secret Manager would take it, and who reads it would not start again.
            pinned = {"secret": state.get("secret"), "version": state.get("version")}
            for (stack, user), inputs in list(self._inputs.items()):
                if stack == _stack(urn) and pinned in list(_objects(inputs)):
                    return f"it is what '{user}' reads"
        if type_.startswith(_COMPUTE) or type_ == _CHANNEL:
            for (stack, user), inputs in list(self._inputs.items()):  # requests come in parallel
                if stack == _stack(urn) and user != id_ and id_ in texts(inputs):
                    return f"it is in use by '{user}'"
        return None


def protections(type_: str, state: Properties) -> Iterator[tuple[str, Any]]:
    for key, on in _PROTECTIONS:
        if state.get(key) == on:
            yield key, on
    if type_ in _PROTECTED_WHEN_OMITTED and state.get("deletionProtection") is None:
        yield "deletionProtection", None
    settings = state.get("settings")
    if isinstance(settings, dict) and settings.get("deletionProtectionEnabled"):
        yield "settings.deletionProtectionEnabled", True


def texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for element in value.values() if isinstance(value, dict) else value:
            yield from texts(element)


def _is_of_redis(version: Properties) -> bool:
    """What Google makes up for an instance goes with it, before there is another one."""
    return str(version.get("secret")).rpartition("/")[2].startswith("redis-")


def _objects(value: Any) -> Iterator[Properties]:
    """Every object in a value."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for element in value.values() if isinstance(value, dict) else value:
            yield from _objects(element)


def _stack(urn: str) -> str:
    return "::".join(urn.split("::")[:2])


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]
