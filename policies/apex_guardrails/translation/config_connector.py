"""Config Connector's objects of a cluster, which make resources of Google Cloud.

Sources: the reference of Config Connector's resources (1.130) and their service mappings, 2026-11.
Its objects of the kinds below have the fields of the Terraform provider, which Pulumi's provider
has, too: in camel case, a `resourceRef` in place of a name, a secret as an object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from apex_guardrails.gcp.grant_types import grant_types
from apex_guardrails.model import UNKNOWN, Resource, Secret
from apex_guardrails.model.value import Value, is_true, join_path, unwrap
from apex_guardrails.provider import resource_type
from apex_guardrails.translation.terraform_names import Kind, kind_of
from apex_guardrails.translation.translated import Translation, opened

_TOKEN: Final = re.compile(r"kubernetes:\w+\.cnrm\.cloud\.google\.com/v\w+:(\w+?)(?:Patch)?")
_CUSTOM: Final = re.compile(r"kubernetes:apiextensions\.k8s\.io(?:/\w+)?:CustomResource(?:Patch)?")
_DIRECTIVES: Final = "cnrm.cloud.google.com"
_GROUP: Final = ".cnrm.cloud.google.com/"

_TYPES: Final = {
    "AlloyDBCluster": "google_alloydb_cluster",
    "AlloyDBInstance": "google_alloydb_instance",
    "BigQueryDataset": "google_bigquery_dataset",
    "BigQueryTable": "google_bigquery_table",
    "BigtableInstance": "google_bigtable_instance",
    "ComputeFirewall": "google_compute_firewall",
    "ComputeInstance": "google_compute_instance",
    "ComputeInstanceTemplate": "google_compute_instance_template",
    "ComputeNetwork": "google_compute_network",
    "ComputeProjectMetadata": "google_compute_project_metadata",
    "ComputeRouterNAT": "google_compute_router_nat",
    "ComputeSSLPolicy": "google_compute_ssl_policy",
    "ComputeSubnetwork": "google_compute_subnetwork",
    "ContainerCluster": "google_container_cluster",
    "ContainerNodePool": "google_container_node_pool",
    "DNSManagedZone": "google_dns_managed_zone",
    "DNSRecordSet": "google_dns_record_set",
    "IAMServiceAccount": "google_service_account",
    "IAMServiceAccountKey": "google_service_account_key",
    "KMSCryptoKey": "google_kms_crypto_key",
    "KMSKeyRing": "google_kms_key_ring",
    "PubSubSubscription": "google_pubsub_subscription",
    "PubSubTopic": "google_pubsub_topic",
    "RedisInstance": "google_redis_instance",
    "SQLDatabase": "google_sql_database",
    "SQLInstance": "google_sql_database_instance",
    "SQLUser": "google_sql_user",
    "SecretManagerSecret": "google_secret_manager_secret",
    "SecretManagerSecretVersion": "google_secret_manager_secret_version",
    "SpannerDatabase": "google_spanner_database",
    "SpannerInstance": "google_spanner_instance",
    "StorageBucket": "google_storage_bucket",
}
"""What Terraform calls what each kind makes."""

_REFERENCES: Final = {
    "encryptionKMSCryptoKey": ("encryption_key_name",),
    "kmsKey": ("default_kms_key_name", "kms_key_name"),
    "masterInstance": ("master_instance_name",),
    "serviceAccount": ("service_account", "email"),
}

_NAMED: Final = {"IAMServiceAccount": "accountId", "SecretManagerSecret": "secretId"}
"""What a kind's own name is called, where it is not `name`."""

_GRANTED_ON: Final = {
    "ArtifactRegistryRepository": "artifactregistry/repositoryIam",
    "BigQueryTable": "bigquery/iam",
    "Folder": "folder/iAM",
    "IAMServiceAccount": "serviceaccount/iAM",
    "KMSCryptoKey": "kms/cryptoKeyIAM",
    "KMSKeyRing": "kms/keyRingIAM",
    "Organization": "organizations/iAM",
    "Project": "projects/iAM",
    "PubSubSubscription": "pubsub/subscriptionIAM",
    "PubSubTopic": "pubsub/topicIAM",
    "RunService": "cloudrunv2/serviceIam",
    "SecretManagerSecret": "secretmanager/secretIam",
    "SpannerDatabase": "spanner/databaseIAM",
    "SpannerInstance": "spanner/instanceIAM",
    "StorageBucket": "storage/bucketIAM",
}
"""The types that grant roles on what a kind makes, as `grant_types` has them."""


def from_manifest(manifest: Resource) -> Resource | None:
    """What an object of a cluster makes in Google Cloud; `None` where it makes nothing known."""
    kind = _kind(manifest)
    spec = unwrap(manifest.value.get("spec"))
    if not kind or not isinstance(spec, Mapping):
        return None
    if kind == "IAMPolicyMember":
        return _member(manifest, spec)
    if kind == "IAMPolicy":
        return _policy(manifest, spec)
    if kind not in _TYPES:
        return None
    known = kind_of(_TYPES[kind], "google")
    made = Translation(manifest, _REFERENCES)
    inputs = made.object(
        {key: value for key, value in spec.items() if key != "resourceID"},
        known.members,
        "",
        "spec",
    )
    name = _NAMED.get(kind, "name")
    if any(
        member.name == name and not member.field.get("output") for member in known.members.values()
    ):
        for at in ("spec.resourceID", "metadata.name"):
            made.put(inputs, name, manifest.peek(at), at)
    labels = resource_type(known.token).labels
    if labels is not None:
        made.places.setdefault(labels, "metadata.labels")
        made.put(inputs, labels, opened(manifest.peek("metadata.labels")), "metadata.labels")
    _take_directives(made, inputs, known)
    if manifest.is_secret("spec"):
        inputs = {key: Secret(value) for key, value in inputs.items()}
    return made.resource_of(known.token, inputs)


def _take_directives(made: Translation, inputs: dict[str, Value], known: Kind) -> None:
    """What annotations say of how the resource is made, such as `remove-default-node-pool`."""
    annotations = made.resource.peek("metadata.annotations")
    for key in annotations if isinstance(annotations, Mapping) else ():
        prefix, _, name = key.partition("/")
        member = known.members.get(name.replace("-", "_"))
        if prefix == _DIRECTIVES and member is not None:
            at = join_path("metadata.annotations", key)
            value = unwrap(annotations.get(key))
            made.put(inputs, member.name, UNKNOWN if value is UNKNOWN else is_true(value), at)


def _kind(manifest: Resource) -> str:
    token = manifest.type.token
    found = _TOKEN.fullmatch(token)
    if found is not None:
        return found[1]
    if _CUSTOM.fullmatch(token) and _GROUP in str(manifest.peek("apiVersion")):
        return str(manifest.peek("kind"))
    return ""


def _grants(spec: Mapping[str, Value], form: int) -> str | None:
    reference = unwrap(spec.get("resourceRef"))
    kind = unwrap(reference.get("kind")) if isinstance(reference, Mapping) else None
    stem = _GRANTED_ON.get(kind) if isinstance(kind, str) else None
    return None if stem is None else grant_types(stem)[form]


def _member(manifest: Resource, spec: Mapping[str, Value]) -> Resource | None:
    token = _grants(spec, 0)
    if token is None:
        return None
    made = Translation(manifest, {})
    inputs: dict[str, Value] = {}
    made.places[""] = "spec"
    for name in ("role", "member"):
        made.put(inputs, name, spec.get(name), f"spec.{name}")
    if spec.get("memberFrom") is not None:
        made.put(inputs, "member", UNKNOWN, "spec.memberFrom")
        made.known_parts["member",] = ("serviceAccount:", None, ".iam.gserviceaccount.com")
    return made.resource_of(token, inputs)


def _policy(manifest: Resource, spec: Mapping[str, Value]) -> Resource | None:
    token = _grants(spec, 2)
    if token is None:
        return None
    made = Translation(manifest, {})
    made.places[""] = "spec"
    bindings = list(_bindings(spec))
    text = UNKNOWN if UNKNOWN in bindings else json.dumps({"bindings": bindings})
    inputs: dict[str, Value] = {}
    made.put(inputs, "policyData", text, "spec.bindings")
    return made.resource_of(token, inputs)


def _bindings(spec: Mapping[str, Value]) -> Iterator[Value]:
    given = unwrap(spec.get("bindings"))
    if given is UNKNOWN:
        yield UNKNOWN
    for item in given if isinstance(given, Sequence) and not isinstance(given, str) else ():
        entry = unwrap(item)
        if not isinstance(entry, Mapping):
            yield UNKNOWN
            continue
        role, members = unwrap(entry.get("role")), unwrap(entry.get("members"))
        is_list = isinstance(members, Sequence) and not isinstance(members, str)
        texts = [unwrap(it) for it in members] if is_list else [members]
        is_known = isinstance(role, str) and all(isinstance(it, str) for it in texts)
        yield {"role": role, "members": texts} if is_known else UNKNOWN
