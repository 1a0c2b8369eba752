"""What a grant to everybody gives away, by the kind of resource that it is granted on.

One table of every type of the provider that has IAM: members, bindings and policies. Which types
there are is held to the SDK by a test (pulumi-gcp 10.2.0, 2026-11); what their roles allow is from
Google Cloud's documentation, "IAM roles and permissions" of each service, 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from apex_guardrails.gcp.grant_types import grant_types
from apex_guardrails.rules.families.public_members import PUBLIC_MEMBERS
from apex_guardrails.rules.families.table import RuleRow


def _kinds(service: str, names: str, ending: str = "Iam") -> tuple[str, ...]:
    """The stems of several kinds of resource of one service."""
    return tuple(f"{service}/{name}{ending}" for name in names.split())


EVERYTHING: Final = "iam-no-public-members"
"""The rule about what holds everything else, and about types that the table does not know yet."""

WITH_FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "storage-bucket-not-public": grant_types("storage/bucketIAM", "storage/managedFolderIam"),
    "bigquery-dataset-not-public": grant_types("bigquery/datasetIam"),
    EVERYTHING: grant_types("projects/iAM", "folder/iAM", "organizations/iAM"),
}
"""The types of the rules that have a file of their own, which says more."""

# What each row is about is the types, as `grant_types` takes them.
ROWS: Final[Sequence[RuleRow[tuple[str, ...]]]] = (
    # What is often public for good reasons has a rule of its own, to be waived by itself.
    RuleRow(
        id="run-service-not-public",
        about=("cloudrunv2/serviceIam", "cloudrun/iam"),
        severity="high",
        title="Cloud Run services are not invokable by everyone unless declared public",
        why="Anyone on the internet can call an internal service.",
        fix="Grant roles/run.invoker to a named service account, or waive the rule for a service "
        "that is meant to be public.",
        controls=("checkov:CKV_GCP_102",),
    ),
    RuleRow(
        id="functions-not-public",
        about=("cloudfunctions/functionIam", "cloudfunctionsv2/functionIam"),
        severity="high",
        title="Cloud Functions are not invokable by everyone unless declared public",
        why="Anyone on the internet can call the function.",
        fix="Grant the invoker role to a named service account, or waive the rule for a function "
        "that is meant to be public.",
        controls=("checkov:CKV_GCP_107",),
    ),
    RuleRow(
        id="artifactregistry-not-public",
        about=("artifactregistry/repositoryIam",),
        severity="high",
        title="Artifact Registry IAM has no public member",
        why="Anyone can pull private images.",
        controls=("checkov:CKV_GCP_101",),
    ),
    RuleRow(
        id="compute-image-not-public",
        about=(
            *_kinds(
                "compute",
                "image snapshot instantSnapshot regionInstantSnapshot disk regionDisk machineImage",
            ),
        ),
        severity="high",
        title="Custom images are not shared with everyone",
        why="Secrets and software in the image leak.",
    ),
    RuleRow(
        id="run-job-not-public",
        about=("cloudrunv2/jobIam", "cloudrunv2/workerPoolIam"),
        severity="high",
        title="Cloud Run jobs and worker pools have no public IAM member",
        why="Anyone can start paid work.",
    ),
    RuleRow(
        id="billing-iam-no-public",
        about=("billing/accountIam",),
        severity="high",
        title="Billing account IAM has no public member",
        why="Anyone can see the costs, or charge projects to the account.",
        fix="Grant the role to a group.",
    ),
    RuleRow(
        id="secretmanager-not-public",
        about=("secretmanager/secretIam", "secretmanager/regionalSecretIam"),
        severity="critical",
        title="Secret IAM has no public member",
        why="Anyone can read the credential.",
    ),
    RuleRow(
        id="bigquery-table-not-public",
        about=("bigquery/iam", "bigquery/routineIam"),
        severity="critical",
        title="BigQuery tables and routines have no public IAM member",
        why="Anyone with a Google account can query the table.",
        fix="Grant the role to a group, or share the data through Analytics Hub.",
        controls=("checkov:CKV_GCP_100",),
    ),
    RuleRow(
        id="kms-key-not-public",
        about=("kms/cryptoKeyIAM", "kms/ekmConnectionIam"),
        severity="critical",
        title="Encryption keys have no public IAM member",
        why="Anyone can decrypt your data.",
        fix="Grant the role to the service agent or the account that needs the key.",
        controls=(
            "cis-gcp-4.0:1.9",
            "checkov:CKV_GCP_112",
            "checkov:CKV2_GCP_6",
        ),
    ),
    RuleRow(
        id="kms-key-ring-not-public",
        about=("kms/keyRingIAM",),
        severity="critical",
        title="Key rings have no public IAM member",
        why="Anyone can decrypt with every key in the ring.",
        fix="Grant the role on the one key, to the service agent or the account that needs it.",
        controls=(
            "cis-gcp-4.0:1.9",
            "checkov:CKV2_GCP_8",
        ),
    ),
    RuleRow(
        id="pubsub-topic-not-public",
        about=("pubsub/topicIAM", "pubsub/subscriptionIAM", "pubsub/schemaIam"),
        severity="critical",
        title="Pub/Sub topics, subscriptions and schemas have no public IAM member",
        why="Anyone can publish messages, or read them.",
        fix="Grant the role to the accounts that publish or subscribe.",
        controls=("checkov:CKV_GCP_99",),
    ),
    RuleRow(
        id="dataproc-not-public",
        about=(
            *_kinds("dataproc", "cluster job", "IAM"),
            *_kinds(
                "dataproc",
                "autoscalingPolicy metastoreService metastoreDatabase "
                "metastoreTable metastoreFederation",
            ),
        ),
        severity="critical",
        title="Dataproc clusters, jobs and metastores have no public IAM member",
        why="Anyone can run code beside the data, or read the metastore.",
        fix="Grant the role to a group.",
        controls=("checkov:CKV_GCP_98",),
    ),
    RuleRow(
        id="datafusion-not-public",
        # Of Data Fusion, in spite of the name (the provider's page of securitycenter.InstanceIam…).
        about=("securitycenter/instanceIam",),
        severity="critical",
        title="Cloud Data Fusion instances have no public IAM member",
        why="Anyone can run pipelines beside the data, and read it.",
    ),
    RuleRow(
        id="spanner-not-public",
        about=_kinds("spanner", "instance database", "IAM"),
        severity="critical",
        title="Spanner instances and databases have no public IAM member",
        why="Anyone can read the tables, or change them.",
    ),
    RuleRow(
        id="bigtable-not-public",
        about=_kinds("bigtable", "instance table"),
        severity="critical",
        title="Bigtable instances and tables have no public IAM member",
        why="Anyone can read the tables, or change them.",
    ),
    RuleRow(
        id="healthcare-not-public",
        about=_kinds("healthcare", "dataset consentStore dicomStore fhirStore hl7Store"),
        severity="critical",
        title="Healthcare datasets and stores have no public IAM member",
        why="Anyone can read patients' records.",
    ),
    RuleRow(
        id="bigquery-connection-not-public",
        about=(
            *_kinds("bigquery", "connection datapolicyv2DataPolicy"),
            "bigquerydatapolicy/dataPolicyIam",
        ),
        severity="critical",
        title="BigQuery connections and data policies have no public IAM member",
        why="Anyone can query through the connection, or read what the policy masks.",
    ),
    RuleRow(
        id="bigquery-sharing-not-public",
        about=_kinds("bigqueryanalyticshub", "dataExchange listing"),
        severity="critical",
        title="BigQuery data exchanges and listings have no public IAM member",
        why="Anyone can subscribe to the shared data.",
    ),
    RuleRow(
        id="biglake-not-public",
        about=_kinds(
            "biglake",
            "hiveCatalog hiveDatabase hiveTable icebergCatalog icebergNamespace icebergTable",
        ),
        severity="critical",
        title="BigLake catalogs, databases and tables have no public IAM member",
        why="Anyone can read the tables, or change them.",
    ),
    RuleRow(
        id="dataplex-not-public",
        about=(
            *_kinds("datacatalog", "entryGroup policyTag tagTemplate taxonomy"),
            *_kinds(
                "dataplex",
                "aspectType asset dataProduct datascan entryGroup entryType glossary "
                "lake task zone",
            ),
        ),
        severity="critical",
        title="Dataplex lakes, data products and catalogs have no public IAM member",
        why="Anyone can read the data, or find out what data you have.",
    ),
    RuleRow(
        id="vertex-not-public",
        about=(
            *_kinds(
                "vertex",
                "aiEndpoint aiFeatureGroup aiFeatureOnlineStoreFeatureview "
                "aiFeatureOnlineStore aiFeatureStoreEntityType aiFeatureStore "
                "aiReasoningEngine",
            ),
            "discoveryengine/searchEngineIam",
        ),
        severity="high",
        title="Vertex AI endpoints, agents, feature stores and search engines have no "
        "public IAM member",
        why="Anyone can query them at your cost, and read the data behind them.",
    ),
    RuleRow(
        id="gemini-not-public",
        about=(
            "gemini/dataAnalyticsDataAgentIam",
            "gemini/repositoryGroupIam",
        ),
        severity="critical",
        title="Gemini data agents and code repository groups have no public IAM member",
        why="Anyone can ask them about your data and code.",
    ),
    RuleRow(
        id="sourcerepo-not-public",
        about=("sourcerepo/repositoryIam",),
        severity="critical",
        title="Cloud Source Repositories have no public IAM member",
        why="Anyone can read the code, or change what is built from it.",
    ),
    RuleRow(
        id="securesourcemanager-not-public",
        about=_kinds("securesourcemanager", "instance repository"),
        severity="critical",
        title="Secure Source Manager instances and repositories have no public IAM member",
        why="Anyone can read the code, or change what is built from it.",
    ),
    RuleRow(
        id="cloudbuild-connection-not-public",
        about=("cloudbuildv2/connectionIAM",),
        severity="critical",
        title="Cloud Build connections have no public IAM member",
        why="Anyone can reach the repositories that the connection opens.",
    ),
    RuleRow(
        id="dataform-not-public",
        about=("dataform/repositoryIam",),
        severity="critical",
        title="Dataform repositories have no public IAM member",
        why="Anyone can read the queries, or change what they write.",
    ),
    RuleRow(
        id="clouddeploy-not-public",
        about=_kinds("clouddeploy", "customTargetType deliveryPipeline target"),
        severity="critical",
        title="Cloud Deploy pipelines and targets have no public IAM member",
        why="Anyone can deploy.",
    ),
    RuleRow(
        id="gke-backup-not-public",
        about=_kinds("gkebackup", "backupPlan restorePlan"),
        severity="critical",
        title="GKE backup and restore plans have no public IAM member",
        why="Anyone can read the backups, or restore them elsewhere.",
    ),
    RuleRow(
        id="gke-fleet-not-public",
        about=_kinds("gkehub", "feature membership scope"),
        severity="critical",
        title="GKE fleet features, memberships and scopes have no public IAM member",
        why="Anyone can see the clusters, or change how they are run.",
    ),
    RuleRow(
        id="runtimeconfig-not-public",
        about=("runtimeconfig/configIam",),
        severity="critical",
        title="Runtime Configurator configs have no public IAM member",
        why="Anyone can read the configuration, or change it.",
    ),
    RuleRow(
        id="iam-service-account-not-public",
        about=("serviceaccount/iAM",),
        severity="critical",
        title="Service accounts have no public IAM member",
        why="Anyone can act as the service account.",
    ),
    RuleRow(
        id="iam-identity-pool-not-public",
        about=(
            "iam/workforcePoolIam",
            "iam/workloadIdentityPoolIam",
        ),
        severity="critical",
        title="Workforce and workload identity pools have no public IAM member",
        why="Anyone can change who may sign in through the pool.",
    ),
    RuleRow(
        id="certificateauthority-not-public",
        about=_kinds("certificateauthority", "caPool certificateTemplate"),
        severity="critical",
        title="CA pools and certificate templates have no public IAM member",
        why="Anyone can issue certificates that you trust.",
    ),
    RuleRow(
        id="binaryauthorization-not-public",
        about=(
            "binaryauthorization/attestorIam",
            "containeranalysis/noteIam",
        ),
        severity="critical",
        title="Attestors and the notes that hold their attestations have no public IAM member",
        why="Anyone can attest images that you trust, or read their scan findings.",
    ),
    RuleRow(
        id="accesscontextmanager-not-public",
        about=("accesscontextmanager/accessPolicyIam",),
        severity="critical",
        title="VPC Service Controls access policies have no public IAM member",
        why="Anyone can change who may enter the perimeter.",
    ),
    RuleRow(
        id="compute-instance-not-public",
        about=(
            "compute/instanceIAM",
            *_kinds("compute", "instanceTemplate storagePool"),
        ),
        severity="critical",
        title="Instances, instance templates and storage pools have no public IAM member",
        why="Anyone can log in, or run code as the machine's service account.",
    ),
    RuleRow(
        id="workbench-not-public",
        about=(
            "workbench/instanceIam",
            "colab/runtimeTemplateIam",
            *_kinds("notebooks", "instance runtime"),
        ),
        severity="critical",
        title="Workbench instances, notebooks and Colab runtimes have no public IAM member",
        why="Anyone can run code as the notebook's service account.",
    ),
    RuleRow(
        id="workstations-not-public",
        about=_kinds("workstations", "workstationConfig workstation"),
        severity="critical",
        title="Cloud Workstations have no public IAM member",
        why="Anyone can log in, and read the source code there.",
    ),
    RuleRow(
        id="logging-not-public",
        about=("logging/logViewIam",),
        severity="critical",
        title="Log views have no public IAM member",
        why="Anyone can read the logs.",
    ),
    RuleRow(
        id="securitycenter-not-public",
        about=_kinds("securitycenter", "source v2OrganizationSource"),
        severity="critical",
        title="Security Command Center sources have no public IAM member",
        why="Anyone can read where you are vulnerable.",
    ),
    RuleRow(
        id="iap-not-public",
        about=(
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
        severity="high",
        title="Resources behind Identity-Aware Proxy and secure gateways have no public IAM member",
        why="Anyone gets past the login.",
    ),
    RuleRow(
        id="iap-tunnel-not-public",
        about=(
            *_kinds("iap", "tunnelDestGroup tunnel"),
            "iap/tunnelInstanceIAM",
        ),
        severity="critical",
        title="Identity-Aware Proxy tunnels have no public IAM member",
        why="Anyone can reach the SSH and RDP ports of machines without a public address.",
    ),
    RuleRow(
        id="apigateway-not-public",
        about=(
            *_kinds("apigateway", "apiConfig api gateway"),
            *_kinds("endpoints", "consumers service"),
        ),
        severity="high",
        title="API Gateway and Cloud Endpoints have no public IAM member",
        why="Anyone can change the API, or call what is not meant for them.",
    ),
    RuleRow(
        id="apigee-not-public",
        about=("apigee/environmentIam",),
        severity="high",
        title="Apigee environments have no public IAM member",
        why="Anyone can deploy API proxies, or see how they are used.",
    ),
    RuleRow(
        id="cloudtasks-not-public",
        about=("cloudtasks/queueIam",),
        severity="high",
        title="Cloud Tasks queues have no public IAM member",
        why="Anyone can queue tasks, which run at your cost.",
    ),
    RuleRow(
        id="eventarc-not-public",
        about=("eventarc/pipelineIam",),
        severity="high",
        title="Eventarc pipelines have no public IAM member",
        why="Anyone can change where events go.",
    ),
    RuleRow(
        id="vpc-subnet-not-public",
        about=(
            "compute/subnetworkIAM",
            "networkconnectivity/hubIam",
        ),
        severity="high",
        title="Subnets and Network Connectivity hubs have no public IAM member",
        why="Anyone can attach resources to your network.",
    ),
    RuleRow(
        id="lb-backend-not-public",
        about=_kinds(
            "compute", "backendBucket backendService regionBackendBucket regionBackendService"
        ),
        severity="high",
        title="Backend services and backend buckets have no public IAM member",
        why="Anyone can send your traffic to another backend.",
    ),
    RuleRow(
        id="firewall-policy-iam-not-public",
        about=(
            *_kinds("compute", "firewallPolicy networkFirewallPolicy regionNetworkFirewallPolicy"),
            "networksecurity/addressGroupIam",
        ),
        severity="high",
        title="Firewall policies and address groups have no public IAM member",
        why="Anyone can change which traffic may enter.",
    ),
    RuleRow(
        id="dns-zone-iam-not-public",
        about=("dns/dnsManagedZoneIam",),
        severity="high",
        title="DNS zones, public or private, have no public IAM member",
        why="Anyone can point your names at their own servers.",
    ),
    RuleRow(
        id="servicedirectory-not-public",
        about=_kinds("servicedirectory", "namespace service"),
        severity="high",
        title="Service Directory namespaces and services have no public IAM member",
        why="Anyone can see the services, or register their own in place of one.",
    ),
    RuleRow(
        id="tags-not-public",
        about=_kinds("tags", "tagKey tagValue"),
        severity="high",
        title="Tag keys and values have no public IAM member",
        why="Anyone can change which policies and firewall rules apply, through tags.",
    ),
)

RULES = PUBLIC_MEMBERS.rules(__name__, ROWS)

EXPOSURES: Final[Mapping[str, tuple[str, ...]]] = {
    **{row.id: grant_types(*row.about) for row in ROWS},
    **WITH_FILES,
}
"""The types by the rule that tells of them: one grant is one finding."""
