"""No role is granted to a default service account on a project, folder or organization."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from apex_guardrails.gcp.accounts import is_default_account
from apex_guardrails.gcp.grant_types import LEVELS
from apex_guardrails.gcp.iam import read_grants
from apex_guardrails.model import UNKNOWN, Resource, Violation
from apex_guardrails.model.case import Case
from apex_guardrails.rules.families.grant_cases import (
    grant_cases,
    partly_known_cases,
    short_grant_cases,
)
from apex_guardrails.rules.families.table import RuleRow, RuleTable


def _check(grant: Resource) -> Iterator[Violation]:
    for given in read_grants(grant):
        if given.kind == "serviceAccount" and is_default_account(given.address):
            yield grant.fail("grants a role to a default service account", at=given.path)


def _cases(types: Sequence[str], **grants: Any) -> Iterator[Case]:
    yield from grant_cases(types, **grants)
    yield from partly_known_cases(
        types[0],
        passes=[("group:", UNKNOWN), ("serviceAccount:", UNKNOWN, "@p.iam.gserviceaccount.com")],
        fails=[("serviceAccount:", UNKNOWN, "-compute@developer.gserviceaccount.com")],
        undecided=[("serviceAccount:", UNKNOWN), (UNKNOWN, "@appspot.gserviceaccount.com")],
    )


BAD = [
    ("roles/run.viewer", "serviceAccount:1234-compute@developer.gserviceaccount.com"),
    ("roles/run.viewer", "serviceAccount:p@appspot.gserviceaccount.com"),
    ("roles/run.viewer", "serviceAccount:1234@cloudbuild.gserviceaccount.com"),
]
ROWS = [
    RuleRow(
        id="iam-no-default-service-account-project",
        about=LEVELS["project"],
        severity="medium",
        title="Default service accounts get no role at project level",
        why="Every VM and function without its own account gets the role.",
        controls=("checkov:CKV_GCP_46", "trivy:GCP-0006"),
    ),
    RuleRow(
        id="iam-no-default-service-account-folder",
        about=LEVELS["folder"],
        severity="medium",
        title="Default service accounts get no role at folder level",
        why="Every VM without its own account can act in all projects of the folder.",
        controls=("checkov:CKV_GCP_48", "trivy:GCP-0004"),
    ),
    RuleRow(
        id="iam-no-default-service-account-organization",
        about=LEVELS["organization"],
        severity="high",
        title="Default service accounts get no role at organization level",
        why="Every VM without its own account can act in the whole organization.",
        controls=("checkov:CKV_GCP_47", "trivy:GCP-0008"),
    ),
]

RULES = RuleTable(
    on=tuple,
    check=lambda _types: _check,
    fix="Use a dedicated account.",
    cases=partial(
        _cases,
        good=[
            ("roles/run.viewer", "serviceAccount:api@p.iam.gserviceaccount.com"),
            ("roles/run.viewer", "user:p@appspot.gserviceaccount.com"),
            ("roles/compute.networkUser", "serviceAccount:1@cloudservices.gserviceaccount.com"),
        ],
        bad=BAD,
        needs=["member"],
    ),
    own_cases=partial(short_grant_cases, bad=BAD, needs=["member"]),
).rules(__name__, ROWS)
