"""Managed services whose machines or endpoints the internet does not reach: a table of rules."""

from __future__ import annotations

from typing import Final

from apex_guardrails.gcp.types import (
    DATAFLOW_FLEX_TEMPLATE_JOB,
    DATAFLOW_JOB,
    DATAFUSION_INSTANCE,
    DATAPROC_CLUSTER,
    WORKBENCH_INSTANCE,
)
from apex_guardrails.rules.families.required_inputs import (
    REQUIRED_INPUTS,
    Required,
    Setting,
    given,
)
from apex_guardrails.rules.families.table import RuleRow

ROWS: Final = (
    RuleRow(
        id="build-worker-pool-private",
        about=Required(
            on=("gcp:cloudbuild/workerPool:WorkerPool",),
            # Omitted: with an external address (Cloud Build API, workerPools, 2026-11). Through a
            # network attachment, workers have none where all traffic goes there.
            ways=(
                Setting("workerConfig.noExternalIp"),
                Setting("privateServiceConnect.routeAllTraffic"),
            ),
            says="gives its workers external addresses",
        ),
        severity="medium",
        title="Cloud Build worker pools have no external addresses",
        why="A build step can send sources and credentials anywhere, past your network.",
        fix="Set worker_config.no_external_ip=True, and use Cloud NAT.",
        controls=("checkov:CKV_GCP_86",),
    ),
    RuleRow(
        id="dataflow-private-workers",
        about=Required(
            on=(DATAFLOW_JOB, DATAFLOW_FLEX_TEMPLATE_JOB),
            # Omitted: public addresses (Dataflow API, WorkerIPAddressConfiguration, 2026-11).
            ways=(Setting("ipConfiguration", ("WORKER_IP_PRIVATE",), "WORKER_IP_PUBLIC"),),
            says="gives its workers public addresses",
        ),
        severity="medium",
        title="Dataflow workers have no public addresses",
        why="A public address exposes the workers' ports to the internet.",
        fix='Set ip_configuration="WORKER_IP_PRIVATE", on a subnet with Private Google Access.',
        controls=("checkov:CKV_GCP_94",),
    ),
    RuleRow(
        id="datafusion-private-instance",
        about=Required(
            on=(DATAFUSION_INSTANCE,),
            # Omitted: public (Data Fusion API, instances, 2026-11).
            ways=(Setting("privateInstance"),),
            says="has public addresses",
        ),
        severity="high",
        title="Data Fusion instances are private",
        why="The instance and its pipelines reach your data over public addresses.",
        fix="Set private_instance=True, with network_config.",
        controls=("checkov:CKV_GCP_87",),
        # IAM still asks who comes.
        level="advisory",
    ),
    RuleRow(
        id="dataproc-no-public-ip",
        about=Required(
            on=(DATAPROC_CLUSTER,),
            # Omitted: the provider's default. Of image 2.2 and later Google's own is the other.
            ways=(Setting("clusterConfig.gceClusterConfig.internalIpOnly"),),
            says="gives its machines external addresses",
        ),
        severity="high",
        title="Dataproc machines have internal addresses only",
        why="An external address exposes the cluster's web interfaces and SSH to the internet.",
        fix="Set cluster_config.gce_cluster_config.internal_ip_only=True, on a subnet with Private "
        "Google Access.",
        controls=("checkov:CKV_GCP_103",),
        level="advisory",
    ),
    RuleRow(
        id="vertex-endpoint-private",
        about=Required(
            on=("gcp:vertex/aiEndpoint:AiEndpoint",),
            # Omitted: public (Vertex AI API, endpoints, 2026-11).
            ways=(
                given("network"),
                Setting("privateServiceConnectConfig.enablePrivateServiceConnect"),
            ),
            says="is reached over the internet",
        ),
        severity="low",
        title="Vertex AI endpoints are private",
        why="A stolen token is enough to ask the model, from anywhere.",
        fix="Set private_service_connect_config.enable_private_service_connect=True, or network.",
        controls=("checkov:CKV2_GCP_33",),
    ),
    RuleRow(
        id="vertex-index-endpoint-private",
        about=Required(
            on=("gcp:vertex/aiIndexEndpoint:AiIndexEndpoint",),
            # Omitted: private (Vertex AI API, indexEndpoints, 2026-11).
            ways=(Setting("publicEndpointEnabled", (False,)),),
            says="is reached over the internet",
            may_be_left_out=True,
        ),
        severity="low",
        title="Vertex AI index endpoints are private",
        why="A stolen token is enough to search the index, from anywhere.",
        fix="Remove public_endpoint_enabled=True.",
        controls=("checkov:CKV2_GCP_34",),
    ),
    RuleRow(
        id="workbench-no-public-ip",
        about=Required(
            on=(WORKBENCH_INSTANCE,),
            # Omitted: with an external address (Workbench API, instances, 2026-11).
            ways=(Setting("gceSetup.disablePublicIp"),),
            says="has an external address",
        ),
        severity="high",
        title="Workbench instances have no external address",
        why="An external address exposes the notebook's machine and its ports to the internet.",
        fix="Set gce_setup.disable_public_ip=True; JupyterLab is reached through Google's proxy.",
        controls=("checkov:CKV2_GCP_28",),
    ),
)

RULES = REQUIRED_INPUTS.rules(__name__, ROWS)
