"""Services of a cluster that the internet reaches: databases apart from the others."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from apex_guardrails.gcp.admitted import admitted, of_ranges
from apex_guardrails.gcp.cluster_objects import SERVICES, each_object, in_lists_too
from apex_guardrails.gcp.engines import DATABASE_PORTS
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case
from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import Check
from apex_guardrails.model.value import Value
from apex_guardrails.model.view import UndecidedError, View
from apex_guardrails.network.words import engine_of
from apex_guardrails.rules.families.table import RuleRow, RuleTable

_KINDS: Final = ("networking.gke.io/load-balancer-type", "cloud.google.com/load-balancer-type")
"""Annotations by which a load balancer is internal (GKE documentation, "Internal load balancing",
2026-11)."""

_INTERNAL_CLASS: Final = "networking.gke.io/l4-regional-internal"
_RANGES: Final = "spec.loadBalancerSourceRanges"
_RANGES_KEY: Final = "service.beta.kubernetes.io/load-balancer-source-ranges"
_RANGES_TOO: Final = f'metadata.annotations["{_RANGES_KEY}"]'
"""The same as one text, with commas; where both are given, the list counts (Kubernetes' cloud
provider, service helpers, 2026-11)."""


def _is_internal(service: View) -> bool:
    """Whether its load balancer has an address of the network.

    Raises:
        UndecidedError: what says so is not known before deployment.
    """
    if service.get("spec.loadBalancerClass") == _INTERNAL_CLASS:
        return True
    return any(
        str(service.get(f'metadata.annotations["{key}"]')).lower() == "internal" for key in _KINDS
    )


def _admitted(service: View, limits: WideRanges) -> str:
    """Whom its load balancer lets in, in words; "" where that is nobody of the internet.

    Omitted: everybody (Kubernetes API reference, ServiceSpec, 2026-11).
    """
    if service.get("spec.type") != "LoadBalancer" or _is_internal(service):
        return ""
    if service.get(_RANGES):
        whom = admitted(service, _RANGES, limits)
    else:
        listed = str(service.get(_RANGES_TOO, omitted="")).strip()
        if not listed:
            return "everybody"
        at = service.at(_RANGES_TOO).path
        whom = of_ranges([(at, part.strip()) for part in listed.split(",")], limits, at)
    whom.require()
    return whom.share


def _is_databases(port: Value) -> bool:
    if isinstance(port, int | float):
        return port in DATABASE_PORTS
    # That of the pods may be a name, or a number as a text.
    name = str(port or "")
    return int(name) in DATABASE_PORTS if name.isdecimal() else engine_of(name) is not None


def _database_ports(service: View) -> list[View]:
    """Its ports that are a database's, by their own number, by that of the pods, or by a name.

    Raises:
        UndecidedError: none that is known is one, and another is not known.
    """
    found: list[View] = []
    unknown: UndecidedError | None = None
    try:
        for port in service.each("spec.ports"):
            try:
                if any(map(_is_databases, map(port.get, ("port", "targetPort", "name")))):
                    found.append(port)
            except UndecidedError as error:
                unknown = error
    except UndecidedError as error:
        unknown = error
    if unknown is not None and not found:
        raise unknown
    return found


def _opens_database(service: View, limits: WideRanges) -> Iterator[Violation]:
    whom = _admitted(service, limits)
    for port in _database_ports(service) if whom else ():
        number = port.get("port")
        yield port.fail(f"opens the port {number} of a database to {whom}", at="port")


def _is_public(service: View, limits: WideRanges) -> Iterator[Violation]:
    whom = _admitted(service, limits)
    # Another rule says so of databases.
    if whom and not _database_ports(service):
        yield service.fail(f"has a load balancer that admits {whom}", at="spec.type")


def _check(databases: bool) -> Check:  # noqa: FBT001 what a row is about
    look = _opens_database if databases else _is_public

    def check(resource: Resource, limits: WideRanges) -> Iterator[Violation]:
        return Stack.each(each_object(resource), partial(look, limits=limits))

    return check


def _service(*ports: Any, annotations: Any = None, **spec: Any) -> dict[str, Any]:
    given = {"metadata": {"annotations": annotations}} if annotations is not None else {}
    return {**given, "spec": {"type": "LoadBalancer", "ports": list(ports), **spec}}


def _own_cases(databases: bool) -> Iterator[Case]:  # noqa: FBT001 the same
    port = {"port": 5432} if databases else {"port": 443}
    other = {"port": 443} if databases else {"port": 5432}
    yield case.fails(**_service(port))
    yield case.passes(**_service(port, annotations={_KINDS[0]: "Internal"}))
    yield case.fails(**_service(port, loadBalancerSourceRanges=["0.0.0.0/0"]))
    yield case.fails(**_service(port, loadBalancerSourceRanges=["0.0.0.0/1", "128.0.0.0/1"]))
    yield case.fails(**_service(port, loadBalancerSourceRanges=[]))
    yield case.fails(**_service(port, annotations={_KINDS[0]: "External"}))
    yield case.fails(**_service(port, loadBalancerClass="other"))
    yield case.passes(**_service(port, loadBalancerSourceRanges=["198.51.100.7/32"]))
    yield case.passes(**_service(port, annotations={_KINDS[1]: "internal"}))
    for ranges, is_open in (
        ("10.0.0.0/8", False),
        (" 198.51.100.7/32, 10.0.0.0/8 ", False),
        ("10.0.0.0/8,0.0.0.0/0", True),
        (" ", True),
    ):
        expected = case.fails if is_open else case.passes
        yield expected(**_service(port, annotations={_RANGES_KEY: ranges}))
    yield case.fails(
        **_service(
            port,
            annotations={_RANGES_KEY: "10.0.0.0/8"},
            loadBalancerSourceRanges=["0.0.0.0/0"],
        )
    )
    yield case.passes(**_service(port, loadBalancerClass=_INTERNAL_CLASS))
    yield case.passes(**_service(port, type="ClusterIP"))
    yield case.passes(spec={"ports": [port]})
    yield case.passes()
    yield case.passes(**_service(other))
    target = {"port": 80, "targetPort": 6379}
    (expected, opposite) = (case.fails, case.passes) if databases else (case.passes, case.fails)
    yield expected(**_service(target))
    yield expected(**_service(other, UNKNOWN, {"port": 5432, "targetPort": 80}))
    for names in (
        {"targetPort": "postgres"},
        {"targetPort": "5432"},
        {"name": "tcp-mysql"},
        {"targetPort": 8443, "name": "redis"},
    ):
        yield expected(**_service({"port": 15432, **names}))
    for names in (
        {"targetPort": "http"},
        {"targetPort": "8080"},
        {"name": "postgres-metrics"},
        {"name": ""},
    ):
        yield opposite(**_service({"port": 15432, **names}))
    yield opposite(spec={"type": "LoadBalancer"})
    yield opposite(**_service({}))
    for inputs in (
        _service({"port": UNKNOWN}),
        _service({"port": 80, "targetPort": UNKNOWN}),
        _service({"port": 80, "name": UNKNOWN}),
        _service(port, annotations={_RANGES_KEY: UNKNOWN}),
        _service(port, annotations={_RANGES_KEY: "ours"}),
        _service(UNKNOWN),
        _service(ports=UNKNOWN),
        _service(port, type=UNKNOWN),
        _service(port, loadBalancerSourceRanges=UNKNOWN),
        _service(port, loadBalancerSourceRanges=[UNKNOWN]),
        _service(port, loadBalancerClass=UNKNOWN),
        *(_service(port, annotations={key: UNKNOWN}) for key in _KINDS),
        {"spec": UNKNOWN},
    ):
        yield case.undecided(**inputs)


def _cases(databases: bool) -> Iterator[Case]:  # noqa: FBT001 the same
    yield from in_lists_too(SERVICES[2], _own_cases(databases))
    yield case.fails(case.resource(SERVICES[1], **_service({"port": 5432 if databases else 443})))


ROWS: Final = (
    RuleRow(
        id="kubernetes-database-not-public",
        about=True,
        severity="critical",
        title="No load balancer of a cluster opens a database to the internet",
        why="Anyone can then try passwords against the database, or read one that asks for none.",
        fix='Annotate it with networking.gke.io/load-balancer-type: "Internal", or list who may '
        "come in spec.loadBalancerSourceRanges.",
    ),
    RuleRow(
        id="kubernetes-service-not-public",
        about=False,
        severity="medium",
        title="Services are not published by load balancers of their own",
        why="What an Ingress or a Gateway publishes has TLS and Cloud Armor in one place.",
        fix="Publish it by an Ingress or a Gateway, annotate it with "
        'networking.gke.io/load-balancer-type: "Internal", or list who may come in '
        "spec.loadBalancerSourceRanges.",
    ),
)

RULES = RuleTable[bool](on=SERVICES, check=_check, cases=_cases, parameters=WideRanges).rules(
    __name__, ROWS
)
