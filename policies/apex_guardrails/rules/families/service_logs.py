"""Managed services that write logs only when they are told to: a table of rules."""

from __future__ import annotations

from typing import Final

from apex_guardrails.gcp.types import DATAFUSION_INSTANCE, DIAGFLOW_CX_WEBHOOK
from apex_guardrails.model import sets
from apex_guardrails.rules.families.required_inputs import REQUIRED_INPUTS, Required, Setting
from apex_guardrails.rules.families.table import RuleRow

ROWS: Final = (
    RuleRow(
        id="datafusion-logging-enabled",
        about=Required(
            # Omitted: off (Data Fusion API, instances, 2026-11).
            on=(DATAFUSION_INSTANCE,),
            ways=(Setting("enableStackdriverLogging"),),
            says="keeps its pipelines' logs to itself",
        ),
        severity="low",
        title="Data Fusion instances write to Cloud Logging",
        why="The logs of pipelines are lost with the clusters that ran them.",
        fix="Set enable_stackdriver_logging=True.",
        remedy=sets(value=True),
        controls=("checkov:CKV_GCP_104",),
    ),
    RuleRow(
        id="datafusion-monitoring-enabled",
        about=Required(
            on=(DATAFUSION_INSTANCE,),
            ways=(Setting("enableStackdriverMonitoring"),),
            says="keeps its pipelines' metrics to itself",
        ),
        severity="low",
        title="Data Fusion instances write to Cloud Monitoring",
        why="No alert can tell that a pipeline fails.",
        fix="Set enable_stackdriver_monitoring=True.",
        remedy=sets(value=True),
        controls=("checkov:CKV_GCP_105",),
    ),
    # What people say to an agent is in its logs: whether that may be is a matter of the house.
    RuleRow(
        id="dialogflow-agent-logging",
        about=Required(
            # Omitted: off (Dialogflow API, agents, 2026-11).
            on=("gcp:diagflow/agent:Agent",),
            ways=(Setting("enableLogging"),),
            says="writes no logs",
        ),
        severity="low",
        title="Dialogflow agents write to Cloud Logging",
        why="Nobody can tell what the agent was asked, and what it answered.",
        fix="Set enable_logging=True.",
        controls=("checkov:CKV2_GCP_29",),
        opt_in=True,
    ),
    RuleRow(
        id="dialogflow-cx-agent-logging",
        about=Required(
            on=("gcp:diagflow/cxAgent:CxAgent",),
            ways=(
                Setting("advancedSettings.loggingSettings.enableStackdriverLogging"),
                # Its former name.
                Setting("enableStackdriverLogging"),
            ),
            says="writes no logs",
        ),
        severity="low",
        title="Dialogflow CX agents write to Cloud Logging",
        why="Nobody can tell what the agent was asked, and what it answered.",
        fix="Set advanced_settings.logging_settings.enable_stackdriver_logging=True.",
        controls=("checkov:CKV2_GCP_30",),
        opt_in=True,
    ),
    RuleRow(
        id="dialogflow-cx-webhook-logging",
        about=Required(
            on=(DIAGFLOW_CX_WEBHOOK,),
            ways=(Setting("enableStackdriverLogging"),),
            says="writes no logs",
        ),
        severity="low",
        title="Dialogflow CX webhooks write to Cloud Logging",
        why="Nobody can tell what was sent to the webhook, and what came back.",
        fix="Set enable_stackdriver_logging=True.",
        controls=("checkov:CKV2_GCP_31",),
        opt_in=True,
    ),
)

RULES = REQUIRED_INPUTS.rules(__name__, ROWS)
