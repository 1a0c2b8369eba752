"""Which types the picture of a network can leave out, as they neither talk nor are talked to."""

from __future__ import annotations

import re
from typing import Final

_SILENT: Final = """
accesscontextmanager artifactregistry assuredworkloads billing binaryauthorization
certificateauthority certificatemanager cloudasset cloudbuild cloudbuildv2 clouddeploy clouddomains
cloudidentity cloudquota cloudscheduler cloudsecuritycompliance cloudtasks containeranalysis
datacatalog dataloss dns essentialcontacts eventarc firebaserules folder gkebackup iam iap
identityplatform kms logging monitoring networkmanagement observability organizations orgpolicy
osconfig oslogin parametermanager privilegedaccessmanager projects pubsub recaptcha resourcemanager
runtimeconfig secretmanager securitycenter securityposture serviceaccount serviceusage
siteverification sourcerepo tags workflows
"""
SILENT_MODULES: Final = frozenset(_SILENT.split())
"""Modules of the provider for identities, keys, policies, logs, builds and messages: whoever talks
to them talks to Google's APIs, where IAM decides."""

_KNOWN: Final = """
alloydb/Backup alloydb/Cluster alloydb/Instance alloydb/User
bigquery/Dataset bigquery/DatasetAccess bigquery/Routine bigquery/Table
cloudfunctions/Function cloudfunctionsv2/Function
cloudrun/DomainMapping cloudrun/Service cloudrunv2/Job cloudrunv2/Service cloudrunv2/WorkerPool
compute/Address compute/AttachedDisk compute/Autoscaler compute/BackendBucket
compute/BackendService compute/Disk compute/DiskResourcePolicyAttachment compute/Firewall
compute/ForwardingRule compute/GlobalAddress compute/GlobalForwardingRule compute/HealthCheck
compute/HttpHealthCheck compute/HttpsHealthCheck compute/Image compute/Instance
compute/GlobalNetworkEndpoint compute/GlobalNetworkEndpointGroup
compute/InstanceFromMachineImage compute/InstanceFromTemplate compute/InstanceGroup
compute/InstanceGroupMembership compute/NetworkFirewallPolicy
compute/NetworkFirewallPolicyAssociation compute/NetworkFirewallPolicyRule
compute/NetworkFirewallPolicyWithRules compute/PerInstanceConfig compute/RegionNetworkEndpoint
compute/RegionNetworkFirewallPolicy compute/RegionNetworkFirewallPolicyAssociation
compute/RegionNetworkFirewallPolicyRule compute/RegionNetworkFirewallPolicyWithRules
compute/RegionPerInstanceConfig compute/ServiceAttachment compute/InstanceGroupManager
compute/InstanceGroupNamedPort compute/InstanceTemplate compute/InterconnectAttachment
compute/MachineImage compute/ManagedSslCertificate compute/MangedSslCertificate compute/Network
compute/NetworkEndpoint compute/NetworkEndpointGroup compute/NetworkEndpointList
compute/NetworkPeering compute/ProjectMetadata compute/ProjectMetadataItem
compute/RegionAutoscaler compute/RegionBackendBucket compute/RegionBackendService
compute/RegionDisk compute/RegionHealthCheck compute/RegionInstanceGroupManager
compute/RegionInstanceTemplate compute/RegionNetworkEndpointGroup compute/RegionSecurityPolicy
compute/RegionSslCertificate compute/RegionSslPolicy compute/RegionTargetHttpProxy
compute/RegionTargetHttpsProxy compute/RegionTargetTcpProxy compute/RegionUrlMap
compute/ResourcePolicy compute/Router compute/RouterInterface compute/RouterNat compute/RouterPeer
compute/SSLCertificate compute/SSLPolicy compute/SecurityPolicy compute/SecurityPolicyRule
compute/Snapshot compute/Subnetwork compute/TargetGrpcProxy compute/TargetHttpProxy
compute/TargetHttpsProxy compute/TargetInstance compute/TargetPool compute/TargetSSLProxy
compute/TargetTCPProxy compute/URLMap compute/VPNTunnel
container/Cluster container/NodePool
filestore/Backup filestore/Instance filestore/Snapshot memcache/Instance memorystore/Instance
redis/Cluster redis/Instance
servicenetworking/Connection
sql/Database sql/DatabaseInstance sql/SslCert sql/User
storage/Bucket storage/BucketACL storage/BucketAccessControl storage/BucketObject
storage/DefaultObjectACL storage/DefaultObjectAccessControl storage/ManagedFolder
storage/Notification storage/ObjectACL storage/ObjectAccessControl
vpcaccess/Connector
"""
KNOWN_TYPES: Final = frozenset(_KNOWN.split())
"""Types that are drawn, read for what is drawn, or parts of what is drawn."""

SILENT_PACKAGES: Final = frozenset({"pulumi", "random", "std", "time", "tls"})
"""Packages without anything in a network."""

_GRANT: Final = re.compile(r"I[aA][mM](Member|Binding|Policy|AuditConfig)$")


def is_unknown(token: str) -> bool:
    """Whether nobody has said what resources of a type are in a network."""
    package, _, rest = token.partition(":")
    if package in SILENT_PACKAGES:
        return False
    if package != "gcp":
        return True
    module = rest.partition("/")[0]
    known = f"{module}/{token.rpartition(':')[2]}"
    return not (module in SILENT_MODULES or known in KNOWN_TYPES or _GRANT.search(token))
