"""What differs between the provider's major versions, so that each is judged alike.

A program is written for the version that its SDK has, and the SDK's own types decide what may stand
in it. The schema is of one version, and so are the paths that rules read: what an older version has
in another form, or under another name, is brought into that form here.

Source: the argument classes of pulumi-gcp 7.38.0, 8.41.1, 9.37.1 and 10.2.0, compared by machine on
2026-11-30. Left out is what has nothing in its place today. The same comparison says from which
version on a default is filled in: `since` in `schema.jsonl`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from apex_guardrails.gcp.types import (
    ALLOYDB_CLUSTER,
    CLOUDRUNV2_SERVICE,
    CLOUDRUNV2_WORKER_POOL,
    COMPUTE_AUTOSCALER,
    COMPUTE_SUBNETWORK,
    CONTAINER_CLUSTER,
    ORGANIZATIONS_PROJECT,
    SECRETMANAGER_SECRET_VERSION,
    SQL_DATABASE_INSTANCE,
    STORAGE_BUCKET,
)
from apex_guardrails.model.value import UNKNOWN, Secret, Value, is_true, unwrap

SDK_VERSION: Final = "10.2.0"
"""The pulumi-gcp version whose inputs the schema knows completely."""

OLDEST_COMPARED: Final = 7
"""The oldest major version whose inputs were compared with the schema's."""

_OLDER_MODULE: Final = "gcp:serviceAccount/"
_MODULE: Final = "gcp:serviceaccount/"
_OLDER_AUTOSCALER: Final = "gcp:compute/autoscalar:Autoscalar"
"""The types of pulumi-gcp 5.26 and 6.67 that have another name today, compared on 2026-12-01."""

_Object: TypeAlias = Mapping[str, Value]
_Change: TypeAlias = "Callable[[_Object, _Object], _Object]"
"""An object of the inputs and all of them to the object as it is written today; the very same one
where there is nothing to change."""


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def major(version: str) -> int:
    """The major version; of a program that does not say one, the schema's."""
    return (_parts(version) or _parts(SDK_VERSION))[0]


def is_known(version: str) -> bool:
    """Whether the schema is of the program's major version, so that it may refuse something."""
    return major(version) == major(SDK_VERSION)


def is_newer(version: str) -> bool:
    """Whether the program's version may have inputs that the schema has not."""
    return _parts(version) > _parts(SDK_VERSION)


def is_compared(version: str) -> bool:
    """Whether the forms of the program's version were compared with today's."""
    return major(version) >= OLDEST_COMPARED


def current_token(token: str) -> str:
    """A resource type or a function by the name that it has today."""
    if token.startswith(_OLDER_MODULE):
        return f"{_MODULE}{token.removeprefix(_OLDER_MODULE)}"
    return COMPUTE_AUTOSCALER if token == _OLDER_AUTOSCALER else token


def names_of(token: str) -> tuple[str, ...]:
    """The names that a resource type or a function of today has had, today's first."""
    if token.startswith(_MODULE):
        return token, f"{_OLDER_MODULE}{token.removeprefix(_MODULE)}"
    return (token, _OLDER_AUTOSCALER) if token == COMPUTE_AUTOSCALER else (token,)


def current(token: str, inputs: _Object) -> _Object:
    """The inputs of a resource as they are written today; the very same where nothing differs."""
    for path, change in _OLDER.get(token, ()):
        inputs = _changed(inputs, path, change, inputs)
    return inputs


def current_names(token: str, by_input: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is known of a resource's inputs by their names, by today's names too."""
    names = _RENAMED.get(token, {})
    new = {names[name]: by_input[name] for name in names if name in by_input}
    return {**by_input, **new} if new else by_input


def _changed(value: Value, path: Sequence[str], change: _Change, whole: _Object) -> Value:
    if isinstance(value, Secret):
        inner = _changed(value.value, path, change, whole)
        return value if inner is value.value else Secret(inner)
    if isinstance(value, Sequence) and not isinstance(value, str):
        elements = list(value)
        made = [_changed(element, path, change, whole) for element in elements]
        return (
            made if any(new is not old for new, old in zip(made, elements, strict=True)) else value
        )
    if not isinstance(value, Mapping):
        return value
    if not path:
        return change(value, whole)
    step, *rest = path
    member = value.get(step)
    inner = _changed(member, rest, change, whole)
    return value if inner is member else {**value, step: inner}


def _converted(name: str, convert: Callable[[Value], Value]) -> _Change:
    """A change of one member's form."""

    def change(given: _Object, _whole: _Object) -> _Object:
        value = given.get(name)
        inner = unwrap(value)
        made = inner if inner is None or inner is UNKNOWN else convert(inner)
        if made is inner:
            return given
        return {**given, name: Secret(made) if isinstance(value, Secret) else made}

    return change


def _moved(name: str, to: str, convert: Callable[[Value], Value] = lambda value: value) -> _Change:
    """A change of one member's name; what has both names already keeps the newer one."""

    def change(given: _Object, _whole: _Object) -> _Object:
        value = given.get(name)
        if value is None:
            return given
        rest = {key: given[key] for key in given if key != name}
        made = convert(value)
        return rest if made is None or given.get(to) is not None else {**rest, to: made}

    return change


def _only(value: Value) -> Value:
    """What a list of one holds; a longer one is no object, and stays."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    return {0: None, 1: next(iter(value), None)}.get(len(value), value)


def _list(value: Value) -> Value:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _text(value: Value) -> Value:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


def _ssl_mode(given: _Object, whole: _Object) -> _Object:
    """What `requireSsl` means (Cloud SQL Admin API, `IpConfiguration`: `sslMode`, 2026-11)."""
    required = unwrap(given.get("requireSsl"))
    if required is None:
        return given
    rest = {key: given[key] for key in given if key != "requireSsl"}
    if rest.get("sslMode"):
        return rest
    engine = unwrap(whole.get("databaseVersion"))
    if required is UNKNOWN or (is_true(required) and engine is UNKNOWN):
        return {**rest, "sslMode": UNKNOWN}
    # SQL Server has no client certificates.
    strict = (
        "ENCRYPTED_ONLY"
        if str(engine).startswith("SQLSERVER")
        else "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    )
    return {
        **rest,
        "sslMode": strict if is_true(required) else "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
    }


def _bool(value: Value) -> Value:
    return is_true(value) if isinstance(value, str) else value


def _when_true(made: Value) -> Callable[[Value], Value]:
    """What a switch that is on means today; off means nothing."""

    def convert(value: Value) -> Value:
        switch = unwrap(value)
        return UNKNOWN if switch is UNKNOWN else made if is_true(switch) else None

    return convert


_WORKER: Final = ("template", "containers")
_BIGTABLE: Final = tuple(
    f"gcp:bigtable/tableIam{kind}:TableIam{kind}" for kind in ("Binding", "Member", "Policy")
)

_OLDER: Final[Mapping[str, Sequence[tuple[Sequence[str], _Change]]]] = {
    ALLOYDB_CLUSTER: [  # until 7
        ((), _moved("network", "networkConfig", lambda network: {"network": network})),
    ],
    **{token: [((), _moved("instance", "instanceName"))] for token in _BIGTABLE},  # until 8
    CLOUDRUNV2_SERVICE: [(("template", "containers"), _converted("ports", _only))],  # until 7
    CLOUDRUNV2_WORKER_POOL: [  # until 9
        ((*_WORKER, "livenessProbe", "httpGet"), _converted("httpHeaders", _list)),
        ((*_WORKER, "startupProbe", "httpGet"), _converted("httpHeaders", _list)),
    ],
    COMPUTE_SUBNETWORK: [((), _moved("enableFlowLogs", "logConfig", _when_true({})))],  # until 8
    CONTAINER_CLUSTER: [  # until 7
        (
            ("monitoringConfig",),
            _moved(
                "advancedDatapathObservabilityConfigs",
                "advancedDatapathObservabilityConfig",
                lambda value: _only(unwrap(value)),
            ),
        )
    ],
    "gcp:gkeonprem/bareMetalCluster:BareMetalCluster": [  # until 7
        (("loadBalancer", "bgpLbConfig", "addressPools"), _converted("manualAssign", _bool)),
    ],
    "gcp:netapp/volume:Volume": [  # until 8
        (("hybridReplicationParameters",), _converted("peerIpAddresses", _list)),
    ],
    ORGANIZATIONS_PROJECT: [((), _moved("skipDelete", "deletionPolicy", _when_true("ABANDON")))],
    SECRETMANAGER_SECRET_VERSION: [((), _converted("secretDataWoVersion", _text))],  # until 9
    SQL_DATABASE_INSTANCE: [(("settings", "ipConfiguration"), _ssl_mode)],  # until 7
    STORAGE_BUCKET: [(("retentionPolicy",), _converted("retentionPeriod", _text))],  # until 8
}
"""Where an older version has something else, the changes from the outside in."""

_RENAMED: Final[Mapping[str, Mapping[str, str]]] = {
    ALLOYDB_CLUSTER: {"network": "networkConfig"},
    **{token: {"instance": "instanceName"} for token in _BIGTABLE},
}
"""Inputs at the top with another name today."""
