"""Data services: databases, caches, buckets and data sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from apex_guardrails.gcp.admitted import admitted, ranges_at
from apex_guardrails.gcp.databases import PUBLIC_ADDRESS
from apex_guardrails.gcp.datasets import SHARES
from apex_guardrails.gcp.everybody import everybody
from apex_guardrails.gcp.grant_types import grant_types
from apex_guardrails.gcp.public_space import WideRanges, is_private, measure
from apex_guardrails.gcp.types import (
    ALLOYDB_CLUSTER,
    ALLOYDB_INSTANCE,
    BIGQUERY_DATASET,
    BIGQUERY_DATASET_ACCESS,
    FILESTORE_INSTANCE,
    MEMCACHE_INSTANCE,
    MEMORYSTORE_INSTANCE,
    REDIS_CLUSTER,
    REDIS_INSTANCE,
    SQL_DATABASE_INSTANCE,
    STORAGE_BUCKET,
    STORAGE_BUCKET_ACCESS_CONTROL,
    STORAGE_BUCKET_ACL,
    STORAGE_DEFAULT_OBJECT_ACCESS_CONTROL,
    STORAGE_DEFAULT_OBJECT_ACL,
    STORAGE_OBJECT_ACCESS_CONTROL,
    STORAGE_OBJECT_ACL,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.model.view import View
from apex_guardrails.network.grants import Everybody, add_users, read_members
from apex_guardrails.network.references import NOT_KNOWN, read_flag, read_list, read_text
from apex_guardrails.network.serverless import CALLED, INVOKERS
from apex_guardrails.network.terms import Access, NodeKind

if TYPE_CHECKING:
    from apex_guardrails.network.building import Builder
    from apex_guardrails.network.vpc import Networks


PRIVATE: Final = {
    REDIS_INSTANCE: ("authorizedNetwork",),
    MEMCACHE_INSTANCE: ("authorizedNetwork",),
    REDIS_CLUSTER: ("pscConfigs[].network",),
    MEMORYSTORE_INSTANCE: (
        "desiredAutoCreatedEndpoints[].network",
        "desiredPscAutoCreatedEndpoints[].network",
    ),
    FILESTORE_INSTANCE: ("networks[].network",),
}
"""What has private addresses only, and the inputs that name its networks (documentation of
Memorystore and Filestore, "Networking", 2026-11)."""

USED_BY_IAM: Final = {
    **dict.fromkeys(grant_types("storage/bucketIAM"), "bucket"),
    **dict.fromkeys(grant_types("bigquery/datasetIam"), "datasetId"),
}

_PORTS: Final = {
    ALLOYDB_INSTANCE: "5432",
    FILESTORE_INSTANCE: "2049",
    MEMCACHE_INSTANCE: "11211",
    MEMORYSTORE_INSTANCE: "6379",
    REDIS_CLUSTER: "6379",
}
_SQL_PORTS: Final = {"MYSQL": "3306", "POSTGRES": "5432", "SQLSERVER": "1433"}
"""The ports that they listen on (Google Cloud documentation of each, 2026-11)."""

# Cloud Storage documentation, "Predefined ACLs", 2026-11.
_PUBLIC_ACLS: Final = ("publicRead", "publicReadWrite", "authenticatedRead")
_ACLS: Final = {
    STORAGE_BUCKET_ACL: ("predefinedAcl", "defaultAcl"),
    STORAGE_DEFAULT_OBJECT_ACL: (),
    STORAGE_OBJECT_ACL: ("predefinedAcl",),
    STORAGE_BUCKET_ACCESS_CONTROL: (),
    STORAGE_DEFAULT_OBJECT_ACCESS_CONTROL: (),
    STORAGE_OBJECT_ACCESS_CONTROL: (),
}


def add_data(builder: Builder, networks: Networks) -> None:
    """All data services of the stack, and what may use them."""
    for database in builder.stack.of_type(SQL_DATABASE_INSTANCE):
        _sql(builder, networks, database)
    for instance in builder.stack.of_type(ALLOYDB_INSTANCE):
        _alloydb(builder, networks, instance)
    for token, paths in PRIVATE.items():
        for service in builder.stack.of_type(token):
            node = builder.node(NodeKind.DATA, service)
            _from_networks(builder, networks, node, service, paths)
    shared = read_members(builder.references, USED_BY_IAM, (STORAGE_BUCKET, BIGQUERY_DATASET))
    _acls(builder, shared)
    for entry in builder.stack.of_type(BIGQUERY_DATASET_ACCESS):
        for dataset in builder.references.named(entry, "datasetId", BIGQUERY_DATASET):
            who = shared.setdefault(dataset.urn, Everybody())
            who.because.append(entry)
            _shares(who, [entry])
    for resource in builder.stack.of_type(STORAGE_BUCKET, BIGQUERY_DATASET):
        _by_iam(builder, resource, shared.get(resource.urn, Everybody()))
    add_users(builder, {**USED_BY_IAM, **INVOKERS}, (STORAGE_BUCKET, BIGQUERY_DATASET, *CALLED))


def _from_networks(
    builder: Builder,
    networks: Networks,
    node: str,
    service: Resource,
    paths: Sequence[str],
) -> None:
    """Edges from the networks that a service has addresses in."""
    given = [path for pattern in paths for path in service.paths(pattern)]
    ends = [end for path in given for end in networks.nodes(service, path)]
    if not given and "authorizedNetwork" in paths:
        # Omitted: the network "default" (Memorystore for Redis API, authorizedNetwork, 2026-11).
        ends = [networks.node("default")]
    elif not ends:
        # The list is not known, or names what another stack has; what it is made from may be ours.
        tops = dict.fromkeys(path.partition("[")[0].partition(".")[0] for path in paths)
        ends = [networks.node(item.urn) for top in tops for item in networks.sources(service, top)]
    ports = _ports(service)
    for end in dict.fromkeys(ends):
        access = networks.connections(end)
        why = "private services access" if access else "private address"
        builder.edge(end, node, Access.PRIVATE, why, [service, *access], ports)


def _ports(service: Resource) -> list[str]:
    """Where a service listens; none where that is not known."""
    token = service.type.token
    if token == SQL_DATABASE_INSTANCE:
        version = read_text(service, "databaseVersion").partition("_")[0]
        found = _SQL_PORTS.get(version)
    elif token == REDIS_INSTANCE:
        mode = service.peek("transitEncryptionMode")
        found = None if mode is UNKNOWN else "6378" if mode == "SERVER_AUTHENTICATION" else "6379"
    else:
        found = _PORTS.get(ALLOYDB_INSTANCE if token == ALLOYDB_CLUSTER else token)
    return [f"tcp {found}"] if found else []


def _sql(builder: Builder, networks: Networks, database: Resource) -> None:
    node = builder.node(NodeKind.DATA, database)
    path = "settings.ipConfiguration"
    if database.is_set(f"{path}.privateNetwork"):
        _from_networks(builder, networks, node, database, [f"{path}.privateNetwork"])
    configs = list(database.elements(f"{path}.pscConfigs"))
    if any(read_flag(view, "pscEnabled", omitted=False) is not False for view in configs):
        _consumers(builder, node, database)
    public = _has_public_address(database)
    _from_lists(builder, node, database, public, (f"{path}.authorizedNetworks", "value"))


def _alloydb(builder: Builder, networks: Networks, instance: Resource) -> None:
    node = builder.node(NodeKind.DATA, instance)
    for cluster in builder.references.named(instance, "cluster", ALLOYDB_CLUSTER):
        paths = ["networkConfig.network"] if cluster.is_set("networkConfig") else ["network"]
        _from_networks(builder, networks, node, cluster, paths)
        if read_flag(cluster, "pscConfig.pscEnabled", omitted=False) is not False:
            _consumers(builder, node, cluster)
    public = _has_public_address(instance)
    listed_at = ("networkConfig.authorizedExternalNetworks", "cidrRange")
    _from_lists(builder, node, instance, public, listed_at)


def _has_public_address(database: Resource) -> bool | None:
    public = PUBLIC_ADDRESS[database.type.token]
    return read_flag(database, public.path, omitted=public.omitted)


def _consumers(builder: Builder, node: str, resource: Resource) -> None:
    consumers = builder.place(NodeKind.RANGE, "Private Service Connect", "whom it admits")
    builder.edge(consumers, node, Access.PRIVATE, "Private Service Connect", [resource])


def _from_lists(
    builder: Builder,
    node: str,
    resource: Resource,
    public: bool | None,  # noqa: FBT001 a fact, and no switch
    listed_at: tuple[str, str],
) -> None:
    """Edges from the internet, or from the addresses that a list admits, to a public address."""
    if public is False:
        return
    ports = _ports(resource)
    if public is None:
        reason = f"whether it has a public address is {NOT_KNOWN}"
        builder.edge(builder.internet(), node, Access.UNKNOWN, reason, [resource], ports)
        return
    path, member = listed_at
    limits = WideRanges()
    whom = admitted(resource, path, limits, member=member)
    if whom.share:
        reason = "public address that admits any other; a password is asked for"
        builder.edge(builder.internet(), node, Access.OPEN, reason, [resource], ports)
    elif whom.unknown:
        reason = f"public address; whom it admits is {NOT_KNOWN}"
        builder.edge(builder.internet(), node, Access.UNKNOWN, reason, [resource], ports)
    else:
        reason = "public address, for listed addresses or with an identity"
        builder.edge(builder.internet(), node, Access.GUARDED, reason, [resource], ports)
    for _, given in ranges_at(resource, path, member):
        if isinstance(given, str) and not measure([given]).is_wide(limits):
            detail = "private addresses" if is_private(given) else "addresses on the internet"
            source = builder.place(NodeKind.RANGE, given, detail)
            builder.edge(
                source, node, Access.GUARDED, "is among the listed addresses", [resource], ports
            )


def _by_iam(builder: Builder, resource: Resource, who: Everybody) -> None:
    node = builder.node(NodeKind.DATA, resource)
    if resource.type.token == BIGQUERY_DATASET:
        _dataset(resource, who)
    if who.is_granted is False:
        return
    # Omitted: the organization's policy says (Cloud Storage, publicAccessPrevention, 2026-11).
    prevention = resource.peek("publicAccessPrevention")
    if prevention == "enforced":
        return
    roles = ", ".join(dict.fromkeys(who.roles))
    if who.is_granted is None or prevention is UNKNOWN:
        reason = f"whom it is shared with is {NOT_KNOWN}"
        builder.edge(builder.internet(), node, Access.UNKNOWN, reason, [resource, *who.because])
        return
    reason = f"shared with everybody{f' ({roles})' if roles else ''}"
    builder.edge(builder.internet(), node, Access.OPEN, reason, [resource, *who.because])


def _dataset(dataset: Resource, who: Everybody) -> None:
    """Adds what the list of a data set says of everybody."""
    entries, has_unknown = read_list(dataset, "accesses")
    _shares(who, entries, has_unknown=has_unknown)


def _shares(who: Everybody, entries: Sequence[View], *, has_unknown: bool = False) -> None:
    """Adds what entries of a data set's list say of everybody."""
    for view in entries:
        for path in SHARES:
            given = view.peek(path)
            if everybody(given):
                who.is_granted = True
                who.roles.append(str(view.peek("role") or "a role"))
            has_unknown = has_unknown or given is UNKNOWN
    if has_unknown and not who.is_granted:
        who.is_granted = None


def _acls(builder: Builder, shared: dict[str, Everybody]) -> None:
    """Adds what access control lists say of everybody."""
    for token, predefined in _ACLS.items():
        for acl in builder.stack.of_type(token):
            is_public = _is_public(acl, predefined)
            if is_public is False:
                continue
            for bucket in builder.references.named(acl, "bucket", STORAGE_BUCKET):
                who = shared.setdefault(bucket.urn, Everybody())
                who.because.append(acl)
                if is_public or who.is_granted is False:
                    who.is_granted = is_public


def _is_public(acl: Resource, predefined: Sequence[str]) -> bool | None:
    """Whether a list shares with everybody; `None` where that is not known."""
    given = list(_entities(acl))
    given += [acl.peek(path) for path in predefined]
    if any(everybody(item) or item in _PUBLIC_ACLS for item in given):
        return True
    return None if UNKNOWN in given or read_list(acl, "roleEntities")[1] else False


def _entities(acl: View) -> Iterator[object]:
    yield acl.peek("entity")
    for view in read_list(acl, "roleEntities")[0]:
        yield str(view.peek("")).rpartition(":")[2]
