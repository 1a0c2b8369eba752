"""The API, and the way to it from the internet."""

import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import yaml

from tests.infra.deployment import ROOT, Deployment, Registered, deploy

SERVICE = "gcp:cloudrunv2/service:Service"
LOAD_BALANCER = "apex:compute:LoadBalancer"


def api(deployment: Deployment) -> Registered:
    return deployment.one(SERVICE, "apex-api")


def container(deployment: Deployment) -> dict[str, Any]:
    [only] = api(deployment).inputs["template"]["containers"]
    return dict(only)


def compute(deployment: Deployment, kind: str, name: str = "apex-api") -> Any:
    type_ = f"{kind[0].lower()}{kind[1:]}:{kind}"
    return deployment.one(f"gcp:compute/{type_}", name).inputs


def test_dev_is_reached_at_its_own_address(dev: Deployment) -> None:
    assert api(dev).inputs["ingress"] == "INGRESS_TRAFFIC_ALL"
    assert not dev.all(LOAD_BALANCER)
    assert dev.outputs["api_url"] == "https://apex-api-abcdef-uc.a.run.app"
    assert dev.outputs["api_address"] is None


def test_others_are_reached_through_the_load_balancer_alone(
    staging: Deployment, production: Deployment
) -> None:
    for deployment, domain in (
        (staging, "api.staging.apex-memory.example"),
        (production, "api.apex-memory.example"),
    ):
        assert api(deployment).inputs["ingress"] == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
        assert deployment.outputs["api_url"] == f"https://{domain}"
        assert deployment.outputs["api_address"] == "203.0.113.10"


def test_requests_need_no_identity_of_googles(deployment: Deployment) -> None:
    grant = deployment.one("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", "apex-api-public")
    assert (grant.inputs["name"], grant.inputs["member"], grant.inputs["role"]) == (
        "apex-api",
        "allUsers",
        "roles/run.invoker",
    )


@pytest.mark.parametrize("stack", ["dev", "production"])
def test_iam_is_not_asked_where_no_policy_may_name_everybody(stack: str) -> None:
    members = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"
    restricted = deploy(stack, {"domain-restricted-sharing": True})
    assert api(restricted).inputs["invokerIamDisabled"] is True
    assert "allUsers" not in {member.inputs["member"] for member in restricted.all(members)}
    for service in (*deploy(stack).all(SERVICE), restricted.one(SERVICE, "qdrant")):
        assert service.inputs.get("invokerIamDisabled") is None


def test_the_pack_lets_it_be_public_in_either_way(tmp_path: Path) -> None:
    """As docs/deployment.md has it, with one waiver for another."""
    copytree(ROOT / "infra", tmp_path / "infra")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    for name in ("Pulumi.yaml", "Pulumi.production.yaml", "policy-pack.yaml"):
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    config = tmp_path / "Pulumi.production.yaml"
    config.write_text(
        config.read_text() + "  apex-memory-infrastructure:domain-restricted-sharing: 'true'\n"
    )
    settings = yaml.safe_load((tmp_path / "policy-pack.yaml").read_text())
    [documented] = [
        yaml.safe_load(block)["waivers"][0]
        for block in re.findall(
            r"```yaml\n(waivers:.*?)```",
            (ROOT / "docs/deployment.md").read_text("utf-8"),
            re.DOTALL,
        )
    ]
    assert settings["waivers"].pop(0)["policy"] == "run-service-not-public"
    settings["waivers"].insert(0, documented)
    (tmp_path / "policy-pack.yaml").write_text(yaml.safe_dump(settings))

    judged = subprocess.run(
        [
            sys.executable,
            "-m",
            "policies",
            "preview",
            "--program",
            tmp_path,
            "--stack",
            "production",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert ", 0 violations, 0 undecided, " in judged.stdout
    assert "run-service-not-public" not in judged.stdout


def test_is_well_when_health_says_so(deployment: Deployment) -> None:
    for probe in ("startupProbe", "livenessProbe"):
        assert container(deployment)[probe]["httpGet"] == {"path": "/health", "port": 8080}


def test_scales_as_configured(dev: Deployment, staging: Deployment, production: Deployment) -> None:
    scaling = [api(stack).inputs["template"]["scaling"] for stack in (dev, staging, production)]
    assert [(it["minInstanceCount"], it["maxInstanceCount"]) for it in scaling] == [
        (0, 2),
        (1, 5),
        (1, 10),
    ]


def test_image_is_a_sample_until_one_is_pushed(deployment: Deployment) -> None:
    assert container(deployment)["image"].startswith("us-docker.pkg.dev/cloudrun/container/hello@")


def test_image_that_was_pushed_is_in_the_stacks_repository() -> None:
    image = f"apex-api:1.0.0@sha256:{'0' * 64}"
    assert container(deploy("staging", {"api-image": image}))["image"] == (
        f"us-central1-docker.pkg.dev/apex-memory-staging/apex/apex-api@sha256:{'0' * 64}"
    )


def test_waits_for_postgresqls_extensions(deployment: Deployment) -> None:
    before = {resource.name for resource in deployment.before(api(deployment))}
    assert "apex-pg-extensions" in before


def test_tls_is_1_2_or_newer_and_http_is_sent_on(production: Deployment) -> None:
    policy = production.one("gcp:compute/sSLPolicy:SSLPolicy").inputs
    assert (policy["minTlsVersion"], policy["profile"]) == ("TLS_1_2", "RESTRICTED")
    proxy = compute(production, "TargetHttpsProxy")
    assert proxy["sslPolicy"] == "id-of-apex-api"
    redirect = production.one("gcp:compute/uRLMap:URLMap", "apex-api-redirect").inputs
    assert redirect["defaultUrlRedirect"] == {
        "httpsRedirect": True,
        "redirectResponseCode": "MOVED_PERMANENTLY_DEFAULT",
        "stripQuery": False,
    }
    rules = {
        rule.inputs["portRange"]: rule.inputs["target"]
        for rule in production.all("gcp:compute/globalForwardingRule:GlobalForwardingRule")
    }
    assert rules == {"443": "id-of-apex-api", "80": "id-of-apex-api-redirect"}


def test_certificate_of_another_domain_is_another_one() -> None:
    def certificate(domain: str) -> Any:
        return compute(deploy("production", {"api-domain": domain}), "ManagedSslCertificate")

    one, other = certificate("a.example.com"), certificate("b.example.com")
    assert one["managed"] == {"domains": ["a.example.com"]}
    assert one["name"] != other["name"]


def test_load_balancer_sends_to_the_service_and_logs(production: Deployment) -> None:
    group = compute(production, "RegionNetworkEndpointGroup")
    assert group["cloudRun"] == {"service": "apex-api"}
    backend = compute(production, "BackendService")
    assert backend["backends"] == [{"group": "id-of-apex-api"}]
    assert backend["logConfig"] == {"enable": True, "sampleRate": 1.0}
    assert backend["loadBalancingScheme"] == "EXTERNAL_MANAGED"


def rules(deployment: Deployment) -> dict[int, Any]:
    return {rule["priority"]: rule for rule in compute(deployment, "SecurityPolicy")["rules"]}


def test_cloud_armor_turns_attacks_away_before_it_counts(production: Deployment) -> None:
    assert compute(production, "BackendService")["securityPolicy"] == "id-of-apex-api"
    *attacks, limit, default = [rule for _, rule in sorted(rules(production).items())]
    assert {rule["action"] for rule in attacks} == {"deny(403)"}
    expressions = " ".join(rule["match"]["expr"]["expression"] for rule in attacks)
    for kind in ("sqli", "xss", "lfi", "rce", "scannerdetection", "cve-canary"):
        assert f"evaluatePreconfiguredWaf('{kind}" in expressions
    assert limit["action"] == "throttle"
    assert (default["action"], default["priority"]) == ("allow", 2147483647)


@pytest.mark.parametrize("limit", [600, 10])
def test_cloud_armor_counts_each_address(limit: int) -> None:
    options = rules(deploy("production", {"api-rate-limit": limit}))[2000]["rateLimitOptions"]
    assert options["rateLimitThreshold"] == {"count": limit, "intervalSec": 60}
    assert (options["enforceOnKey"], options["exceedAction"]) == ("IP", "deny(429)")


def test_cloud_armor_is_there_where_configured() -> None:
    deployment = deploy("production", {"cloud-armor": False})
    assert not deployment.all("gcp:compute/securityPolicy:SecurityPolicy")
    assert "securityPolicy" not in compute(deployment, "BackendService")


def test_the_newest_revision_serves_everything(deployment: Deployment) -> None:
    assert api(deployment).inputs["traffics"] == [
        {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}
    ]
