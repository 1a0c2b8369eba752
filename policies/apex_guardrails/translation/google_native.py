"""Resources of the package google-native, which Pulumi has discontinued, as those of its successor.

They have the form of Google's own APIs. Of the types below it is known which of their fields are
which; what else there is stays not judged. Sources: the APIs' references (Cloud SQL Admin v1,
Compute Engine v1, Cloud Storage JSON v1) and the package's pages in the Pulumi Registry (0.32),
2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from apex_guardrails.gcp.grant_types import grant_types
from apex_guardrails.model import Resource
from apex_guardrails.model.value import Value
from apex_guardrails.translation.terraform_names import kind_of
from apex_guardrails.translation.translated import Translation, opened

_TOKEN: Final = re.compile(r"google-native:(\w+)/\w+:(\w+)")
_NOT_ASKED: Final = frozenset(
    {"description", "etag", "kind", "location", "priority", "project", "settingsVersion"}
)


def _sql(native: Resource) -> Resource:
    made = Translation(
        native,
        names={"dataDiskSizeGb": "disk_size", "dataDiskType": "disk_type"},
        without=_NOT_ASKED | {"storageAutoResize", "storageAutoResizeLimit", "gceZone"},
    )
    return _like(made, "google_sql_database_instance")


def _firewall(native: Resource) -> Resource:
    made = Translation(
        native,
        names={"allowed": "allow", "denied": "deny", "ipProtocol": "protocol"},
        without=_NOT_ASKED - {"priority"},
    )
    return _like(made, "google_compute_firewall")


def _user(native: Resource) -> Resource:
    return _like(Translation(native, without=_NOT_ASKED), "google_sql_user")


def _version(native: Resource) -> Resource:
    made = Translation(native)
    inputs: dict[str, Value] = {}
    made.put(inputs, "secretData", native.peek("payload.data"), "payload.data")
    return made.resource_of(kind_of("google_secret_manager_secret_version", "google").token, inputs)


def _like(made: Translation, terraform: str) -> Resource:
    kind = kind_of(terraform, "google")
    inputs = made.object(made.resource.value, kind.members, "", "")
    return made.resource_of(kind.token, inputs)


_BUCKET: Final = (
    ("name", "name"),
    ("location", "location"),
    ("labels", "labels"),
    ("storageClass", "storageClass"),
    ("uniformBucketLevelAccess", "iamConfiguration.uniformBucketLevelAccess.enabled"),
    ("publicAccessPrevention", "iamConfiguration.publicAccessPrevention"),
    ("versioning.enabled", "versioning.enabled"),
    ("encryption.defaultKmsKeyName", "encryption.defaultKmsKeyName"),
    ("logging.logBucket", "logging.logBucket"),
    ("retentionPolicy.retentionPeriod", "retentionPolicy.retentionPeriod"),
    ("retentionPolicy.isLocked", "retentionPolicy.isLocked"),
    ("softDeletePolicy.retentionDurationSeconds", "softDeletePolicy.retentionDurationSeconds"),
    ("autoclass.enabled", "autoclass.enabled"),
    ("lifecycleRules", "lifecycle.rule"),
    ("cors", "cors"),
)
"""Where each input of a bucket is said."""


def _bucket(native: Resource) -> Resource:
    made = Translation(native)
    inputs: dict[str, Value] = {}
    for path, at in _BUCKET:
        made.put(inputs, path, opened(native.peek(at)), at)
    cors = inputs.get("cors")
    if isinstance(cors, list):
        inputs["cors"] = [_cors(item) for item in cors]
    return made.resource_of(kind_of("google_storage_bucket", "google").token, inputs)


def _cors(item: Value) -> Value:
    if not isinstance(item, Mapping):
        return item
    names = {"origin": "origins", "method": "methods", "responseHeader": "responseHeaders"}
    return {names.get(key, key): value for key, value in item.items()}


_MADE: Final[Mapping[tuple[str, str], Callable[[Resource], Resource]]] = {
    ("compute", "Firewall"): _firewall,
    ("secretmanager", "Version"): _version,
    ("sqladmin", "Instance"): _sql,
    ("sqladmin", "User"): _user,
    ("storage", "Bucket"): _bucket,
}

_GRANTS: Final = {
    ("cloudresourcemanager", f"{level}Iam{form}"): grant_types(stem)[index]
    for level, stem in (
        ("Project", "projects/iAM"),
        ("Folder", "folder/iAM"),
        ("Organization", "organizations/iAM"),
    )
    for index, form in enumerate(("Member", "Binding"))
} | {
    ("storage", f"BucketIam{form}"): grant_types("storage/bucketIAM")[index]
    for index, form in enumerate(("Member", "Binding"))
}


def from_native(native: Resource) -> Resource | None:
    """What a resource is in Pulumi's provider of today; `None` where its fields are not known."""
    found = _TOKEN.fullmatch(native.type.token)
    if found is None:
        return None
    kind = (found[1], found[2])
    if kind in _GRANTS:
        made = Translation(native)
        inputs: dict[str, Value] = {}
        for name in ("role", "member", "members"):
            made.put(inputs, name, opened(native.peek(name)), name)
        return made.resource_of(_GRANTS[kind], inputs)
    make = _MADE.get(kind)
    return None if make is None else make(native)
