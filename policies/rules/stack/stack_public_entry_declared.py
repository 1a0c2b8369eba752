"""Everything reachable from the internet is on the declared list."""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from pydantic import Field

from policies.model import Complaint, Parameters, Resource, Stack, case, rule
from policies.model.google.iam import grants
from policies.model.google.load_balancers import EXTERNAL
from policies.model.google.run import SERVICES, open_path


class Declared(Parameters):
    """What may be reached from the internet."""

    entries: tuple[str, ...] = Field(
        (), description="Names of resources in the program; * stands for any text."
    )


def _machine(machine: Resource) -> str | None:
    for interface in machine.each("networkInterfaces"):
        for name in ("accessConfigs", "ipv6AccessConfigs"):
            # Omitted: no external address (Compute Engine API, networkInterfaces, 2026-11).
            if interface.get(name, omitted=()):
                return interface.at(name).path
    return None


def _database(instance: Resource) -> str | None:
    path = "settings.ipConfiguration.ipv4Enabled"
    # Omitted: a public address (Cloud SQL Admin API, 2026-11).
    return path if instance.get(path, omitted=True) is not False else None


def _load_balancer(entrance: Resource) -> str | None:
    path = "loadBalancingScheme"
    # Omitted: external (the provider's default).
    return path if entrance.get(path, omitted="EXTERNAL") in EXTERNAL else None


def _function(path: str) -> Callable[[Resource], str | None]:
    def check(function: Resource) -> str | None:
        # Omitted: from everywhere (the provider's default).
        return path if function.get(path, omitted="ALLOW_ALL") == "ALLOW_ALL" else None

    return check


def _bucket(grant: Resource) -> str | None:
    # The catalogue has publicAccessPrevention; a bucket that lacks it is reached once it is shared.
    return next((given.path for given in grants(grant) if given.everybody), None)


MACHINE = "gcp:compute/instance:Instance"
DATABASE = "gcp:sql/databaseInstance:DatabaseInstance"
LOAD_BALANCERS = (
    "gcp:compute/globalForwardingRule:GlobalForwardingRule",
    "gcp:compute/forwardingRule:ForwardingRule",
)
FUNCTION = "gcp:cloudfunctionsv2/function:Function"
OLD_FUNCTION = "gcp:cloudfunctions/function:Function"
BUCKETS = (
    "gcp:storage/bucketIAMMember:BucketIAMMember",
    "gcp:storage/bucketIAMBinding:BucketIAMBinding",
    "gcp:storage/bucketIAMPolicy:BucketIAMPolicy",
)
# How each type is reached from the internet: the path of the input, if it is.
ENTRIES: dict[str, Callable[[Resource], str | None]] = {
    **dict.fromkeys(SERVICES, open_path),
    MACHINE: _machine,
    DATABASE: _database,
    **dict.fromkeys(LOAD_BALANCERS, _load_balancer),
    FUNCTION: _function("serviceConfig.ingressSettings"),
    OLD_FUNCTION: _function("ingressSettings"),
    **dict.fromkeys(BUCKETS, _bucket),
}


@rule(
    severity="high",
    on=tuple(ENTRIES),
    scope="stack",
    fix="Close it, or declare it in the parameter entries.",
    parameters=Declared,
    # Of use to who keeps the list.
    level="disabled",
)
def stack_public_entry_declared(stack: Stack, settings: Declared) -> Iterator[Complaint]:
    """An entrance is opened unnoticed."""

    def check(resource: Resource) -> Iterator[Complaint]:
        if any(fnmatchcase(resource.name, entry) for entry in settings.entries):
            return
        path = ENTRIES[resource.type.token](resource)
        if path:
            yield resource.fail("is reached from the internet and not declared", at=path)

    yield from stack.each(stack.of_type(*ENTRIES), check)


def _one(token: str, **inputs: Any) -> case.CaseResource:
    return case.resource(token, "door", **inputs)


def _interface(**inputs: Any) -> list[Any]:
    return [{"network": "vpc"}, {"network": "vpc", **inputs}]


def _v1(ingress: Any) -> dict[str, Any]:
    return {"metadata": {"annotations": {"run.googleapis.com/ingress": ingress}}}


def _ipv4(*, enabled: Any) -> dict[str, Any]:
    return {"settings": {"ipConfiguration": {"ipv4Enabled": enabled}}}


V2, V1 = SERVICES
POLICY = '{"bindings": [{"role": "r", "members": ["allUsers"]}]}'
OPEN = (
    _one(V2),
    _one(V1),
    _one(MACHINE, networkInterfaces=_interface(accessConfigs=[{}])),
    _one(MACHINE, networkInterfaces=_interface(ipv6AccessConfigs=[{"networkTier": "PREMIUM"}])),
    _one(DATABASE),
    _one(DATABASE, **_ipv4(enabled=True)),
    _one(LOAD_BALANCERS[0]),
    _one(LOAD_BALANCERS[0], loadBalancingScheme="EXTERNAL_MANAGED"),
    _one(LOAD_BALANCERS[1], loadBalancingScheme="EXTERNAL"),
    _one(FUNCTION),
    _one(FUNCTION, serviceConfig={"ingressSettings": "ALLOW_ALL"}),
    _one(OLD_FUNCTION),
    _one(BUCKETS[0], member="allUsers"),
    _one(BUCKETS[1], members=["group:a@example.org", "allAuthenticatedUsers"]),
    _one(BUCKETS[2], policyData=POLICY),
)
CLOSED = (
    _one(V2, ingress="INGRESS_TRAFFIC_INTERNAL_ONLY"),
    _one(V1, **_v1("internal")),
    _one(MACHINE, networkInterfaces=_interface(accessConfigs=[])),
    _one(MACHINE, networkInterfaces=[]),
    _one(MACHINE),
    _one(DATABASE, **_ipv4(enabled=False)),
    _one(LOAD_BALANCERS[0], loadBalancingScheme="INTERNAL_MANAGED"),
    _one(LOAD_BALANCERS[1], loadBalancingScheme=""),
    _one(FUNCTION, serviceConfig={"ingressSettings": "ALLOW_INTERNAL_ONLY"}),
    _one(OLD_FUNCTION, ingressSettings="ALLOW_INTERNAL_ONLY"),
    _one(BUCKETS[0], member="group:a@example.org"),
    _one(BUCKETS[0]),
    _one(BUCKETS[1]),
    _one(BUCKETS[2]),
)
UNDECIDED = (
    _one(V2, ingress=case.UNKNOWN),
    _one(V1, **_v1(case.UNKNOWN)),
    _one(MACHINE, networkInterfaces=case.UNKNOWN),
    _one(MACHINE, networkInterfaces=_interface(accessConfigs=case.UNKNOWN)),
    _one(MACHINE, networkInterfaces=_interface(ipv6AccessConfigs=case.UNKNOWN)),
    _one(DATABASE, **_ipv4(enabled=case.UNKNOWN)),
    _one(LOAD_BALANCERS[0], loadBalancingScheme=case.UNKNOWN),
    _one(FUNCTION, serviceConfig={"ingressSettings": case.UNKNOWN}),
    _one(OLD_FUNCTION, ingressSettings=case.UNKNOWN),
    _one(BUCKETS[0], member=case.UNKNOWN),
    _one(BUCKETS[1], members=case.UNKNOWN),
    _one(BUCKETS[2], policyData=case.UNKNOWN),
)
CASES = [
    *(case.fails(resource) for resource in OPEN),
    *(case.passes(resource, _parameters={"entries": ["door"]}) for resource in OPEN),
    *(case.passes(resource) for resource in CLOSED),
    *(case.undecided(resource) for resource in UNDECIDED),
    *(case.fails(resource, OPEN[0]) for resource in UNDECIDED),
    case.passes(_outputs={}),
    case.passes(OPEN[0], _parameters={"entries": ["window", "d*"]}),
    case.fails(OPEN[0], _parameters={"entries": ["window"]}),
]
