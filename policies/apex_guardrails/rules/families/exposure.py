"""What a grant to everybody gives away, by the kind of resource that it is granted on.

One table of every type of the provider that has IAM: members, bindings and policies. Which types
there are is held to the SDK by a test (pulumi-gcp 10.2.0, 2026-11); what their roles allow is from
Google Cloud's documentation, "IAM roles and permissions" of each service, 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from apex_guardrails.gcp.grant_types import grant_types


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A row of the table: the kinds of resource that one rule is about.

    Attributes:
        severity: how bad it is that everybody has a role there.
        why: what everybody can do then.
        stems: the types, as `grant_types` takes them.
        title: the passing state; "" where the rule has a file of its own, which says more.
    """

    severity: str
    why: str
    stems: tuple[str, ...]
    title: str = ""
    controls: tuple[str, ...] = ()
    fix: str = "Remove the public member; grant the role to a group or a service account."

    @property
    def types(self) -> tuple[str, ...]:
        """The members, bindings and policies of all of them."""
        return grant_types(*self.stems)


def _kinds(service: str, names: str, ending: str = "Iam") -> tuple[str, ...]:
    """The stems of several kinds of resource of one service."""
    return tuple(f"{service}/{name}{ending}" for name in names.split())


EVERYTHING: Final = "iam-no-public-members"
"""The rule about what holds everything else, and about types that the table does not know yet."""

EXPOSURES: Final[Mapping[str, Exposure]] = {
    # What is often public for good reasons has a rule of its own, to be waived by itself.
    "storage-bucket-not-public": Exposure(
        severity="critical",
        why="Anyone can read or replace the objects.",
        stems=("storage/bucketIAM", "storage/managedFolderIam"),
    ),
    "run-service-not-public": Exposure(
        title="Cloud Run services are not invokable by everyone unless declared public",
        controls=("checkov:CKV_GCP_102",),
        fix="Grant roles/run.invoker to a named service account.",
        severity="high",
        why="Anyone on the internet can call an internal service.",
        stems=("cloudrunv2/serviceIam", "cloudrun/iam"),
    ),
    "functions-not-public": Exposure(
        title="Cloud Functions are not invokable by everyone unless declared public",
        controls=("checkov:CKV_GCP_107",),
        fix="Grant the invoker role to a named service account.",
        severity="high",
        why="Anyone on the internet can call the function.",
        stems=("cloudfunctions/functionIam", "cloudfunctionsv2/functionIam"),
    ),
    "artifactregistry-not-public": Exposure(
        title="Artifact Registry IAM has no public member",
        controls=("checkov:CKV_GCP_101",),
        severity="high",
        why="Anyone can pull private images.",
        stems=("artifactregistry/repositoryIam",),
    ),
    "compute-image-not-public": Exposure(
        title="Custom images are not shared with everyone",
        severity="high",
        why="Secrets and software in the image leak.",
        stems=(
            *_kinds(
                "compute",
                "image snapshot instantSnapshot regionInstantSnapshot disk regionDisk machineImage",
            ),
        ),
    ),
    "run-job-not-public": Exposure(
        title="Cloud Run jobs and worker pools have no public IAM member",
        severity="high",
        why="Anyone can start paid work.",
        stems=("cloudrunv2/jobIam", "cloudrunv2/workerPoolIam"),
    ),
    "billing-iam-no-public": Exposure(
        title="Billing account IAM has no public member",
        fix="Grant the role to a group.",
        severity="high",
        why="Anyone can see the costs, or charge projects to the account.",
        stems=("billing/accountIam",),
    ),
    "secretmanager-not-public": Exposure(
        title="Secret IAM has no public member",
        severity="critical",
        why="Anyone can read the credential.",
        stems=("secretmanager/secretIam", "secretmanager/regionalSecretIam"),
    ),
    "bigquery-dataset-not-public": Exposure(
        severity="critical",
        why="Anyone with a Google account can read the tables.",
        stems=("bigquery/datasetIam",),
    ),
    "bigquery-table-not-public": Exposure(
        title="BigQuery tables and routines have no public IAM member",
        controls=("checkov:CKV_GCP_100",),
        fix="Grant the role to a group, or share the data through Analytics Hub.",
        severity="critical",
        why="Anyone with a Google account can query the table.",
        stems=("bigquery/iam", "bigquery/routineIam"),
    ),
    "kms-key-not-public": Exposure(
        title="Encryption keys have no public IAM member",
        controls=(
            "cis-gcp-4.0:1.9",
            "checkov:CKV_GCP_112",
            "checkov:CKV2_GCP_6",
        ),
        fix="Grant the role to the service agent or the account that needs the key.",
        severity="critical",
        why="Anyone can decrypt your data.",
        stems=("kms/cryptoKeyIAM", "kms/ekmConnectionIam"),
    ),
    "kms-key-ring-not-public": Exposure(
        title="Key rings have no public IAM member",
        controls=(
            "cis-gcp-4.0:1.9",
            "checkov:CKV2_GCP_8",
        ),
        fix="Grant the role on the one key, to the service agent or the account that needs it.",
        severity="critical",
        why="Anyone can decrypt with every key in the ring.",
        stems=("kms/keyRingIAM",),
    ),
    "pubsub-topic-not-public": Exposure(
        title="Pub/Sub topics, subscriptions and schemas have no public IAM member",
        controls=("checkov:CKV_GCP_99",),
        fix="Grant the role to the accounts that publish or subscribe.",
        severity="critical",
        why="Anyone can publish messages, or read them.",
        stems=("pubsub/topicIAM", "pubsub/subscriptionIAM", "pubsub/schemaIam"),
    ),
    "dataproc-not-public": Exposure(
        title="Dataproc clusters, jobs and metastores have no public IAM member",
        controls=("checkov:CKV_GCP_98",),
        fix="Grant the role to a group.",
        severity="critical",
        why="Anyone can run code beside the data, or read the metastore.",
        stems=(
            *_kinds("dataproc", "cluster job", "IAM"),
            *_kinds(
                "dataproc",
                "autoscalingPolicy metastoreService metastoreDatabase "
                "metastoreTable metastoreFederation",
            ),
        ),
    ),
    "datafusion-not-public": Exposure(
        title="Cloud Data Fusion instances have no public IAM member",
        severity="critical",
        why="Anyone can run pipelines beside the data, and read it.",
        # Of Data Fusion, in spite of the name (the provider's page of securitycenter.InstanceIam…).
        stems=("securitycenter/instanceIam",),
    ),
    "spanner-not-public": Exposure(
        title="Spanner instances and databases have no public IAM member",
        severity="critical",
        why="Anyone can read the tables, or change them.",
        stems=_kinds("spanner", "instance database", "IAM"),
    ),
    "bigtable-not-public": Exposure(
        title="Bigtable instances and tables have no public IAM member",
        severity="critical",
        why="Anyone can read the tables, or change them.",
        stems=_kinds("bigtable", "instance table"),
    ),
    "healthcare-not-public": Exposure(
        title="Healthcare datasets and stores have no public IAM member",
        severity="critical",
        why="Anyone can read patients' records.",
        stems=_kinds("healthcare", "dataset consentStore dicomStore fhirStore hl7Store"),
    ),
    "bigquery-connection-not-public": Exposure(
        title="BigQuery connections and data policies have no public IAM member",
        severity="critical",
        why="Anyone can query through the connection, or read what the policy masks.",
        stems=(
            *_kinds("bigquery", "connection datapolicyv2DataPolicy"),
            "bigquerydatapolicy/dataPolicyIam",
        ),
    ),
    "bigquery-sharing-not-public": Exposure(
        title="BigQuery data exchanges and listings have no public IAM member",
        severity="critical",
        why="Anyone can subscribe to the shared data.",
        stems=_kinds("bigqueryanalyticshub", "dataExchange listing"),
    ),
    "biglake-not-public": Exposure(
        title="BigLake catalogs, databases and tables have no public IAM member",
        severity="critical",
        why="Anyone can read the tables, or change them.",
        stems=_kinds(
            "biglake",
            "hiveCatalog hiveDatabase hiveTable icebergCatalog icebergNamespace icebergTable",
        ),
    ),
    "dataplex-not-public": Exposure(
        title="Dataplex lakes, data products and catalogs have no public IAM member",
        severity="critical",
        why="Anyone can read the data, or find out what data you have.",
        stems=(
            *_kinds("datacatalog", "entryGroup policyTag tagTemplate taxonomy"),
            *_kinds(
                "dataplex",
                "aspectType asset dataProduct datascan entryGroup entryType glossary "
                "lake task zone",
            ),
        ),
    ),
    "vertex-not-public": Exposure(
        title=(
            "Vertex AI endpoints, agents, feature stores and search engines have no "
            "public IAM member"
        ),
        severity="high",
        why="Anyone can query them at your cost, and read the data behind them.",
        stems=(
            *_kinds(
                "vertex",
                "aiEndpoint aiFeatureGroup aiFeatureOnlineStoreFeatureview "
                "aiFeatureOnlineStore aiFeatureStoreEntityType aiFeatureStore "
                "aiReasoningEngine",
            ),
            "discoveryengine/searchEngineIam",
        ),
    ),
    "gemini-not-public": Exposure(
        title="Gemini data agents and code repository groups have no public IAM member",
        severity="critical",
        why="Anyone can ask them about your data and code.",
        stems=(
            "gemini/dataAnalyticsDataAgentIam",
            "gemini/repositoryGroupIam",
        ),
    ),
    "sourcerepo-not-public": Exposure(
        title="Cloud Source Repositories have no public IAM member",
        severity="critical",
        why="Anyone can read the code, or change what is built from it.",
        stems=("sourcerepo/repositoryIam",),
    ),
    "securesourcemanager-not-public": Exposure(
        title="Secure Source Manager instances and repositories have no public IAM member",
        severity="critical",
        why="Anyone can read the code, or change what is built from it.",
        stems=_kinds("securesourcemanager", "instance repository"),
    ),
    "cloudbuild-connection-not-public": Exposure(
        title="Cloud Build connections have no public IAM member",
        severity="critical",
        why="Anyone can reach the repositories that the connection opens.",
        stems=("cloudbuildv2/connectionIAM",),
    ),
    "dataform-not-public": Exposure(
        title="Dataform repositories have no public IAM member",
        severity="critical",
        why="Anyone can read the queries, or change what they write.",
        stems=("dataform/repositoryIam",),
    ),
    "clouddeploy-not-public": Exposure(
        title="Cloud Deploy pipelines and targets have no public IAM member",
        severity="critical",
        why="Anyone can deploy.",
        stems=_kinds("clouddeploy", "customTargetType deliveryPipeline target"),
    ),
    "gke-backup-not-public": Exposure(
        title="GKE backup and restore plans have no public IAM member",
        severity="critical",
        why="Anyone can read the backups, or restore them elsewhere.",
        stems=_kinds("gkebackup", "backupPlan restorePlan"),
    ),
    "gke-fleet-not-public": Exposure(
        title="GKE fleet features, memberships and scopes have no public IAM member",
        severity="critical",
        why="Anyone can see the clusters, or change how they are run.",
        stems=_kinds("gkehub", "feature membership scope"),
    ),
    "runtimeconfig-not-public": Exposure(
        title="Runtime Configurator configs have no public IAM member",
        severity="critical",
        why="Anyone can read the configuration, or change it.",
        stems=("runtimeconfig/configIam",),
    ),
    "iam-service-account-not-public": Exposure(
        title="Service accounts have no public IAM member",
        severity="critical",
        why="Anyone can act as the service account.",
        stems=("serviceaccount/iAM",),
    ),
    "iam-identity-pool-not-public": Exposure(
        title="Workforce and workload identity pools have no public IAM member",
        severity="critical",
        why="Anyone can change who may sign in through the pool.",
        stems=(
            "iam/workforcePoolIam",
            "iam/workloadIdentityPoolIam",
        ),
    ),
    "certificateauthority-not-public": Exposure(
        title="CA pools and certificate templates have no public IAM member",
        severity="critical",
        why="Anyone can issue certificates that you trust.",
        stems=_kinds("certificateauthority", "caPool certificateTemplate"),
    ),
    "binaryauthorization-not-public": Exposure(
        title="Attestors and the notes that hold their attestations have no public IAM member",
        severity="critical",
        why="Anyone can attest images that you trust, or read their scan findings.",
        stems=(
            "binaryauthorization/attestorIam",
            "containeranalysis/noteIam",
        ),
    ),
    "accesscontextmanager-not-public": Exposure(
        title="VPC Service Controls access policies have no public IAM member",
        severity="critical",
        why="Anyone can change who may enter the perimeter.",
        stems=("accesscontextmanager/accessPolicyIam",),
    ),
    "compute-instance-not-public": Exposure(
        title="Instances, instance templates and storage pools have no public IAM member",
        severity="critical",
        why="Anyone can log in, or run code as the machine's service account.",
        stems=(
            "compute/instanceIAM",
            *_kinds("compute", "instanceTemplate storagePool"),
        ),
    ),
    "workbench-not-public": Exposure(
        title="Workbench instances, notebooks and Colab runtimes have no public IAM member",
        severity="critical",
        why="Anyone can run code as the notebook's service account.",
        stems=(
            "workbench/instanceIam",
            "colab/runtimeTemplateIam",
            *_kinds("notebooks", "instance runtime"),
        ),
    ),
    "workstations-not-public": Exposure(
        title="Cloud Workstations have no public IAM member",
        severity="critical",
        why="Anyone can log in, and read the source code there.",
        stems=_kinds("workstations", "workstationConfig workstation"),
    ),
    "logging-not-public": Exposure(
        title="Log views have no public IAM member",
        severity="critical",
        why="Anyone can read the logs.",
        stems=("logging/logViewIam",),
    ),
    "securitycenter-not-public": Exposure(
        title="Security Command Center sources have no public IAM member",
        severity="critical",
        why="Anyone can read where you are vulnerable.",
        stems=_kinds("securitycenter", "source v2OrganizationSource"),
    ),
    "iap-not-public": Exposure(
        title="Resources behind Identity-Aware Proxy and secure gateways have no public IAM member",
        severity="high",
        why="Anyone gets past the login.",
        stems=(
            *_kinds(
                "iap",
                "agentRegistryAgent agentRegistryEndpoint agentRegistry "
                "agentRegistryMcpServer appEngineService appEngineVersion locationWeb "
                "webBackendService webCloudRunService webForwardingRuleService web "
                "webRegionBackendService webRegionForwardingRuleService "
                "webTypeAppEnging webTypeCompute",
            ),
            *_kinds("beyondcorp", "securityGatewayApplication securityGateway"),
        ),
    ),
    "iap-tunnel-not-public": Exposure(
        title="Identity-Aware Proxy tunnels have no public IAM member",
        severity="critical",
        why="Anyone can reach the SSH and RDP ports of machines without a public address.",
        stems=(
            *_kinds("iap", "tunnelDestGroup tunnel"),
            "iap/tunnelInstanceIAM",
        ),
    ),
    "apigateway-not-public": Exposure(
        title="API Gateway and Cloud Endpoints have no public IAM member",
        severity="high",
        why="Anyone can change the API, or call what is not meant for them.",
        stems=(
            *_kinds("apigateway", "apiConfig api gateway"),
            *_kinds("endpoints", "consumers service"),
        ),
    ),
    "apigee-not-public": Exposure(
        title="Apigee environments have no public IAM member",
        severity="high",
        why="Anyone can deploy API proxies, or see how they are used.",
        stems=("apigee/environmentIam",),
    ),
    "cloudtasks-not-public": Exposure(
        title="Cloud Tasks queues have no public IAM member",
        severity="high",
        why="Anyone can queue tasks, which run at your cost.",
        stems=("cloudtasks/queueIam",),
    ),
    "eventarc-not-public": Exposure(
        title="Eventarc pipelines have no public IAM member",
        severity="high",
        why="Anyone can change where events go.",
        stems=("eventarc/pipelineIam",),
    ),
    "vpc-subnet-not-public": Exposure(
        title="Subnets and Network Connectivity hubs have no public IAM member",
        severity="high",
        why="Anyone can attach resources to your network.",
        stems=(
            "compute/subnetworkIAM",
            "networkconnectivity/hubIam",
        ),
    ),
    "lb-backend-not-public": Exposure(
        title="Backend services and backend buckets have no public IAM member",
        severity="high",
        why="Anyone can send your traffic to another backend.",
        stems=_kinds(
            "compute", "backendBucket backendService regionBackendBucket regionBackendService"
        ),
    ),
    "firewall-policy-iam-not-public": Exposure(
        title="Firewall policies and address groups have no public IAM member",
        severity="high",
        why="Anyone can change which traffic may enter.",
        stems=(
            *_kinds("compute", "firewallPolicy networkFirewallPolicy regionNetworkFirewallPolicy"),
            "networksecurity/addressGroupIam",
        ),
    ),
    "dns-zone-iam-not-public": Exposure(
        title="DNS zones, public or private, have no public IAM member",
        severity="high",
        why="Anyone can point your names at their own servers.",
        stems=("dns/dnsManagedZoneIam",),
    ),
    "servicedirectory-not-public": Exposure(
        title="Service Directory namespaces and services have no public IAM member",
        severity="high",
        why="Anyone can see the services, or register their own in place of one.",
        stems=_kinds("servicedirectory", "namespace service"),
    ),
    "tags-not-public": Exposure(
        title="Tag keys and values have no public IAM member",
        severity="high",
        why="Anyone can change which policies and firewall rules apply, through tags.",
        stems=_kinds("tags", "tagKey tagValue"),
    ),
    EVERYTHING: Exposure(
        severity="critical",
        why="Everything below is open to everyone on the internet.",
        stems=("projects/iAM", "folder/iAM", "organizations/iAM"),
    ),
}
"""By the rule that tells of it: one grant is one finding."""
