"""The way from the internet to a Cloud Run service."""

import hashlib
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra.project import GoogleApi, StackContext
from infra.release import CANDIDATE, REVISION_HEADER

# What a public API meets every day, by the OWASP Core Rule Set 4.22, which Google recommends (Cloud
# Armor, "Preconfigured WAF rules", 2026). Adaptive Protection is left out: without Cloud Armor
# Enterprise it only says that there may be an attack.
_WAF = (
    "sqli-v422-stable",
    "xss-v422-stable",
    "lfi-v422-stable",
    "rfi-v422-stable",
    "rce-v422-stable",
    "scannerdetection-v422-stable",
    "protocolattack-v422-stable",
    "cve-canary",
)
_DEFAULT_RULE = 2147483647  # Every policy ends with a rule of this priority.


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """What a `LoadBalancer` is built from."""

    ctx: StackContext
    domain: str
    """Its A record points at `address`; the certificate is made out to it."""
    service: pulumi.Input[str]
    """Name of the Cloud Run service behind it."""
    armor: bool
    """Whether Cloud Armor looks at the requests."""
    rate_limit: int
    """Requests a minute that Cloud Armor lets through from one address."""


class LoadBalancer(pulumi.ComponentResource):
    """A global HTTPS load balancer for one Cloud Run service; HTTP is sent on to HTTPS."""

    address: pulumi.Output[str]

    def __init__(
        self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:compute:LoadBalancer", name, None, opts)
        self._name = name
        self._ctx = args.ctx
        self._child = pulumi.ResourceOptions(
            parent=self, depends_on=[args.ctx.apis[GoogleApi.COMPUTE]]
        )
        # The address and what listens there. All behind it is in use by them.
        self._way_in = pulumi.ResourceOptions.merge(
            self._child, pulumi.ResourceOptions(protect=args.ctx.deletion_protection)
        )
        address = gcp.compute.GlobalAddress(
            name,
            name=self._ctx.name(name),
            # Without the domain, here and at the proxy: another description is another address.
            description="Where the domain's A record points.",
            address_type="EXTERNAL",
            labels=args.ctx.labels,
            opts=self._way_in,
        )
        self.address = address.address
        self._listen("https", "443", self._https(args), address)
        self._listen("http", "80", self._redirect(), address)
        self.register_outputs({"address": self.address})

    def _https(self, args: LoadBalancerArgs) -> gcp.compute.TargetHttpsProxy:
        certificate = gcp.compute.ManagedSslCertificate(
            self._name,
            # Another domain is another certificate, and so has another name.
            name=f"{self._ctx.name(self._name)}-{hashlib.sha256(args.domain.encode()).hexdigest()[:8]}",
            description=f"Of {args.domain}; Google renews it.",
            managed=gcp.compute.ManagedSslCertificateManagedArgs(domains=[args.domain]),
            # The proxy lets go of the old one when it has the new one. Left to itself, the provider
            # deletes first whatever has a name of ours.
            opts=pulumi.ResourceOptions.merge(
                self._child, pulumi.ResourceOptions(delete_before_replace=False)
            ),
        )
        policy = gcp.compute.SSLPolicy(
            self._name,
            name=self._ctx.name(self._name),
            description="TLS 1.2 and newer, with nothing that is known to be weak.",
            min_tls_version="TLS_1_2",
            profile="RESTRICTED",
            opts=self._child,
        )
        armor = self._armor(args).id if args.armor else None
        service = self._backend(self._name, "The Cloud Run service.", args, armor)
        urls = gcp.compute.URLMap(
            self._name,
            name=self._ctx.name(self._name),
            description="Everything goes to the one service.",
            default_service=service.id,
            host_rules=[{"hosts": ["*"], "path_matcher": CANDIDATE}],
            path_matchers=[self._candidate(args, armor, service)],
            opts=self._child,
        )
        return gcp.compute.TargetHttpsProxy(
            self._name,
            name=self._ctx.name(self._name),
            description="Answers for the domain.",
            url_map=urls.id,
            ssl_certificates=[certificate.id],
            ssl_policy=policy.id,
            quic_override="ENABLE",
            opts=self._child,
        )

    def _candidate(
        self,
        args: LoadBalancerArgs,
        armor: pulumi.Input[str] | None,
        service: gcp.compute.BackendService,
    ) -> gcp.compute.URLMapPathMatcherArgsDict:
        """Sends requests with a header to the revision that is being released, all others on.

        The revision's own address cannot be reached from outside. The way is there when no release
        is under way, too, and leads nowhere then: it takes a load balancer minutes to learn one.
        """
        candidate = self._backend(
            f"{self._name}-{CANDIDATE}",
            "The revision that is being released.",
            args,
            armor,
            tag=CANDIDATE,
        )
        return {
            "name": CANDIDATE,
            "default_service": service.id,
            "route_rules": [
                {
                    "priority": 1,
                    "match_rules": [
                        {
                            "prefix_match": "/",
                            "header_matches": [
                                {"header_name": REVISION_HEADER, "exact_match": CANDIDATE}
                            ],
                        }
                    ],
                    "service": candidate.id,
                }
            ],
        }

    def _backend(
        self,
        name: str,
        description: str,
        args: LoadBalancerArgs,
        armor: pulumi.Input[str] | None,
        tag: str | None = None,
    ) -> gcp.compute.BackendService:
        group = gcp.compute.RegionNetworkEndpointGroup(
            name,
            name=self._ctx.name(name),
            description=description,
            region=args.ctx.region,
            network_endpoint_type="SERVERLESS",
            cloud_run={"service": args.service, **({"tag": tag} if tag else {})},
            opts=self._child,
        )
        return gcp.compute.BackendService(
            name,
            name=self._ctx.name(name),
            description=description,
            load_balancing_scheme="EXTERNAL_MANAGED",
            protocol="HTTPS",
            backends=[gcp.compute.BackendServiceBackendArgs(group=group.id)],
            security_policy=armor,
            custom_response_headers=["Strict-Transport-Security: max-age=31536000"],
            log_config=gcp.compute.BackendServiceLogConfigArgs(enable=True, sample_rate=1.0),
            opts=self._child,
        )

    def _armor(self, args: LoadBalancerArgs) -> gcp.compute.SecurityPolicy:
        everybody = gcp.compute.SecurityPolicyRuleMatchArgs(
            versioned_expr="SRC_IPS_V1",
            config=gcp.compute.SecurityPolicyRuleMatchConfigArgs(src_ip_ranges=["*"]),
        )
        return gcp.compute.SecurityPolicy(
            self._name,
            name=self._ctx.name(self._name),
            description="Turns attacks away, and who asks too often.",
            type="CLOUD_ARMOR",
            advanced_options_config=gcp.compute.SecurityPolicyAdvancedOptionsConfigArgs(
                json_parsing="STANDARD", log_level="NORMAL"
            ),
            rules=[
                *(_waf_rule(1000 + 10 * number, rules) for number, rules in enumerate(_WAF)),
                gcp.compute.SecurityPolicyRuleArgs(
                    action="throttle",
                    priority=2000,
                    description="So many requests a minute from one address, and no more.",
                    match=everybody,
                    rate_limit_options=gcp.compute.SecurityPolicyRuleRateLimitOptionsArgs(
                        conform_action="allow",
                        exceed_action="deny(429)",
                        enforce_on_key="IP",
                        rate_limit_threshold=gcp.compute.SecurityPolicyRuleRateLimitOptionsRateLimitThresholdArgs(
                            count=args.rate_limit, interval_sec=60
                        ),
                    ),
                ),
                gcp.compute.SecurityPolicyRuleArgs(
                    action="allow",
                    priority=_DEFAULT_RULE,
                    description="The API asks for credentials itself.",
                    match=everybody,
                ),
            ],
            labels=args.ctx.labels,
            opts=self._child,
        )

    def _redirect(self) -> gcp.compute.TargetHttpProxy:
        urls = gcp.compute.URLMap(
            f"{self._name}-redirect",
            name=self._ctx.name(f"{self._name}-redirect"),
            description="HTTP is sent on to HTTPS.",
            default_url_redirect=gcp.compute.URLMapDefaultUrlRedirectArgs(
                https_redirect=True,
                strip_query=False,
                redirect_response_code="MOVED_PERMANENTLY_DEFAULT",
            ),
            opts=self._child,
        )
        return gcp.compute.TargetHttpProxy(
            f"{self._name}-redirect",
            name=self._ctx.name(f"{self._name}-redirect"),
            description="HTTP is sent on to HTTPS.",
            url_map=urls.id,
            opts=self._child,
        )

    def _listen(
        self,
        scheme: str,
        port: str,
        proxy: gcp.compute.TargetHttpsProxy | gcp.compute.TargetHttpProxy,
        address: gcp.compute.GlobalAddress,
    ) -> None:
        gcp.compute.GlobalForwardingRule(
            f"{self._name}-{scheme}",
            name=self._ctx.name(f"{self._name}-{scheme}"),
            description=f"{scheme.upper()} from everywhere.",
            load_balancing_scheme="EXTERNAL_MANAGED",
            ip_protocol="TCP",
            port_range=port,
            ip_address=address.id,
            target=proxy.id,
            labels=self._ctx.labels,
            opts=self._way_in,
        )


def _waf_rule(priority: int, rules: str) -> gcp.compute.SecurityPolicyRuleArgs:
    """Turns away what a set of rules knows.

    Sensitivity 1 has the rules that least often take a good request for a bad one.
    """
    return gcp.compute.SecurityPolicyRuleArgs(
        action="deny(403)",
        priority=priority,
        description=rules,
        match=gcp.compute.SecurityPolicyRuleMatchArgs(
            expr=gcp.compute.SecurityPolicyRuleMatchExprArgs(
                expression=f"evaluatePreconfiguredWaf('{rules}', {{'sensitivity': 1}})"
            )
        ),
    )
