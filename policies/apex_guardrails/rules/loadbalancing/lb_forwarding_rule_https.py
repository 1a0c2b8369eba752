"""External forwarding rules do not serve plain HTTP: one rule each for global and regional ones."""

from collections.abc import Iterable, Iterator
from typing import Any

from apex_guardrails.gcp.load_balancers import is_external
from apex_guardrails.gcp.types import (
    COMPUTE_ADDRESS,
    COMPUTE_FORWARDING_RULE,
    COMPUTE_GLOBAL_FORWARDING_RULE,
    COMPUTE_REGION_TARGET_HTTP_PROXY,
    COMPUTE_REGION_TARGET_HTTPS_PROXY,
    COMPUTE_REGION_TARGET_TCP_PROXY,
    COMPUTE_REGION_URL_MAP,
    COMPUTE_SERVICE_ATTACHMENT,
    COMPUTE_TARGET_GRPC_PROXY,
    COMPUTE_TARGET_HTTP_PROXY,
    COMPUTE_TARGET_HTTPS_PROXY,
    COMPUTE_TARGET_INSTANCE,
    COMPUTE_TARGET_POOL,
    COMPUTE_TARGET_SSL_PROXY,
    COMPUTE_TARGET_TCP_PROXY,
    COMPUTE_URL_MAP,
    COMPUTE_VPN_GATEWAY,
)
from apex_guardrails.model import Resource, Violation, case
from apex_guardrails.model.case import Case
from apex_guardrails.model.value import parse_path
from apex_guardrails.rules.families.table import RuleRow, RuleTable

HTTP_PROXIES = (COMPUTE_TARGET_HTTP_PROXY, COMPUTE_REGION_TARGET_HTTP_PROXY)
OTHER_TARGETS = (
    COMPUTE_REGION_TARGET_HTTPS_PROXY,
    COMPUTE_REGION_TARGET_TCP_PROXY,
    COMPUTE_SERVICE_ATTACHMENT,
    COMPUTE_TARGET_GRPC_PROXY,
    COMPUTE_TARGET_HTTPS_PROXY,
    COMPUTE_TARGET_INSTANCE,
    COMPUTE_TARGET_POOL,
    COMPUTE_TARGET_SSL_PROXY,
    COMPUTE_TARGET_TCP_PROXY,
    COMPUTE_VPN_GATEWAY,
)
URL_MAPS = (COMPUTE_URL_MAP, COMPUTE_REGION_URL_MAP)
SERVERS = ("backendService", "defaultService", "service")


def _check(entrance: Resource) -> Iterator[Violation]:
    proxies = list(entrance.referred("target", *HTTP_PROXIES))
    if proxies:
        is_plain = not all(_only_redirects(proxy) for proxy in proxies)
    elif any(entrance.referred("target", *OTHER_TARGETS)):
        is_plain = False
    else:
        is_plain = "/targetHttpProxies/" in str(entrance.get("target", omitted=""))
    if is_plain:
        yield entrance.fail("serves plain HTTP", at="target")


def _only_redirects(proxy: Resource) -> bool:
    """Whether a proxy's URL map does nothing but send on to HTTPS.

    One that the stack does not have may do anything.
    """
    maps = list(proxy.referred("urlMap", *URL_MAPS))
    return bool(maps) and all(
        url_map.get("defaultUrlRedirect.httpsRedirect", omitted=False) is True
        and not any(parse_path(leaf.path)[-1] in SERVERS for leaf in url_map.leaves())
        for url_map in maps
    )


def _cases(token: str) -> Iterator[Case]:
    proxy, url_map = (
        HTTP_PROXIES[token == COMPUTE_FORWARDING_RULE],
        URL_MAPS[token == COMPUTE_FORWARDING_RULE],
    )

    def entrance(target: Any, **inputs: Any) -> case.CaseResource:
        return case.resource(token, target=target, **inputs)

    def redirect(*, value: Any = True, **inputs: Any) -> Iterable[case.CaseResource]:
        given = {"defaultUrlRedirect": {"httpsRedirect": value, "stripQuery": False}, **inputs}
        yield entrance(case.output_of("proxy"), loadBalancingScheme="EXTERNAL_MANAGED")
        yield case.resource(proxy, "proxy", urlMap=case.output_of("map"))
        yield case.resource(url_map, "map", **given)

    https = case.resource(COMPUTE_TARGET_HTTPS_PROXY, "proxy")
    to_proxy = entrance(case.output_of("proxy"))
    yield case.passes(to_proxy, https)
    yield case.passes(entrance("projects/p/global/targetHttpsProxies/web"))
    yield case.not_applicable(
        entrance("projects/p/global/targetHttpProxies/w", loadBalancingScheme="X")
    )
    yield case.passes(case.resource(token))
    yield case.passes(*redirect())
    yield case.passes(*redirect(pathMatchers=[{"name": "m", "defaultUrlRedirect": {}}]))
    yield case.fails(entrance("projects/p/global/targetHttpProxies/w"))
    yield case.fails(
        entrance("projects/p/global/targetHttpProxies/w", loadBalancingScheme="EXTERNAL")
    )
    yield case.fails(to_proxy, case.resource(proxy, "proxy", urlMap="projects/p/global/urlMaps/m"))
    yield case.fails(*redirect(value=False))
    yield case.fails(*redirect(defaultUrlRedirect={"stripQuery": False}))
    yield case.fails(*redirect(pathMatchers=[{"name": "m", "defaultService": "s"}]))
    yield case.fails(
        *redirect(pathMatchers=[{"name": "m", "pathRules": [{"paths": ["/"], "service": "s"}]}])
    )
    yield case.fails(
        *redirect(
            defaultRouteAction={
                "weightedBackendServices": [{"backendService": case.UNKNOWN, "weight": 1}]
            }
        )
    )
    yield case.undecided(*redirect(value=case.UNKNOWN))
    yield case.undecided(entrance(case.UNKNOWN))
    yield case.undecided(to_proxy, case.resource(COMPUTE_ADDRESS, "proxy"))
    yield case.undecided(
        entrance("projects/p/global/targetHttpProxies/w", loadBalancingScheme=case.UNKNOWN)
    )


WHY = "Traffic and cookies are sent unencrypted."
ROWS = [
    RuleRow(
        id="lb-global-forwarding-rule-https",
        about=COMPUTE_GLOBAL_FORWARDING_RULE,
        severity="medium",
        title="Global external forwarding rules do not serve plain HTTP",
        why=WHY,
        controls=("checkov:CKV2_GCP_38",),
    ),
    RuleRow(
        id="lb-regional-forwarding-rule-https",
        about=COMPUTE_FORWARDING_RULE,
        severity="medium",
        title="Regional external forwarding rules do not serve plain HTTP",
        why=WHY,
        controls=("checkov:CKV2_GCP_37",),
    ),
]

RULES = RuleTable[str](
    on=str,
    check=lambda _token: _check,
    when=is_external,
    fix="Point target at an HTTPS proxy, or let the HTTP proxy's URL map only redirect: "
    "default_url_redirect with https_redirect=True.",
    cases=_cases,
).rules(__name__, ROWS)
