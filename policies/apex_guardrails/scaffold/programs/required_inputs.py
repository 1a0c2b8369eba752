"""Inputs that the provider requires beside those of a case: without them no program compiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apex_guardrails.provider.schema import Field, type_schema
from apex_guardrails.support.names import snake_case

_OF_TYPES: Final[Mapping[str, Mapping[str, Any]]] = {
    "gcp:filestore/instance:Instance": {"tier": "BASIC_HDD"},
    "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule": {"direction": "INGRESS"},
    "gcp:monitoring/notificationChannel:NotificationChannel": {"type": "email"},
}
"""What an input is in one type and not in others."""

_VALUES: Final[Mapping[str, Any]] = {
    "bootDisk": {"initializeParams": {"image": "debian-cloud/debian-13"}},
    "certificate": "-----BEGIN CERTIFICATE-----",
    "combiner": "OR",
    "comparison": "COMPARISON_GT",
    "databaseVersion": "POSTGRES_17",
    "destination": "storage.googleapis.com/my-bucket",
    "domainName": "ad.example.com",
    "duration": "300s",
    "email": "team@example.com",
    "instanceType": "PRIMARY",
    "issuer": "https://issuer.example.com",
    "languageTag": "en",
    "location": "europe-west1",
    "machineType": "e2-small",
    "member": "group:team@example.com",
    "memorySizeGb": 1,
    "network": "default",
    "networkInterfaces": [{"network": "default"}],
    "orgId": "123456789012",
    "organization": "123456789012",
    "parent": "projects/my-project",
    "priority": 1000,
    "region": "europe-west1",
    "replication": {"auto": {}},
    "reservedIpRange": "10.0.0.0/24",
    "role": "roles/viewer",
    "runtime": "python313",
    "scopes": ["cloud-platform"],
    "service": "run.googleapis.com",
    "sourceContents": "- done: {return: ok}",
    "tier": "db-f1-micro",
    "timeout": "10s",
    "tokenEndpoint": "https://issuer.example.com/token",
    "uri": "https://service.example.com",
    "userType": "ALLOYDB_BUILT_IN",
    "zone": "europe-west1-b",
}
"""What a program would have; of the others `my-` and their name."""

_SINCE_10: Final = frozenset({"dataAgentId", "pipelineId", "sourceContents"})
"""What SDK 10 requires of which the schema, made from provider 9.38, does not say so."""


def with_required(token: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """A resource's inputs, behind those that the provider requires and that are not among them.

    Args:
        token: its type.
        inputs: a case's.
    """
    schema = type_schema(token)
    return _completed(token, inputs, schema.fields) if schema else inputs


def _completed(
    token: str, inputs: Mapping[str, Any], fields: Mapping[str, Field]
) -> Mapping[str, Any]:
    given = {name: _inner(token, value, fields.get(name)) for name, value in inputs.items()}
    missing = {
        name: _example(token, name, field)
        for name, field in fields.items()
        if name not in inputs and (field.get("required") or name in _SINCE_10)
    }
    return {**missing, **given}


def _inner(token: str, value: Any, field: Field | None) -> Any:
    fields = field.get("fields") if field else None
    if fields and isinstance(value, Mapping):
        return _completed(token, value, fields)
    if fields and isinstance(value, list | tuple):
        return [_inner(token, element, field) for element in value]
    return value


def _example(token: str, name: str, field: Field) -> Any:
    value = _OF_TYPES.get(token, {}).get(name, _VALUES.get(name))
    if value is not None:
        return value
    if inner := field.get("fields"):
        made = _completed(token, {}, inner)
        return [made] if field.get("type") == "list" else made
    examples: Mapping[str, Any] = {
        "number": 1,
        "bool": True,
        "map": {},
        "list": [f"my-{_words(name).removesuffix('s')}"],
    }
    return examples.get(field.get("type", ""), f"my-{_words(name)}")


def _words(name: str) -> str:
    return snake_case(name.removesuffix("Id")).replace("_", "-")
