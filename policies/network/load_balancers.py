"""Load balancers: from a forwarding rule over proxy, URL map and backends to what answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policies.model.google.references import short_name
from policies.model.google.run import SERVICES
from policies.model.resource import Resource
from policies.model.value import UNKNOWN
from policies.network.building import Builder
from policies.network.data import BUCKET
from policies.network.document import Access, NodeKind
from policies.network.hosts import GROUPS, MACHINES
from policies.network.references import NOT_KNOWN, flag, listed, text, texts
from policies.network.serverless import FUNCTION, OLD_FUNCTION
from policies.network.vpc import Networks

FORWARDING: Final = (
    "gcp:compute/globalForwardingRule:GlobalForwardingRule",
    "gcp:compute/forwardingRule:ForwardingRule",
)
PROXIES: Final = (
    "gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy",
    "gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy",
    "gcp:compute/regionTargetTcpProxy:RegionTargetTcpProxy",
    "gcp:compute/targetGrpcProxy:TargetGrpcProxy",
    "gcp:compute/targetHttpProxy:TargetHttpProxy",
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
    "gcp:compute/targetSSLProxy:TargetSSLProxy",
    "gcp:compute/targetTCPProxy:TargetTCPProxy",
)
POOL: Final = "gcp:compute/targetPool:TargetPool"
TARGET_INSTANCE: Final = "gcp:compute/targetInstance:TargetInstance"
URL_MAPS: Final = ("gcp:compute/uRLMap:URLMap", "gcp:compute/regionUrlMap:RegionUrlMap")
BACKENDS: Final = (
    "gcp:compute/backendService:BackendService",
    "gcp:compute/regionBackendService:RegionBackendService",
)
BACKEND_BUCKETS: Final = (
    "gcp:compute/backendBucket:BackendBucket",
    "gcp:compute/regionBackendBucket:RegionBackendBucket",
)
SERVERLESS_GROUP: Final = "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
ENDPOINT_GROUPS: Final = (
    SERVERLESS_GROUP,
    "gcp:compute/networkEndpointGroup:NetworkEndpointGroup",
    "gcp:compute/globalNetworkEndpointGroup:GlobalNetworkEndpointGroup",
)
ENDPOINTS: Final = (
    "gcp:compute/networkEndpoint:NetworkEndpoint",
    "gcp:compute/networkEndpointList:NetworkEndpointList",
)
INSTANCE_GROUP: Final = "gcp:compute/instanceGroup:InstanceGroup"
ADDRESSES: Final = ("gcp:compute/globalAddress:GlobalAddress", "gcp:compute/address:Address")

# Where a URL map names backends.
_ROUTES: Final = ("defaultService", "defaultRouteAction", "pathMatchers")


@dataclass(frozen=True)
class _End:
    """What answers behind a load balancer, and by what it is reached."""

    node: str
    because: tuple[Resource, ...]
    notes: tuple[str, ...]
    is_guarded: bool


def add_load_balancers(builder: Builder, networks: Networks) -> None:
    """A node for each address that forwarding rules share, and edges to what answers behind it."""
    by_address: defaultdict[tuple[str, str], list[Resource]] = defaultdict(list)
    for rule in builder.stack.of_type(*FORWARDING):
        by_address[_address(builder, rule)].append(rule)
    for (_, name), rules in by_address.items():
        label = f"load balancer {name}"
        node = builder.group(NodeKind.ENTRANCE, rules, label, _detail(rules), name=name)
        for rule in rules:
            _forward(builder, networks, node, rule)


def _address(builder: Builder, rule: Resource) -> tuple[str, str]:
    """What is the same for rules with one address, and what to call it."""
    for address in builder.references.named(rule, "ipAddress", *ADDRESSES):
        return address.urn, address.name
    given = text(rule, "ipAddress")
    return (given, given) if given else (rule.urn, rule.name)


def _detail(rules: Sequence[Resource]) -> str:
    kind = "global" if rules[0].type.token == FORWARDING[0] else "regional"
    return f"{kind} load balancer"


def _forward(builder: Builder, networks: Networks, node: str, rule: Resource) -> None:
    # Omitted: external (the provider's default).
    scheme = rule.peek("loadBalancingScheme", omitted="EXTERNAL")
    ports = tuple(_ports(rule))
    ends, redirects = _ends(builder, rule)
    what = f"forwarding rule {rule.name}" + (", redirects to HTTPS" if redirects else "")
    if scheme is UNKNOWN:
        access = Access.UNKNOWN
        what += f"; whether it is external is {NOT_KNOWN}"
    else:
        access = Access.OPEN if str(scheme).startswith("EXTERNAL") else Access.PRIVATE
    if access is Access.PRIVATE:
        sources = networks.nodes(rule, "network") or networks.of_subnetwork(rule)
        for source in sources:
            builder.edge(source, node, access, what, [rule], ports)
    else:
        builder.edge(builder.internet(), node, access, what, [rule], ports)
    for end in ends:
        through = Access.GUARDED if end.is_guarded and access is Access.OPEN else access
        reason = ", ".join(["load balancer", *end.notes])
        builder.edge(node, end.node, through, reason, [rule, *end.because])
    if not ends and not redirects:
        builder.notes["a forwarding rule leads to what this stack does not have"] += 1


def _ports(rule: Resource) -> Iterator[str]:
    protocol = str(rule.peek("ipProtocol") or "TCP").lower()
    given = rule.peek("portRange")
    ports = [given] if given else texts(rule, "ports")[0]
    if protocol == "l3_default" or rule.peek("allPorts") is True:
        yield "all"
    elif given is UNKNOWN:
        yield f"ports {NOT_KNOWN}"
    for port in ports:
        first, _, last = str(port).partition("-")
        if port is not UNKNOWN:
            yield f"{protocol} {first if last in ('', first) else port}"


def _ends(builder: Builder, rule: Resource) -> tuple[list[_End], bool]:
    """What answers for a rule, and whether all it does is to send on to HTTPS."""
    found: list[_End] = []
    redirects = False
    for backend in builder.references.named(rule, "backendService", *BACKENDS):
        found += _behind(builder, backend, (backend,))
    for target in builder.references.named(rule, "target", *PROXIES, POOL, TARGET_INSTANCE):
        if target.type.token in (POOL, TARGET_INSTANCE):
            path = "instances" if target.type.token == POOL else "instance"
            found += _machines(builder, target, path, (target,), ())
            continue
        for backend in builder.references.named(target, "backendService", *BACKENDS):
            found += _behind(builder, backend, (target, backend))
        for url_map in builder.references.named(target, "urlMap", *URL_MAPS):
            servers = list(_servers(builder, url_map))
            redirects = redirects or (not servers and _redirects(url_map))
            for backend in servers:
                found += _behind(builder, backend, (target, url_map, backend))
    return found, redirects and not found


def _servers(builder: Builder, url_map: Resource) -> list[Resource]:
    """The backends that a URL map names anywhere."""
    found: dict[str, Resource] = {}
    for top in _ROUTES:
        if not url_map.is_set(top):
            continue
        leaves = list(url_map.leaves(top))
        named: list[Resource] = []
        if any(leaf.value is UNKNOWN for leaf in leaves):
            named += builder.references.sources(url_map, top, *BACKENDS, *BACKEND_BUCKETS)
        for leaf in leaves:
            last = leaf.path.rpartition(".")[2]
            if last in {"defaultService", "service", "backendService"}:
                named += builder.references.of_text(
                    url_map, leaf.value, *BACKENDS, *BACKEND_BUCKETS
                )
        found |= {item.urn: item for item in named}
    return [found[urn] for urn in sorted(found)]


def _redirects(url_map: Resource) -> bool:
    return flag(url_map, "defaultUrlRedirect.httpsRedirect", omitted=False) is True


def _behind(builder: Builder, backend: Resource, because: tuple[Resource, ...]) -> Iterator[_End]:
    """What a backend service or bucket sends requests to."""
    if backend.type.token in BACKEND_BUCKETS:
        for bucket in builder.references.named(backend, "bucketName", BUCKET):
            node = builder.has_node(bucket)
            if node:
                yield _End(node, because, (f"backend bucket {backend.name}",), is_guarded=False)
        return
    notes = [f"backend {backend.name}"]
    if backend.is_set("securityPolicy"):
        notes.append("Cloud Armor")
    guarded = flag(backend, "iap.enabled", omitted=False) is True
    if guarded:
        notes.append("Identity-Aware Proxy asks who calls")
    for view in listed(backend, "backends")[0]:
        groups = builder.references.named(view, "group", *ENDPOINT_GROUPS, *GROUPS, INSTANCE_GROUP)
        for group in groups:
            for node in _in_group(builder, group):
                yield _End(node, (*because, group), tuple(notes), guarded)


def _in_group(builder: Builder, group: Resource) -> Iterator[str]:
    """The nodes of what is in a group."""
    if group.type.token in GROUPS:
        found = [group]
    elif group.type.token == INSTANCE_GROUP:
        found = _named_machines(builder, group, "instances")
    elif group.type.token == SERVERLESS_GROUP:
        found = builder.references.named(group, "cloudRun.service", *SERVICES)
        found += builder.references.named(group, "cloudFunction.function", FUNCTION, OLD_FUNCTION)
    else:
        endpoints = builder.references.naming(group, ENDPOINTS, _GROUP_PATHS)
        found = [
            machine
            for endpoint in endpoints
            for path in ("instance", "networkEndpoints")
            for machine in _named_machines(builder, endpoint, path)
        ]
    for item in found:
        node = builder.has_node(item)
        if node:
            yield node


_GROUP_PATHS: Final = ("networkEndpointGroup",)


def _machines(
    builder: Builder,
    by: Resource,
    path: str,
    because: tuple[Resource, ...],
    notes: tuple[str, ...],
) -> Iterator[_End]:
    for machine in _named_machines(builder, by, path):
        node = builder.has_node(machine)
        if node:
            yield _End(node, because, notes, is_guarded=False)


def _named_machines(builder: Builder, by: Resource, path: str) -> list[Resource]:
    """The machines that an input names, one or a list of them."""
    if not by.is_set(path):
        return []
    leaves = list(by.leaves(path))
    found = {
        item.urn: item
        for leaf in leaves
        if (name := short_name(leaf.value))
        # A target pool has them as ZONE/NAME.
        for item in builder.references.of_text(
            by, leaf.value if "/instances/" in leaf.value else name, *MACHINES
        )
    }
    if any(leaf.value is UNKNOWN for leaf in leaves):
        found |= {item.urn: item for item in builder.references.sources(by, path, *MACHINES)}
    return list(found.values())
