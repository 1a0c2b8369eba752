"""Resource types that cost nothing, however they are used, each with where that is from.

What is billed for is counted elsewhere: a proxy at its forwarding rule, an object at its bucket, an
autoscaler at its group, a sink at the logs of the stack. What costs by its use is not free: its
estimator says so (`by_use`). Read 2026-11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class _Free:
    """Types of a module of the provider that are free for the same reason."""

    module: str
    source: str
    names: str


_VPC: Final = "Virtual Private Cloud's price page: networks, routes and their rules have no charge"
_BALANCERS: Final = (
    "Cloud Load Balancing's price page: forwarding rules, proxy instances and data are billed"
)
_MACHINES: Final = (
    "Compute Engine's price page: machines and disks are billed, not what groups them"
)
_IAM: Final = "Identity and Access Management's price page: at no charge"
_LOGS: Final = (
    "Google Cloud Observability's price page: data is billed, not what routes or shows it"
)
_BUCKETS: Final = "Cloud Storage's price page: data and operations are billed at the bucket"
_HIERARCHY: Final = "Resource Manager's documentation: at no charge"

_FREE: Final = (
    _Free(
        "accesscontextmanager",
        "VPC Service Controls' price page: at no charge",
        """
        AccessLevel AccessLevelCondition AccessLevels AccessPolicy AuthorizedOrgsDesc EgressPolicy
        IngressPolicy ServicePerimeter ServicePerimeterDryRunEgressPolicy
        ServicePerimeterDryRunIngressPolicy ServicePerimeterDryRunResource
        ServicePerimeterEgressPolicy ServicePerimeterIngressPolicy ServicePerimeterResource
        ServicePerimeters
        """,
    ),
    _Free(
        "bigquery",
        "BigQuery's price page: storage, queries and streams are billed",
        "DatasetAccess Routine",
    ),
    _Free("billing", "Cloud Billing's documentation: at no charge", "Budget ProjectInfo"),
    _Free("cloudrun", "Cloud Run's price page: instances and requests are billed", "DomainMapping"),
    _Free(
        "compute",
        _VPC,
        """
        FirewallPolicy FirewallPolicyAssociation Network NetworkFirewallPolicy
        NetworkFirewallPolicyAssociation NetworkPeeringRoutesConfig ProjectDefaultNetworkTier
        RegionNetworkFirewallPolicy RegionNetworkFirewallPolicyAssociation Route Router
        RouterInterface RouterPeer SharedVPCHostProject SharedVPCServiceProject
        """,
    ),
    _Free(
        "compute",
        _BALANCERS,
        """
        BackendBucketSignedUrlKey BackendServiceSignedUrlKey GlobalNetworkEndpoint
        GlobalNetworkEndpointGroup HealthCheck HttpHealthCheck HttpsHealthCheck
        ManagedSslCertificate NetworkEndpoint NetworkEndpointGroup NetworkEndpointList
        RegionHealthCheck RegionNetworkEndpoint RegionNetworkEndpointGroup RegionSslCertificate
        RegionSslPolicy RegionTargetTcpProxy RegionUrlMap SSLCertificate SSLPolicy TargetSSLProxy
        TargetTCPProxy URLMap
        """,
    ),
    _Free(
        "compute",
        _MACHINES,
        """
        AttachedDisk Autoscaler InstanceGroup InstanceGroupMembership InstanceGroupNamedPort
        InstanceTemplate ProjectMetadata ProjectMetadataItem RegionAutoscaler
        RegionInstanceTemplate ResourcePolicy ResourcePolicyAttachment
        """,
    ),
    _Free(
        "dns",
        "Cloud DNS' price page: zones and queries are billed",
        "Policy ResponsePolicy ResponsePolicyRule",
    ),
    _Free("essentialcontacts", _HIERARCHY, "Contact"),
    _Free(
        "iam",
        _IAM,
        """
        DenyPolicy FoldersPolicyBinding OrganizationsPolicyBinding PrincipalAccessBoundaryPolicy
        ProjectsPolicyBinding WorkforcePool WorkforcePoolProvider WorkloadIdentityPool
        WorkloadIdentityPoolProvider
        """,
    ),
    _Free("iap", "Identity-Aware Proxy's price page: clients have no charge", "Brand Client"),
    _Free(
        "kms",
        "Cloud KMS' price page: key versions and operations are billed",
        "KeyRing KeyRingImportJob SecretCiphertext",
    ),
    _Free(
        "logging",
        _LOGS,
        """
        BillingAccountExclusion BillingAccountSink FolderExclusion FolderSink LogScope LogView
        OrganizationExclusion OrganizationSink ProjectExclusion ProjectSink SavedQuery
        """,
    ),
    _Free(
        "monitoring",
        _LOGS,
        """
        CustomService Dashboard GenericService Group MonitoredProject NotificationChannel Slo Snooze
        """,
    ),
    _Free("organizations", _HIERARCHY, "Folder IAMCustomRole Policy Project"),
    _Free("orgpolicy", _HIERARCHY, "CustomConstraint Policy"),
    _Free("oslogin", "Compute Engine's documentation, OS Login: at no charge", "SshPublicKey"),
    _Free(
        "projects",
        "Service Usage's documentation: an API is billed by what it is used for",
        """
        AccessApprovalSettings DefaultServiceAccounts IAMCustomRole OrganizationPolicy Service
        ServiceIdentity UsageExportBucket
        """,
    ),
    _Free("pubsub", "Pub/Sub's price page: messages are billed", "Schema"),
    _Free("resourcemanager", _HIERARCHY, "Lien"),
    _Free("serviceaccount", _IAM, "Account Key"),
    _Free("servicenetworking", _VPC, "PeeredDnsDomain"),
    _Free(
        "sql",
        "Cloud SQL's price page: instances, storage and addresses are billed",
        "Database SourceRepresentationInstance SslCert User",
    ),
    _Free(
        "storage",
        _BUCKETS,
        """
        BucketACL BucketAccessControl BucketObject DefaultObjectACL DefaultObjectAccessControl
        Folder HmacKey ManagedFolder Notification ObjectACL ObjectAccessControl
        """,
    ),
    _Free("tags", _HIERARCHY, "LocationTagBinding TagBinding TagKey TagValue"),
)

_SOURCES: Final = {
    f"{row.module}:{name}": row.source for row in _FREE for name in row.names.split()
}

_GRANT: Final = re.compile(r"I(?:am|AM)(?:Member|Binding|Policy|MemberRemove)")
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


def free_because(token: str) -> str | None:
    """Why resources of a type cost nothing, with the source; `None` where they may cost something.

    What runs in a cluster is billed for with the cluster's nodes.
    """
    package, _, rest = token.partition(":")
    module, _, name = rest.partition(":")
    if package in _PACKAGES:
        return f"the provider {package} rents nothing from anybody"
    if package == "kubernetes":
        is_built_in = _OF_KUBERNETES.fullmatch(module) is not None
        is_paid_there = is_built_in and _FORM.sub("", name) not in _MAKES_MORE
        return "it is paid for with the cluster's nodes" if is_paid_there else None
    if package != "gcp":
        return None
    found = _SOURCES.get(f"{module.partition('/')[0]}:{name}")
    return found or (_IAM if _GRANT.search(name) else None)


def is_free(token: str) -> bool:
    """Whether resources of a type cost nothing, however they are used."""
    return free_because(token) is not None
