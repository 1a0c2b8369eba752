"""Of a load balancer's entrances, which one the finding without an uptime check names."""

from __future__ import annotations

import pytest

from apex_guardrails.decide import decide
from apex_guardrails.gcp.types import COMPUTE_GLOBAL_FORWARDING_RULE
from apex_guardrails.model import EnforcedRule, EnforcementLevel, NoParameters, case
from apex_guardrails.rules import all_rules
from apex_guardrails.rules.monitoring.monitoring_uptime_check_for_public_services import (
    PLAIN_PROXIES,
)
from apex_guardrails.testing.cases import build

HTTPS_PROXY = "gcp:compute/targetHttpsProxy:TargetHttpsProxy"


@pytest.mark.parametrize("plain", PLAIN_PROXIES)
@pytest.mark.parametrize("names", [("http", "https"), ("https", "http")])
def test_the_entrance_for_https_is_named(names: tuple[str, str], plain: str) -> None:
    [rule] = [
        rule for rule in all_rules() if rule.id == "monitoring-uptime-check-for-public-services"
    ]
    proxies = [case.resource(plain, "http-proxy"), case.resource(HTTPS_PROXY, "https-proxy")]
    entrances = [
        case.resource(COMPUTE_GLOBAL_FORWARDING_RULE, name, target=case.output_of(f"{name}-proxy"))
        for name in names
    ]
    stack = build(rule, case.fails(*proxies, *entrances))

    level = EnforcementLevel.MANDATORY
    [finding] = decide(stack, [EnforcedRule(rule, level, level, NoParameters())]).findings
    assert finding.urn.rpartition("::")[2] == "https"
