"""What the identity that previews reads: what a refresh asks Google for, and nothing else.

docs/adr/0016 says why these permissions are counted out, and no role of Google's is granted.
"""

from collections.abc import Mapping

READS: Mapping[str, tuple[str, ...]] = {
    "gcp:artifactregistry/repository:Repository": ("artifactregistry.repositories.get",),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": (
        "artifactregistry.repositories.getIamPolicy",
    ),
    # Of a budget for one project, the project's own permission is enough (Cloud Billing, "Access
    # control for the Cloud Billing Budget API", 2026).
    "gcp:billing/budget:Budget": ("billing.resourcebudgets.read", "resourcemanager.projects.get"),
    "gcp:cloudrunv2/job:Job": ("run.jobs.get",),
    "gcp:cloudrunv2/jobIamMember:JobIamMember": ("run.jobs.getIamPolicy",),
    "gcp:cloudrunv2/service:Service": ("run.services.get",),
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": ("run.services.getIamPolicy",),
    "gcp:cloudrunv2/workerPool:WorkerPool": ("run.workerpools.get",),
    "gcp:cloudscheduler/job:Job": ("cloudscheduler.jobs.get",),
    "gcp:compute/address:Address": ("compute.addresses.get",),
    "gcp:compute/backendService:BackendService": ("compute.backendServices.get",),
    "gcp:compute/disk:Disk": ("compute.disks.get",),
    "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment": ("compute.disks.get",),
    "gcp:compute/firewall:Firewall": ("compute.firewalls.get",),
    "gcp:compute/globalAddress:GlobalAddress": ("compute.globalAddresses.get",),
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": ("compute.globalForwardingRules.get",),
    # Its boot disk says which image it was made from.
    "gcp:compute/instance:Instance": ("compute.instances.get", "compute.disks.get"),
    "gcp:compute/managedSslCertificate:ManagedSslCertificate": ("compute.sslCertificates.get",),
    "gcp:compute/network:Network": ("compute.networks.get",),
    "gcp:compute/regionNetworkEndpointGroup:RegionNetworkEndpointGroup": (
        "compute.networkEndpointGroups.get",
        "compute.regionNetworkEndpointGroups.get",
    ),
    "gcp:compute/resourcePolicy:ResourcePolicy": ("compute.resourcePolicies.get",),
    "gcp:compute/router:Router": ("compute.routers.get",),
    "gcp:compute/routerNat:RouterNat": ("compute.routers.get",),
    "gcp:compute/sSLPolicy:SSLPolicy": ("compute.sslPolicies.get",),
    "gcp:compute/securityPolicy:SecurityPolicy": ("compute.securityPolicies.get",),
    "gcp:compute/subnetwork:Subnetwork": ("compute.subnetworks.get",),
    "gcp:compute/targetHttpProxy:TargetHttpProxy": ("compute.targetHttpProxies.get",),
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy": ("compute.targetHttpsProxies.get",),
    "gcp:compute/uRLMap:URLMap": ("compute.urlMaps.get",),
    "gcp:dns/managedZone:ManagedZone": ("dns.managedZones.get",),
    "gcp:dns/policy:Policy": ("dns.policies.get",),
    "gcp:dns/recordSet:RecordSet": ("dns.resourceRecordSets.list",),
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": ("iam.workloadIdentityPools.get",),
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": (
        "iam.workloadIdentityPoolProviders.get",
    ),
    "gcp:logging/metric:Metric": ("logging.logMetrics.get",),
    "gcp:monitoring/alertPolicy:AlertPolicy": ("monitoring.alertPolicies.get",),
    "gcp:monitoring/dashboard:Dashboard": ("monitoring.dashboards.get",),
    "gcp:monitoring/notificationChannel:NotificationChannel": (
        "monitoring.notificationChannels.get",
    ),
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": ("monitoring.uptimeCheckConfigs.get",),
    "gcp:projects/iAMCustomRole:IAMCustomRole": ("iam.roles.get",),
    "gcp:projects/iAMMember:IAMMember": ("resourcemanager.projects.getIamPolicy",),
    # All that are on are asked for at once, after the project.
    "gcp:projects/service:Service": (
        "resourcemanager.projects.get",
        "serviceusage.services.get",
        "serviceusage.services.list",
    ),
    # The provider reads the string wherever AUTH is on.
    "gcp:redis/instance:Instance": ("redis.instances.get", "redis.instances.getAuthString"),
    "gcp:secretmanager/secret:Secret": ("secretmanager.secrets.get",),
    "gcp:secretmanager/secretIamMember:SecretIamMember": ("secretmanager.secrets.getIamPolicy",),
    # Not the value: it was written by a write-only property, and is never read.
    "gcp:secretmanager/secretVersion:SecretVersion": ("secretmanager.versions.get",),
    "gcp:serviceaccount/account:Account": ("iam.serviceAccounts.get",),
    "gcp:serviceaccount/iAMMember:IAMMember": ("iam.serviceAccounts.getIamPolicy",),
    # The network goes by its project's number.
    "gcp:servicenetworking/connection:Connection": (
        "resourcemanager.projects.get",
        "servicenetworking.services.get",
    ),
    "gcp:sql/database:Database": ("cloudsql.databases.get", "cloudsql.instances.get"),
    "gcp:sql/databaseInstance:DatabaseInstance": ("cloudsql.instances.get",),
    "gcp:sql/user:User": ("cloudsql.instances.get", "cloudsql.users.list"),
    "gcp:storage/bucket:Bucket": ("storage.buckets.get",),
    "gcp:storage/bucketIAMMember:BucketIAMMember": ("storage.buckets.getIamPolicy",),
    "gcp:vpcaccess/connector:Connector": ("vpcaccess.connectors.get",),
}
"""By type of resource: what has to be allowed to read one."""

_ALWAYS = (
    "compute.regions.list",  # the provider looks whether there is such a region
    "resourcemanager.projects.get",  # the budget is for the project's number
    "serviceusage.services.use",  # with `userProjectOverride` the project pays for the calls
)

PERMISSIONS = sorted(
    {*_ALWAYS, *(permission for needed in READS.values() for permission in needed)}
)
"""What the identity that previews may do, all of it in the project."""
