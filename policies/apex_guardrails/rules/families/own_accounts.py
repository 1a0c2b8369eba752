"""Services that run as a default service account unless they are given one: a table of rules.

Cloud Run, Cloud Functions, virtual machines and GKE's nodes have rules of their own, as they can
do without an account, or name it in several places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from apex_guardrails.gcp import types
from apex_guardrails.gcp.accounts import account_at, is_default_account
from apex_guardrails.model import case
from apex_guardrails.model.case import Case, CaseResource
from apex_guardrails.model.policy import Check
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.violation import Violation
from apex_guardrails.rules.families.table import RuleRow, RuleTable


@dataclass(frozen=True)
class RunsAs:
    """Where resources name the account that they run as.

    Attributes:
        on: the resource types, all of which name it in the same place.
        path: the place.
    """

    on: tuple[str, ...]
    path: str


def _check(runs_as: RunsAs) -> Check:
    def check(resource: Resource) -> Iterator[Violation]:
        email = account_at(resource, runs_as.path, omitted="")
        if not email or is_default_account(email):
            yield resource.fail("runs as a default service account", at=runs_as.path)

    return check


_OWN: Final = "pipelines@p.iam.gserviceaccount.com"
_DEFAULT: Final = "1-compute@developer.gserviceaccount.com"


def _cases(runs_as: RunsAs) -> Iterator[Case]:
    def resource(email: object) -> CaseResource:
        return CaseResource(runs_as.on[0], case.inputs_at(runs_as.path, email))

    yield case.passes(resource(_OWN))
    yield case.passes(resource(f"projects/p/serviceAccounts/{_OWN}"))
    yield case.passes(resource(case.UNKNOWN))
    yield case.fails(resource(""))
    yield case.fails(resource(_DEFAULT))
    yield case.fails(resource(f"projects/p/serviceAccounts/{_DEFAULT}"))
    for token in runs_as.on:
        yield case.fails(CaseResource(token, {}))


def _row(rule_id: str, subject: str, path: str, *on: str) -> RuleRow[RunsAs]:
    return RuleRow(
        id=rule_id,
        about=RunsAs(on, path),
        severity="medium",
        title=f"{subject} run as their own service account",
        why="The default account is usually Editor on the project, and shared with all else.",
    )


# Omitted: the default account of Compute Engine, or the service's own (each service's
# documentation, "service account", 2026-11).
ROWS: Final = (
    _row(
        *("appengine-dedicated-service-account", "App Engine versions", "serviceAccount"),
        types.APPENGINE_STANDARD_APP_VERSION,
        types.APPENGINE_FLEXIBLE_APP_VERSION,
    ),
    _row(
        *("build-trigger-dedicated-service-account", "Cloud Build triggers", "serviceAccount"),
        types.CLOUDBUILD_TRIGGER,
    ),
    _row(
        *("composer-dedicated-service-account", "Composer environments"),
        *("config.nodeConfig.serviceAccount", types.COMPOSER_ENVIRONMENT),
    ),
    _row(
        *("dataflow-dedicated-service-account", "Dataflow jobs", "serviceAccountEmail"),
        *(types.DATAFLOW_JOB, types.DATAFLOW_FLEX_TEMPLATE_JOB),
    ),
    _row(
        *("dataproc-dedicated-service-account", "Dataproc clusters"),
        *("clusterConfig.gceClusterConfig.serviceAccount", types.DATAPROC_CLUSTER),
    ),
    _row(
        *("eventarc-dedicated-service-account", "Eventarc triggers", "serviceAccount"),
        "gcp:eventarc/trigger:Trigger",
    ),
    _row(
        *("workbench-dedicated-service-account", "Workbench instances"),
        *("gceSetup.serviceAccounts[0].email", types.WORKBENCH_INSTANCE),
    ),
    _row(
        *("workflows-dedicated-service-account", "Workflows", "serviceAccount"),
        types.WORKFLOWS_WORKFLOW,
    ),
)

RULES = RuleTable[RunsAs](
    on=lambda runs_as: runs_as.on,
    check=_check,
    fix=lambda runs_as: f"Set {runs_as.path} to an account made for it.",
    cases=_cases,
).rules(__name__, ROWS)
