"""The load balancer by itself; `test_api.py` has it in the stacks."""

from functools import cache
from itertools import pairwise
from typing import Any

from infra.compute.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.project import EnabledApis, StackContext
from tests.infra.deployment import Deployment, Registered, in_stack

BACKEND = "gcp:compute/backendService:BackendService"
CERTIFICATE = "gcp:compute/managedSslCertificate:ManagedSslCertificate"
POLICY = "gcp:compute/securityPolicy:SecurityPolicy"


@cache
def balanced(
    *,
    domain: str = "api.example.com",
    armor: bool = True,
    rate_limit: int = 100,
    protected: bool = True,
) -> Deployment:
    def program() -> None:
        ctx = StackContext(
            project="a-project",
            region="us-central1",
            environment="production",
            labels={"app": "apex-memory"},
            deletion_protection=protected,
            apis=EnabledApis("apis"),
        )
        args = LoadBalancerArgs(
            ctx=ctx, domain=domain, service="a-service", armor=armor, rate_limit=rate_limit
        )
        LoadBalancer("web", args)

    return in_stack("production", {}, program)[1]


def parts(deployment: Deployment) -> dict[str, dict[str, Any]]:
    """Returns the inputs of everything in the load balancer, by type and name."""
    return {
        f"{resource.type} {resource.name}": dict(resource.inputs)
        for resource in deployment.resources
        if "apex:compute:LoadBalancer$" in resource.urn
    }


def changed(one: Deployment, other: Deployment) -> dict[str, set[str]]:
    """Returns which inputs differ, and of what."""
    before, after = parts(one), parts(other)
    assert before.keys() == after.keys()
    return {
        key.rpartition(":")[2]: {
            name
            for name in before[key] | after[key]
            if before[key].get(name) != after[key].get(name)
        }
        for key in before
        if before[key] != after[key]
    }


def rules(deployment: Deployment) -> list[Any]:
    return sorted(deployment.one(POLICY).inputs["rules"], key=lambda rule: int(rule["priority"]))


def test_another_domain_is_another_certificate_and_nothing_else() -> None:
    # Most other inputs, descriptions too, cannot be changed in place: the address would be another.
    assert changed(balanced(), balanced(domain="www.example.com")) == {
        # Another name, so that the new one is there before the proxy lets go of the old one.
        "ManagedSslCertificate web": {"name", "description", "managed"},
    }


def test_certificate_has_a_name_that_google_takes() -> None:
    for domain in ("api.example.com", f"{'a' * 60}.{'b' * 60}.example.com"):
        name = balanced(domain=domain).one(CERTIFICATE).inputs["name"]
        assert name.startswith("web-")
        assert len(name) <= 63


def test_the_new_certificate_is_there_before_the_old_one_goes() -> None:
    assert balanced().one(CERTIFICATE).delete_before_replace is False


def test_both_ways_in_are_at_one_protected_address() -> None:
    deployment = balanced()
    ways = deployment.all("gcp:compute/globalForwardingRule:GlobalForwardingRule")
    assert [way.inputs["ipAddress"] for way in ways] == ["id-of-web", "id-of-web"]
    address = deployment.one("gcp:compute/globalAddress:GlobalAddress")
    # All else in it is in use by these: Google does not delete it before them.
    protected = {resource.urn for resource in deployment.resources if resource.protected}
    assert protected == {resource.urn for resource in (address, *ways)}
    assert not any(resource.protected for resource in balanced(protected=False).resources)


def names_before(deployment: Deployment, resource: Registered) -> set[str]:
    return {known.type.rpartition(":")[2] for known in deployment.before(resource)}


def test_unencrypted_requests_never_reach_the_service() -> None:
    deployment = balanced()
    plain, encrypted = (
        names_before(deployment, rule)
        for rule in deployment.all("gcp:compute/globalForwardingRule:GlobalForwardingRule")
    )
    assert {"TargetHttpProxy", "URLMap"} <= plain
    assert not {"BackendService", "TargetHttpsProxy"} & plain
    assert {"BackendService", "SSLPolicy", "ManagedSslCertificate", "SecurityPolicy"} <= encrypted


def test_browsers_come_back_encrypted() -> None:
    for backend in balanced().all(BACKEND):
        assert backend.inputs["customResponseHeaders"] == [
            "Strict-Transport-Security: max-age=31536000"
        ]


def test_a_header_leads_to_the_revision_that_is_released() -> None:
    deployment = balanced()
    urls = deployment.one("gcp:compute/uRLMap:URLMap", "web").inputs
    assert urls["defaultService"] == "id-of-web"
    [matcher] = urls["pathMatchers"]
    assert matcher["defaultService"] == "id-of-web"
    [rule] = matcher["routeRules"]
    assert rule["service"] == "id-of-web-candidate"
    [match] = rule["matchRules"]
    assert match["headerMatches"] == [{"headerName": "X-Apex-Revision", "exactMatch": "candidate"}]
    groups = {
        group.name: group.inputs["cloudRun"].get("tag")
        for group in deployment.all(
            "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup"
        )
    }
    assert groups == {"web": None, "web-candidate": "candidate"}
    # Whoever takes that way meets the same guard.
    policies = {backend.inputs["securityPolicy"] for backend in deployment.all(BACKEND)}
    assert policies == {"id-of-web"}


def test_only_known_attacks_and_too_many_requests_are_turned_away() -> None:
    *attacks, limit, default = rules(balanced(rate_limit=42))
    for rule in attacks:
        expression = rule["match"]["expr"]["expression"]
        # Sensitivity 1: a document about SQL is not yet an injection.
        assert (
            expression == f"evaluatePreconfiguredWaf('{rule['description']}', {{'sensitivity': 1}})"
        )
    assert limit["rateLimitOptions"]["conformAction"] == "allow"
    assert limit["rateLimitOptions"]["rateLimitThreshold"]["count"] == 42
    assert default["match"]["config"]["srcIpRanges"] == ["*"]


def test_there_is_room_between_the_rules_and_each_says_what_it_is() -> None:
    found = rules(balanced())
    priorities = [int(rule["priority"]) for rule in found]
    assert all(b - a >= 10 for a, b in pairwise(priorities))
    # Cloud Armor, "Best practices": a description has at most 64 characters.
    assert all(0 < len(rule["description"]) <= 64 for rule in found)


def test_json_is_read_as_json_and_nothing_is_paid_for_each_month() -> None:
    policy = balanced().one(POLICY).inputs
    assert policy["advancedOptionsConfig"]["jsonParsing"] == "STANDARD"
    assert "adaptiveProtectionConfig" not in policy  # all but nothing without a subscription


def test_armor_can_be_taken_off() -> None:
    bare = balanced(armor=False)
    assert not bare.all(POLICY)
    assert parts(balanced()).keys() - parts(bare).keys() == {f"{POLICY} web"}
