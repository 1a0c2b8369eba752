"""Types that are the same thing twice: in two versions of an API, or for a region and the world.

What holds of the one holds of the other, and a rule that knows one of them alone is walked around
with the other.

Source: the provider's list of types (pulumi-gcp 10, 2026-11); where the names of a pair do not
follow from one another, the pages of both.
"""

from __future__ import annotations

from typing import Final

_IAM: Final = ("Member", "Binding", "Policy")


def _token(module: str, name: str) -> str:
    return f"gcp:{module}/{name[0].lower()}{name[1:]}:{name}"


def _regional(module: str, prefix: str, *names: str) -> list[tuple[str, str]]:
    return [(_token(module, name), _token(module, f"{prefix}{name}")) for name in names]


def _with_iam(name: str) -> list[str]:
    return [name, *(f"{name}Iam{kind}" for kind in _IAM)]


VERSIONS: Final = (
    (_token("cloudrun", "Service"), _token("cloudrunv2", "Service")),
    *((_token("cloudrun", f"Iam{k}"), _token("cloudrunv2", f"ServiceIam{k}")) for k in _IAM),
    *(
        (_token("cloudfunctions", name), _token("cloudfunctionsv2", name))
        for name in _with_iam("Function")
    ),
)
"""The first and the second version of an API."""

PLACES: Final = (
    (_token("compute", "GlobalAddress"), _token("compute", "Address")),
    (_token("compute", "GlobalForwardingRule"), _token("compute", "ForwardingRule")),
    (_token("compute", "SSLCertificate"), _token("compute", "RegionSslCertificate")),
    (_token("compute", "SSLPolicy"), _token("compute", "RegionSslPolicy")),
    (_token("compute", "TargetTCPProxy"), _token("compute", "RegionTargetTcpProxy")),
    (_token("compute", "URLMap"), _token("compute", "RegionUrlMap")),
    *_regional(
        "compute",
        "Region",
        "Autoscaler",
        *_with_iam("BackendBucket"),
        *_with_iam("BackendService"),
        *_with_iam("Disk"),
        "DiskResourcePolicyAttachment",
        "HealthCheck",
        "InstanceGroupManager",
        "InstanceTemplate",
        *_with_iam("InstantSnapshot"),
        *_with_iam("NetworkFirewallPolicy"),
        "NetworkFirewallPolicyAssociation",
        "NetworkFirewallPolicyRule",
        "NetworkFirewallPolicyWithRules",
        "PerInstanceConfig",
        "ResizeRequest",
        "SecurityPolicy",
        "SecurityPolicyRule",
        "TargetHttpProxy",
        "TargetHttpsProxy",
    ),
    *_regional("parametermanager", "Regional", "Parameter", "ParameterVersion"),
    *_regional("secretmanager", "Regional", *_with_iam("Secret"), "SecretVersion"),
)
"""For the world or a zone, and for a region."""

TWINS: Final = (*VERSIONS, *PLACES)
