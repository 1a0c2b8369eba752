"""What a grant to everybody gives away, by the kind of resource that it is granted on.

One table of every type of the provider that has IAM: members, bindings and policies. Which types
there are is held to the SDK by a test (pulumi-gcp 10.2.0, 2026-11); what their roles allow is from
Google Cloud's documentation, "IAM roles and permissions" of each service, 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from policies.model.controls import KEYS
from policies.model.google.iam import grant_types


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
        why="Objects can be read or replaced by anyone.",
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
        why="Private images can be pulled.",
        stems=("artifactregistry/repositoryIam",),
    ),
    "compute-image-not-public": Exposure(
        title="Custom images are not shared with everyone",
        severity="high",
        why="Baked-in secrets and software leak.",
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
        why="Strangers can start paid work.",
        stems=("cloudrunv2/jobIam", "cloudrunv2/workerPoolIam"),
    ),
    "billing-iam-no-public": Exposure(
        title="Billing account IAM has no public or user member with billing.admin",
        fix="Use a group.",
        severity="high",
        why="Strangers can move projects.",
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
            *KEYS,
            "checkov:CKV_GCP_112",
            "checkov:CKV2_GCP_6",
        ),
        fix="Grant the role to the service agent or the account that needs the key.",
        severity="critical",
        why="Strangers can decrypt.",
        stems=("kms/cryptoKeyIAM", "kms/ekmConnectionIam"),
    ),
    "kms-key-ring-not-public": Exposure(
        title="Key rings have no public IAM member",
        controls=(
            *KEYS,
            "checkov:CKV2_GCP_8",
        ),
        fix="Grant the role on the one key, to the service agent or the account that needs it.",
        severity="critical",
        why="Strangers can decrypt with every key in the ring.",
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
        why="Strangers can run code beside the data, or read what the metastore knows.",
        stems=(
            *_kinds("dataproc", "cluster job", "IAM"),
            *_kinds(
                "dataproc",
                "autoscalingPolicy metastoreService metastoreDatabase "
                "metastoreTable metastoreFederation",
            ),
        ),
    ),
    "iam-no-public-databases": Exposure(
        title="Spanner and Bigtable have no public IAM member",
        severity="critical",
        why="Anyone can read the tables, or change them.",
        stems=(
            *_kinds("spanner", "instance database", "IAM"),
            *_kinds("bigtable", "instance table"),
        ),
    ),
    "iam-no-public-health-data": Exposure(
        title="Healthcare datasets and stores have no public IAM member",
        severity="critical",
        why="Patients' records can be read by anyone.",
        stems=_kinds("healthcare", "dataset consentStore dicomStore fhirStore hl7Store"),
    ),
    "iam-no-public-data-lakes": Exposure(
        title="Data lakes, catalogs and what is exchanged of them have no public IAM member",
        severity="critical",
        why="Anyone can read the data, or learn what there is and where.",
        stems=(
            *_kinds(
                "biglake",
                "hiveCatalog hiveDatabase hiveTable icebergCatalog icebergNamespace icebergTable",
            ),
            *_kinds("bigquery", "connection datapolicyv2DataPolicy"),
            "bigquerydatapolicy/dataPolicyIam",
            *_kinds("bigqueryanalyticshub", "dataExchange listing"),
            *_kinds("datacatalog", "entryGroup policyTag tagTemplate taxonomy"),
            *_kinds(
                "dataplex",
                "aspectType asset dataProduct datascan entryGroup entryType "
                "glossary lake task zone",
            ),
        ),
    ),
    "iam-no-public-models": Exposure(
        title="Models, feature stores and search engines have no public IAM member",
        severity="high",
        why="Anyone can ask them, at your cost, and read the data that they hold.",
        stems=(
            *_kinds(
                "vertex",
                "aiEndpoint aiFeatureGroup aiFeatureOnlineStoreFeatureview "
                "aiFeatureOnlineStore aiFeatureStoreEntityType aiFeatureStore "
                "aiReasoningEngine",
            ),
            "discoveryengine/searchEngineIam",
            "gemini/dataAnalyticsDataAgentIam",
        ),
    ),
    "iam-no-public-source-code": Exposure(
        title="Source code and connections to it have no public IAM member",
        severity="critical",
        why="Strangers can read the code, or change what is built from it.",
        stems=(
            "sourcerepo/repositoryIam",
            *_kinds("securesourcemanager", "instance repository"),
            "cloudbuildv2/connectionIAM",
            "dataform/repositoryIam",
            "gemini/repositoryGroupIam",
        ),
    ),
    "iam-no-public-deliveries": Exposure(
        title="Deployments, fleets, backups and runtime configuration have no public IAM member",
        severity="critical",
        why="Strangers can see, deploy or restore what runs.",
        stems=(
            *_kinds("clouddeploy", "customTargetType deliveryPipeline target"),
            *_kinds("gkebackup", "backupPlan restorePlan"),
            *_kinds("gkehub", "feature membership scope"),
            "runtimeconfig/configIam",
        ),
    ),
    "iam-no-public-identities": Exposure(
        title="Service accounts and identity pools have no public IAM member",
        severity="critical",
        why="Anyone can act as the identity, or let others in.",
        stems=("serviceaccount/iAM", "iam/workforcePoolIam", "iam/workloadIdentityPoolIam"),
    ),
    "iam-no-public-trust": Exposure(
        title="Certificate authorities, attestors and access policies have no public IAM member",
        severity="critical",
        why="Strangers can vouch for what is theirs.",
        stems=(
            *_kinds("certificateauthority", "caPool certificateTemplate"),
            "binaryauthorization/attestorIam",
            "accesscontextmanager/accessPolicyIam",
        ),
    ),
    "iam-no-public-machines": Exposure(
        title="Machines, notebooks and tunnels to them have no public IAM member",
        severity="critical",
        why="Strangers can log in, or run code with the machine's account.",
        stems=(
            "compute/instanceIAM",
            *_kinds("compute", "instanceTemplate storagePool"),
            "colab/runtimeTemplateIam",
            *_kinds("notebooks", "instance runtime"),
            "workbench/instanceIam",
            *_kinds("workstations", "workstationConfig workstation"),
            *_kinds("iap", "tunnelDestGroup tunnel"),
            "iap/tunnelInstanceIAM",
        ),
    ),
    "iam-no-public-records": Exposure(
        title="Logs and security findings have no public IAM member",
        severity="critical",
        why="Strangers read what happened, and where the weak spots are.",
        stems=(
            "logging/logViewIam",
            *_kinds("securitycenter", "instance source v2OrganizationSource"),
            "containeranalysis/noteIam",
        ),
    ),
    "iam-no-public-logins": Exposure(
        title="What Identity-Aware Proxy and secure gateways guard have no public IAM member",
        severity="high",
        why="The login stops nobody.",
        stems=(
            *_kinds(
                "iap",
                "agentRegistryAgent agentRegistryEndpoint agentRegistry "
                "agentRegistryMcpServer appEngineService appEngineVersion "
                "locationWeb webBackendService webCloudRunService "
                "webForwardingRuleService web webRegionBackendService "
                "webRegionForwardingRuleService webTypeAppEnging webTypeCompute",
            ),
            *_kinds("beyondcorp", "securityGatewayApplication securityGateway"),
        ),
    ),
    "iam-no-public-apis": Exposure(
        title="APIs, queues and pipelines have no public IAM member",
        severity="high",
        why="Strangers can use the API, or start paid work.",
        stems=(
            *_kinds("apigateway", "apiConfig api gateway"),
            "apigee/environmentIam",
            "cloudtasks/queueIam",
            *_kinds("endpoints", "consumers service"),
            "eventarc/pipelineIam",
        ),
    ),
    "iam-no-public-networks": Exposure(
        title="Networks, load balancers, names and tags have no public IAM member",
        severity="high",
        why="Strangers can attach what is theirs, or change who is let in.",
        stems=(
            *_kinds(
                "compute",
                "backendBucket backendService firewallPolicy "
                "networkFirewallPolicy regionBackendBucket regionBackendService "
                "regionNetworkFirewallPolicy",
            ),
            "compute/subnetworkIAM",
            "dns/dnsManagedZoneIam",
            "networkconnectivity/hubIam",
            "networksecurity/addressGroupIam",
            *_kinds("servicedirectory", "namespace service"),
            *_kinds("tags", "tagKey tagValue"),
        ),
    ),
    EVERYTHING: Exposure(
        severity="critical",
        why="Everything below is open to everyone on the internet.",
        stems=("projects/iAM", "folder/iAM", "organizations/iAM"),
    ),
}
"""By the rule that tells of it: one grant is one finding."""
