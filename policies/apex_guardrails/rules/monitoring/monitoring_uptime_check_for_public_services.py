"""Each public service has an uptime check."""

import json
from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.everybody import ALL_USERS, is_public
from apex_guardrails.gcp.iam import read_grants
from apex_guardrails.gcp.load_balancers import is_external
from apex_guardrails.gcp.references import names_resource
from apex_guardrails.gcp.run import INVOKER_ROLE, SERVICES, open_path, unchecked_path
from apex_guardrails.gcp.run_annotations import DEFAULT_URL_DISABLED, INGRESS, INVOKER_IAM_DISABLED
from apex_guardrails.gcp.types import (
    CLOUDRUN_IAM_BINDING,
    CLOUDRUN_IAM_MEMBER,
    CLOUDRUN_IAM_POLICY,
    CLOUDRUN_SERVICE,
    CLOUDRUNV2_SERVICE,
    CLOUDRUNV2_SERVICE_IAM_BINDING,
    CLOUDRUNV2_SERVICE_IAM_MEMBER,
    CLOUDRUNV2_SERVICE_IAM_POLICY,
    COMPUTE_FORWARDING_RULE,
    COMPUTE_GLOBAL_FORWARDING_RULE,
    COMPUTE_REGION_TARGET_HTTP_PROXY,
    COMPUTE_TARGET_HTTP_PROXY,
    MONITORING_UPTIME_CHECK_CONFIG,
)
from apex_guardrails.model import Resource, Stack, Violation, case, rule

PLAIN_PROXIES = (COMPUTE_TARGET_HTTP_PROXY, COMPUTE_REGION_TARGET_HTTP_PROXY)
# Who may call a service, and the input that names it.
INVOKERS = {
    CLOUDRUNV2_SERVICE_IAM_MEMBER: "name",
    CLOUDRUNV2_SERVICE_IAM_BINDING: "name",
    CLOUDRUNV2_SERVICE_IAM_POLICY: "name",
    CLOUDRUN_IAM_MEMBER: "service",
    CLOUDRUN_IAM_BINDING: "service",
    CLOUDRUN_IAM_POLICY: "service",
}


@rule(
    severity="medium",
    on=(
        MONITORING_UPTIME_CHECK_CONFIG,
        COMPUTE_GLOBAL_FORWARDING_RULE,
        COMPUTE_FORWARDING_RULE,
        *SERVICES,
        *INVOKERS,
    ),
    scope="stack",
    fix="Create monitoring.UptimeCheckConfig.",
)
def monitoring_uptime_check_for_public_services(stack: Stack) -> Iterator[Violation]:
    """Without one, users are the first to report an outage."""
    checked: set[str] = set()
    for check in stack.of_type(MONITORING_UPTIME_CHECK_CONFIG):
        found = {service.urn for service in check.referred("monitoredResource", *SERVICES)}
        if not found:
            return  # a host name says not what is behind it: it may be any of them
        checked |= found
    unchecked = [service for service in stack.of_type(*SERVICES) if service.urn not in checked]
    yield from stack.each(unchecked, _service)
    # One check is enough, as a load balancer has an entrance by port and address. What is for HTTP
    # comes last: it often does nothing but lead to the one for HTTPS.
    entrances = sorted(
        stack.of_type(COMPUTE_GLOBAL_FORWARDING_RULE, COMPUTE_FORWARDING_RULE), key=_is_plain
    )
    yield from list(stack.each(entrances, _entrance))[:1]


def _service(service: Resource) -> Iterator[Violation]:
    if open_path(service) and _is_public(service):
        yield service.fail("is public without an uptime check")


def _is_public(service: Resource) -> bool:
    if unchecked_path(service):
        return True
    return any(
        is_public(given.given_member)
        for grant in service.stack.of_type(*INVOKERS)
        if names_resource(grant, INVOKERS[grant.type.token], service)
        for given in read_grants(grant)
    )


def _is_plain(entrance: Resource) -> bool:
    return any(entrance.referred("target", *PLAIN_PROXIES))


def _entrance(entrance: Resource) -> Iterator[Violation]:
    if is_external(entrance):
        yield entrance.fail("is public without an uptime check")


def _check(host: Any) -> case.CaseResource:
    labels = {"host": host, "project_id": "p"}
    return case.resource(
        MONITORING_UPTIME_CHECK_CONFIG,
        "check",
        displayName="c",
        monitoredResource={"type": "uptime_url", "labels": labels},
    )


def _grant(number: int, **inputs: Any) -> case.CaseResource:
    token = list(INVOKERS)[number]
    return case.resource(token, "grant", **{INVOKERS[token]: case.output_of("api"), **inputs})


API = case.resource(CLOUDRUNV2_SERVICE, "api", name="api")
OLD = case.resource(CLOUDRUN_SERVICE, "api", name="api")
POLICY = json.dumps({"bindings": [{"role": INVOKER_ROLE, "members": [ALL_USERS]}]})
UNCHECKED: dict[str, Any] = {
    "metadata": {"annotations": {INVOKER_IAM_DISABLED: "true"}},
}
EVERYBODY: dict[str, Any] = {"member": ALL_USERS}
CASES = [
    case.passes(
        case.resource(CLOUDRUNV2_SERVICE, "api", invokerIamDisabled=True, defaultUriDisabled=True)
    ),
    case.fails(
        case.resource(CLOUDRUNV2_SERVICE, "api", invokerIamDisabled=True, defaultUriDisabled=False)
    ),
    case.undecided(case.resource(CLOUDRUNV2_SERVICE, "api", defaultUriDisabled=case.UNKNOWN)),
    case.passes(
        case.resource(
            CLOUDRUN_SERVICE, "api", metadata={"annotations": {DEFAULT_URL_DISABLED: "true"}}
        )
    ),
    case.undecided(
        case.resource(
            CLOUDRUN_SERVICE, "api", metadata={"annotations": {DEFAULT_URL_DISABLED: case.UNKNOWN}}
        )
    ),
    case.passes(API, _grant(0, **EVERYBODY), _check(case.output_of("api"))),
    case.passes(API, _grant(0, **EVERYBODY), _check("api.example.org")),
    case.passes(
        API,
        _grant(0, **EVERYBODY),
        case.resource(MONITORING_UPTIME_CHECK_CONFIG, "check", displayName="c"),
    ),
    case.passes(API),
    case.passes(API, _grant(0, member="group:a@example.org")),
    case.passes(API, _grant(0, member=case.UNKNOWN)),
    case.passes(API, _grant(0, name="another", **EVERYBODY)),
    case.passes(API, _grant(0), _grant(1), _grant(2)),
    case.passes(
        case.resource(
            CLOUDRUNV2_SERVICE,
            "api",
            ingress="INGRESS_TRAFFIC_INTERNAL_ONLY",
            invokerIamDisabled=True,
        )
    ),
    case.passes(case.resource(CLOUDRUNV2_SERVICE, "api", invokerIamDisabled=False)),
    case.passes(
        case.resource(
            CLOUDRUN_SERVICE,
            "api",
            metadata={"annotations": {INGRESS: "internal"}},
        ),
        _grant(3, **EVERYBODY),
    ),
    case.passes(case.resource(COMPUTE_GLOBAL_FORWARDING_RULE), _check("api.example.org")),
    case.passes(
        case.resource(COMPUTE_GLOBAL_FORWARDING_RULE, loadBalancingScheme="INTERNAL_MANAGED")
    ),
    case.passes(_outputs={}),
    case.fails(API, _grant(0, **EVERYBODY)),
    case.fails(API, _grant(0, name="api", **EVERYBODY)),
    case.fails(API, _grant(1, members=["group:a@example.org", ALL_USERS])),
    case.fails(API, _grant(2, policyData=POLICY)),
    case.fails(OLD, _grant(3, **EVERYBODY)),
    case.fails(OLD, _grant(4, members=[ALL_USERS])),
    case.fails(OLD, _grant(5, policyData=POLICY)),
    case.fails(case.resource(CLOUDRUNV2_SERVICE, "api", invokerIamDisabled=True)),
    case.fails(case.resource(CLOUDRUN_SERVICE, "api", **UNCHECKED)),
    case.fails(
        API,
        _grant(0, **EVERYBODY),
        case.resource(CLOUDRUNV2_SERVICE, "other", name="other"),
        _check(case.output_of("other")),
    ),
    case.fails(case.resource(COMPUTE_GLOBAL_FORWARDING_RULE)),
    case.fails(case.resource(COMPUTE_FORWARDING_RULE)),
    case.passes(case.resource(COMPUTE_FORWARDING_RULE, loadBalancingScheme="INTERNAL")),
    case.fails(case.resource(COMPUTE_GLOBAL_FORWARDING_RULE, loadBalancingScheme="EXTERNAL")),
    case.fails(
        case.resource(COMPUTE_GLOBAL_FORWARDING_RULE, loadBalancingScheme="EXTERNAL_MANAGED")
    ),
    case.fails(case.resource(COMPUTE_GLOBAL_FORWARDING_RULE), API, _check(case.output_of("api"))),
    case.undecided(case.resource(COMPUTE_GLOBAL_FORWARDING_RULE, loadBalancingScheme=case.UNKNOWN)),
    case.undecided(case.resource(CLOUDRUNV2_SERVICE, "api", ingress=case.UNKNOWN)),
    case.undecided(case.resource(CLOUDRUNV2_SERVICE, "api", invokerIamDisabled=case.UNKNOWN)),
    case.undecided(
        case.resource(
            CLOUDRUN_SERVICE,
            "api",
            metadata={"annotations": {INVOKER_IAM_DISABLED: case.UNKNOWN}},
        )
    ),
    case.undecided(
        case.resource(
            CLOUDRUN_SERVICE,
            "api",
            metadata={"annotations": {INGRESS: case.UNKNOWN}},
        )
    ),
    case.passes(API, _grant(1, members=case.UNKNOWN)),
    case.undecided(API, _grant(2, policyData=case.UNKNOWN)),
]
