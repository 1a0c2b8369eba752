"""Where a forwarding rule leads: over proxy, URL map, backends and groups to what answers.

Source: Cloud Load Balancing documentation, "Forwarding rules overview", "Backend services overview"
and "Network endpoint groups overview" (2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from apex_guardrails.gcp.networks import ALL_PORTS, ports_of
from apex_guardrails.gcp.types import (
    COMPUTE_BACKEND_BUCKET,
    COMPUTE_BACKEND_SERVICE,
    COMPUTE_FORWARDING_RULE,
    COMPUTE_HEALTH_CHECK,
    COMPUTE_INSTANCE_GROUP,
    COMPUTE_INSTANCE_GROUP_MEMBERSHIP,
    COMPUTE_INSTANCE_GROUP_NAMED_PORT,
    COMPUTE_REGION_BACKEND_BUCKET,
    COMPUTE_REGION_BACKEND_SERVICE,
    COMPUTE_REGION_HEALTH_CHECK,
    COMPUTE_REGION_TARGET_HTTP_PROXY,
    COMPUTE_REGION_TARGET_HTTPS_PROXY,
    COMPUTE_REGION_TARGET_TCP_PROXY,
    COMPUTE_REGION_URL_MAP,
    COMPUTE_TARGET_GRPC_PROXY,
    COMPUTE_TARGET_HTTP_PROXY,
    COMPUTE_TARGET_HTTPS_PROXY,
    COMPUTE_TARGET_INSTANCE,
    COMPUTE_TARGET_POOL,
    COMPUTE_TARGET_SSL_PROXY,
    COMPUTE_TARGET_TCP_PROXY,
    COMPUTE_URL_MAP,
    STORAGE_BUCKET,
)
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import UNKNOWN
from apex_guardrails.network.addresses import FORWARDING
from apex_guardrails.network.endpoints import (
    ENDPOINT_GROUPS,
    Behind,
    find_attached,
    in_endpoint_group,
)
from apex_guardrails.network.hosts import GROUPS, MACHINES
from apex_guardrails.network.references import References, read_flag, read_list

_BY_STREAM: Final = (
    COMPUTE_REGION_TARGET_TCP_PROXY,
    COMPUTE_TARGET_SSL_PROXY,
    COMPUTE_TARGET_TCP_PROXY,
)
_BY_URL: Final = (
    COMPUTE_REGION_TARGET_HTTP_PROXY,
    COMPUTE_REGION_TARGET_HTTPS_PROXY,
    COMPUTE_TARGET_GRPC_PROXY,
    COMPUTE_TARGET_HTTP_PROXY,
    COMPUTE_TARGET_HTTPS_PROXY,
)
PROXIES: Final = (*_BY_STREAM, *_BY_URL)
URL_MAPS: Final = (COMPUTE_URL_MAP, COMPUTE_REGION_URL_MAP)
BACKENDS: Final = (COMPUTE_BACKEND_SERVICE, COMPUTE_REGION_BACKEND_SERVICE)
BACKEND_BUCKETS: Final = (COMPUTE_BACKEND_BUCKET, COMPUTE_REGION_BACKEND_BUCKET)
HEALTH_CHECKS: Final = (COMPUTE_HEALTH_CHECK, COMPUTE_REGION_HEALTH_CHECK)
_CHECKS: Final = ("tcpHealthCheck", "sslHealthCheck", "httpHealthCheck", "httpsHealthCheck")

_BY_URL_NAME: Final = re.compile("/target(?:Http|Https|Grpc)Proxies/")

# Where a URL map names backends.
_ROUTES: Final = ("defaultService", "defaultRouteAction", "pathMatchers")

Ports: TypeAlias = tuple[range, ...] | None
"""`None` where they are not known."""


@dataclass(frozen=True)
class End:
    """What answers behind a forwarding rule.

    Attributes:
        resource: what it is, or the last on the way to what this stack does not have.
        hops: the resources between the rule and the end.
        notes: what is said of the way.
        ports: at which it is reached.
        is_passed_on: whether packets arrive as they were sent, so that firewalls know the sender.
        is_http: whether it is HTTP that is sent on.
        is_guarded: whether Identity-Aware Proxy asks who calls.
        is_elsewhere: whether the stack does not have what answers.
        backend: the backend service, where there is one.
        rules: the forwarding rules that it goes over, by URN.
    """

    resource: Resource
    hops: tuple[Resource, ...]
    ports: Ports
    notes: tuple[str, ...] = ()
    is_passed_on: bool = False
    is_http: bool = False
    is_guarded: bool = False
    is_elsewhere: bool = False
    backend: Resource | None = None
    rules: tuple[str, ...] = ()


def front_ports(rule: Resource) -> Ports:
    """The ports of a forwarding rule."""
    given = rule.peek("portRange")
    if given is UNKNOWN:
        return None
    ports = [given] if given else []
    if not ports and rule.type.token == COMPUTE_FORWARDING_RULE:
        views, is_unknown = read_list(rule, "ports")
        if is_unknown:
            return None
        ports = [view.peek("") for view in views]
    if not ports:
        return (ALL_PORTS,)
    return _ranges(ports)


def find_ends(references: References, rule: Resource, before: tuple[str, ...] = ()) -> list[End]:
    """What answers for a rule, which others may lead to."""
    front = front_ports(rule)
    rules = (*before, rule.urn)
    found: list[End] = []
    is_regional = rule.type.token == COMPUTE_FORWARDING_RULE
    for backend in references.named(rule, "backendService", *BACKENDS) if is_regional else ():
        way = End(backend, (backend,), front, is_passed_on=True, rules=rules)
        found += _behind(references, way, backend)
    if is_regional and rule.is_set("backendService") and not found:
        found.append(End(rule, (), front, is_passed_on=True, is_elsewhere=True, rules=rules))
    targets = references.named(
        rule, "target", *PROXIES, COMPUTE_TARGET_POOL, COMPUTE_TARGET_INSTANCE
    )
    if not targets and (published := list(find_attached(references, rule, "target", front))):
        for behind in published:
            found += _at(references, End(rule, (), front, rules=rules), behind)
        return found
    if rule.is_set("target") and not targets and not _BY_URL_NAME.search(str(rule.peek("target"))):
        found.append(End(rule, (), front, is_elsewhere=True, rules=rules))
    for target in targets:
        found += _of_target(references, target, End(target, (target,), front, rules=rules))
    return found


def _of_target(references: References, target: Resource, way: End) -> Iterator[End]:
    token = target.type.token
    if token in _PASSED_TO:
        way = replace(way, is_passed_on=True)
        path = "instances" if token == COMPUTE_TARGET_POOL else "instance"
        for machine in references.named_in(target, path, *MACHINES):
            yield replace(way, resource=machine)
        for group in _in_pool(references, target) if token == COMPUTE_TARGET_POOL else ():
            yield replace(way, resource=group)
    elif token in _BY_STREAM:
        for backend in references.named(target, "backendService", *BACKENDS):
            yield from _behind(references, replace(way, hops=(target, backend)), backend)
    else:
        for url_map in references.named(target, "urlMap", *URL_MAPS):
            for backend in find_servers(references, url_map):
                to = replace(way, hops=(target, url_map, backend), is_http=True)
                yield from _behind(references, to, backend)


def _in_pool(references: References, pool: Resource) -> list[Resource]:
    """The groups that add their machines to a pool."""
    return references.naming(pool, GROUPS, ("targetPools",))


_PASSED_TO: Final = (COMPUTE_TARGET_POOL, COMPUTE_TARGET_INSTANCE)


def find_servers(references: References, url_map: Resource) -> list[Resource]:
    """The backends that a URL map names anywhere."""
    found: dict[str, Resource] = {}
    for top in _ROUTES:
        if not url_map.is_set(top):
            continue
        leaves = list(url_map.leaves(top))
        named: list[Resource] = []
        if any(leaf.value is UNKNOWN for leaf in leaves):
            named += references.sources(url_map, top, *BACKENDS, *BACKEND_BUCKETS)
        for leaf in leaves:
            last = leaf.path.rpartition(".")[2]
            if last in {"defaultService", "service", "backendService"}:
                named += references.of_text(url_map, leaf.value, *BACKENDS, *BACKEND_BUCKETS)
        found |= {item.urn: item for item in named}
    return [found[urn] for urn in sorted(found)]


def _behind(references: References, way: End, backend: Resource) -> Iterator[End]:
    """What a backend service or bucket sends requests to."""
    if backend.type.token in BACKEND_BUCKETS:
        for bucket in references.named(backend, "bucketName", STORAGE_BUCKET):
            yield replace(way, resource=bucket, notes=(f"backend bucket {backend.name}",))
        return
    notes = [f"backend {backend.name}"]
    if backend.is_set("securityPolicy"):
        notes.append("Cloud Armor")
    guarded = read_flag(backend, "iap.enabled", omitted=False) is True
    if guarded:
        notes.append("Identity-Aware Proxy asks who calls")
    way = replace(way, notes=tuple(notes), is_guarded=guarded, backend=backend)
    for view in read_list(backend, "backends")[0]:
        groups = references.named(view, "group", *ENDPOINT_GROUPS, *GROUPS, COMPUTE_INSTANCE_GROUP)
        for group in groups:
            yield from _in_group(references, replace(way, hops=(*way.hops, group)), group)
        if not groups and view.is_set("group"):
            ports = way.ports if way.is_passed_on else _checked(references, backend) or way.ports
            yield replace(way, ports=ports, is_elsewhere=True)


def _in_group(references: References, way: End, group: Resource) -> Iterator[End]:
    """What is in a group."""
    if group.type.token in ENDPOINT_GROUPS:
        for behind in in_endpoint_group(references, group, way.ports):
            yield from _at(references, way, behind)
        return
    if not way.is_passed_on:
        way = replace(way, ports=_named_ports(references, way, group))
    if group.type.token in GROUPS:
        yield replace(way, resource=group, hops=way.hops[:-1])
        return
    machines = references.named_in(group, "instances", *MACHINES)
    for member in references.naming(
        group, (COMPUTE_INSTANCE_GROUP_MEMBERSHIP,), ("instanceGroup",)
    ):
        machines += references.named(member, "instance", *MACHINES)
    for machine in machines:
        yield replace(way, resource=machine)
    if not machines:
        yield replace(way, resource=group, is_elsewhere=True)


def _at(references: References, way: End, behind: Behind) -> Iterator[End]:
    """What an endpoint is: a service, a machine, or what another forwarding rule leads to."""
    hops = (*way.hops, *behind.hops)
    if behind.resource.type.token not in FORWARDING:
        yield replace(
            way,
            resource=behind.resource,
            hops=hops,
            ports=behind.ports,
            is_elsewhere=behind.is_elsewhere,
        )
        return
    if behind.resource.urn in way.rules:
        return
    for end in find_ends(references, behind.resource, way.rules):
        # The sender is the proxy now.
        yield replace(end, hops=(*hops, behind.resource, *end.hops), is_passed_on=False)


def _named_ports(references: References, way: End, group: Resource) -> Ports:
    """The ports of a group's machines that a proxy sends to, by the name that its backend gives."""
    if way.backend is None:
        return way.ports
    # Omitted: "http" (Compute Engine API, backendServices.portName, 2026-11).
    name = way.backend.peek("portName") or "http"
    views, is_unknown = read_list(group, "namedPorts")
    given = [(view.peek("name"), view.peek("port")) for view in views]
    given += [
        (extra.peek("name"), extra.peek("port"))
        for extra in references.naming(group, (COMPUTE_INSTANCE_GROUP_NAMED_PORT,), ("group",))
    ]
    ports = [port for called, port in given if called == name or name is UNKNOWN]
    if ports:
        return _ranges(ports)
    # A port that nothing names: what the health check asks says what is meant.
    return None if is_unknown else _checked(references, way.backend) or way.ports


def _checked(references: References, backend: Resource) -> tuple[range, ...]:
    """The ports that a backend's health checks ask."""
    checks = references.named_in(backend, "healthChecks", *HEALTH_CHECKS)
    ports = [check.peek(f"{kind}.port") for check in checks for kind in _CHECKS]
    return _ranges([port for port in ports if port is not UNKNOWN]) or ()


def _ranges(ports: Iterable[object]) -> Ports:
    """Ports; `None` where one is not known."""
    known = list(ports)
    if UNKNOWN in known:
        return None
    return tuple(found for port in known if (found := ports_of(port)) is not None)


def redirects(references: References, rule: Resource, found: Sequence[End]) -> bool:
    """Whether all that a rule does is to send on to HTTPS."""
    return not found and any(
        read_flag(url_map, "defaultUrlRedirect.httpsRedirect", omitted=False) is True
        for target in references.named(rule, "target", *_BY_URL)
        for url_map in references.named(target, "urlMap", *URL_MAPS)
        if not find_servers(references, url_map)
    )
