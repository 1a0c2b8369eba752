"""Resource types that cost nothing, however they are used.

What is billed for is counted elsewhere: a proxy at its forwarding rule, an object at its bucket, an
autoscaler at its group, a sink at the logs of the stack. Source: the price pages of each service
and Infracost's list of free resources (repository of 2026-08-21), read 2026-11.
"""

from __future__ import annotations

import re
from typing import Final

_FREE: Final = {
    "accesscontextmanager": "AccessLevel AccessPolicy ServicePerimeter",
    "bigquery": "DatasetAccess Job Routine",
    "billing": "Budget ProjectInfo",
    "cloudrun": "DomainMapping",
    "compute": """
        AttachedDisk Autoscaler BackendBucket BackendBucketSignedUrlKey
        BackendServiceSignedUrlKey ExternalVpnGateway Firewall FirewallPolicy
        FirewallPolicyAssociation FirewallPolicyRule GlobalNetworkEndpoint
        GlobalNetworkEndpointGroup HaVpnGateway HealthCheck HttpHealthCheck HttpsHealthCheck
        InstanceGroup InstanceGroupMembership InstanceGroupNamedPort InstanceTemplate
        ManagedSslCertificate Network NetworkEndpoint NetworkEndpointGroup
        NetworkEndpointList NetworkFirewallPolicy NetworkFirewallPolicyAssociation
        NetworkFirewallPolicyRule NetworkPeering NetworkPeeringRoutesConfig
        PerInstanceConfig ProjectDefaultNetworkTier ProjectMetadata ProjectMetadataItem
        RegionAutoscaler RegionHealthCheck RegionInstanceTemplate RegionNetworkEndpoint
        RegionNetworkEndpointGroup RegionNetworkFirewallPolicy
        RegionNetworkFirewallPolicyAssociation RegionNetworkFirewallPolicyRule
        RegionPerInstanceConfig RegionSslCertificate RegionSslPolicy RegionTargetHttpProxy
        RegionTargetHttpsProxy RegionTargetTcpProxy RegionUrlMap ResourcePolicy
        ResourcePolicyAttachment Route Router RouterInterface RouterPeer SSLCertificate
        SSLPolicy ServiceAttachment SharedVPCHostProject SharedVPCServiceProject
        TargetGrpcProxy TargetHttpProxy TargetHttpsProxy TargetInstance TargetPool
        TargetSSLProxy TargetTCPProxy URLMap VPNGateway
    """,
    "dns": "Policy RecordSet ResponsePolicy ResponsePolicyRule",
    "essentialcontacts": "Contact",
    "iam": """
        DenyPolicy WorkforcePool WorkforcePoolProvider WorkloadIdentityPool
        WorkloadIdentityPoolProvider
    """,
    "iap": "Brand Client",
    "kms": "KeyRing KeyRingImportJob SecretCiphertext",
    "logging": """
        BillingAccountExclusion BillingAccountSink FolderExclusion FolderSink LogScope
        LogView Metric OrganizationExclusion OrganizationSink ProjectExclusion ProjectSink
        SavedQuery
    """,
    "monitoring": """
        CustomService Dashboard GenericService Group MetricDescriptor MonitoredProject
        NotificationChannel Slo Snooze
    """,
    "organizations": "Folder IAMCustomRole Policy Project",
    "orgpolicy": "CustomConstraint Policy",
    "oslogin": "SshPublicKey",
    "projects": """
        AccessApprovalSettings DefaultServiceAccounts IAMCustomRole OrganizationPolicy
        Service ServiceIdentity UsageExportBucket
    """,
    "pubsub": "Schema",
    "serviceaccount": "Account Key",
    "servicenetworking": "Connection PeeredDnsDomain",
    "sql": "Database SourceRepresentationInstance SslCert User",
    "storage": """
        BucketACL BucketAccessControl BucketObject DefaultObjectACL
        DefaultObjectAccessControl Folder HmacKey ManagedFolder Notification ObjectACL
        ObjectAccessControl
    """,
    "tags": "LocationTagBinding TagBinding TagKey TagValue",
}
"""By module of the provider: the types' names."""

_TOKENS: Final = frozenset(
    f"{module}:{name}" for module, names in _FREE.items() for name in names.split()
)

_GRANT: Final = re.compile(r"I(?:am|AM)(?:Member|Binding|Policy|AuditConfig|MemberRemove)")
"""A grant is free in every service."""

_PACKAGES: Final = frozenset(
    ("archive", "command", "docker-build", "local", "null", "pulumi", "random", "time", "tls")
)
"""Providers whose resources are not rented from anybody."""


_OF_KUBERNETES: Final = re.compile(
    r"(?:apps|autoscaling|batch|core|extensions|policy|[a-z]+(?:\.[a-z]+)*\.k8s\.io)/v[0-9a-z]+"
)
"""The groups of the API that Kubernetes itself has."""

_FORM: Final = re.compile(r"(?:Patch|List)\Z")
_MAKES_MORE: Final = frozenset(
    """
    Gateway Ingress PersistentVolume PersistentVolumeClaim Service StatefulSet VolumeSnapshot
    """.split()  # noqa: SIM905 a list of words is read more easily as a text
)
"""Objects for which a cluster makes load balancers and disks, which are billed."""


def is_free(token: str) -> bool:
    """Whether resources of a type cost nothing.

    What runs in a cluster is billed for with the cluster's nodes.
    """
    package, _, rest = token.partition(":")
    if package in _PACKAGES:
        return True
    module, _, name = rest.partition(":")
    if package == "kubernetes":
        is_built_in = _OF_KUBERNETES.fullmatch(module) is not None
        return is_built_in and _FORM.sub("", name) not in _MAKES_MORE
    if package != "gcp":
        return False
    return f"{module.partition('/')[0]}:{name}" in _TOKENS or bool(_GRANT.search(name))
