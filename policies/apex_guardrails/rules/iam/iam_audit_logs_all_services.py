"""Data access logs cover all services and all members."""

from collections.abc import Iterator

from apex_guardrails.gcp.projects import projects_without
from apex_guardrails.gcp.types import (
    FOLDER_IAM_AUDIT_CONFIG,
    ORGANIZATIONS_IAM_AUDIT_CONFIG,
    ORGANIZATIONS_PROJECT,
    PROJECTS_IAM_AUDIT_CONFIG,
)
from apex_guardrails.model import UNKNOWN, Resource, Stack, UndecidedError, Violation, case, rule

ABOVE = (FOLDER_IAM_AUDIT_CONFIG, ORGANIZATIONS_IAM_AUDIT_CONFIG)
CONFIGS = {PROJECTS_IAM_AUDIT_CONFIG: "project", ABOVE[0]: None, ABOVE[1]: None}
LOG_TYPES = ("ADMIN_READ", "DATA_READ", "DATA_WRITE")


@rule(
    severity="medium",
    on=(ORGANIZATIONS_PROJECT, *CONFIGS),
    scope="stack",
    controls=["cis-gcp-4.0:2.1", "checkov:CKV2_GCP_5", "trivy:GCP-0079"],
    fix="Create projects.IAMAuditConfig for allServices with all three log types.",
)
def iam_audit_logs_all_services(stack: Stack) -> Iterator[Violation]:
    """Reads and writes of data are not recorded unless these logs are enabled."""
    unknown: UndecidedError | None = None
    try:
        yield from stack.each(stack.of_type(*CONFIGS), _gaps)
    except UndecidedError as undecided:
        unknown = undecided
    # What a config for all services leaves out is told of the config.
    for project in projects_without(stack, CONFIGS, _is_for_all):
        yield project.fail("does not enable data access logs")
    if unknown is not None:
        raise unknown


def _is_for_all(config: Resource) -> bool:
    return bool(config.get("service") == "allServices")


def _gaps(config: Resource) -> Iterator[Violation]:
    if not _is_for_all(config):
        return
    logs = list(config.each("auditLogConfigs"))
    for log in logs:
        if log.get("exemptedMembers"):
            yield log.fail("exempts members from data access logs", at="exemptedMembers")
    kept = [log.get("logType") for log in logs]
    for missing in LOG_TYPES:
        if missing not in kept:
            yield config.fail(f"does not record {missing}", at="auditLogConfigs")


def _config(token: str, project: object = "p-1", **inputs: object) -> case.CaseResource:
    complete: dict[str, object] = {
        "service": "allServices",
        "auditLogConfigs": [{"logType": kind} for kind in LOG_TYPES],
    }
    where = {"project": project} if token == PROJECTS_IAM_AUDIT_CONFIG else {}
    return case.CaseResource(token, complete | where | inputs)


def _logs(*entries: object) -> list[object]:
    return [*({"logType": kind} for kind in LOG_TYPES), *entries]


OURS = case.resource(ORGANIZATIONS_PROJECT, "ours", projectId="p-1")
NEW = case.resource(ORGANIZATIONS_PROJECT, "ours", projectId=UNKNOWN)
CASES = [
    case.passes(OURS, _config(PROJECTS_IAM_AUDIT_CONFIG)),
    case.passes(NEW, _config(PROJECTS_IAM_AUDIT_CONFIG, case.output_of("ours"))),
    *(case.passes(OURS, _config(token)) for token in ABOVE),
    case.passes(
        _config(PROJECTS_IAM_AUDIT_CONFIG, service="storage.googleapis.com", auditLogConfigs=[])
    ),
    case.undecided(
        OURS,
        _config(PROJECTS_IAM_AUDIT_CONFIG),
        _config(PROJECTS_IAM_AUDIT_CONFIG, service=UNKNOWN, project="other"),
    ),
    case.fails(OURS),
    case.fails(OURS, _config(PROJECTS_IAM_AUDIT_CONFIG, "p-2")),
    case.fails(NEW, OURS, _config(PROJECTS_IAM_AUDIT_CONFIG, case.output_of("ours"))),
    case.fails(OURS, _config(PROJECTS_IAM_AUDIT_CONFIG, service="storage.googleapis.com")),
    case.fails(OURS, case.resource(PROJECTS_IAM_AUDIT_CONFIG, project="p-1")),
    case.fails(_config(PROJECTS_IAM_AUDIT_CONFIG, auditLogConfigs=_logs()[1:])),
    case.fails(_config(PROJECTS_IAM_AUDIT_CONFIG, auditLogConfigs=_logs()[:1] + _logs()[2:])),
    case.fails(_config(PROJECTS_IAM_AUDIT_CONFIG, auditLogConfigs=_logs()[:2])),
    case.fails(_config(PROJECTS_IAM_AUDIT_CONFIG, auditLogConfigs=[])),
    case.fails(case.resource(PROJECTS_IAM_AUDIT_CONFIG, service="allServices")),
    case.fails(
        _config(
            PROJECTS_IAM_AUDIT_CONFIG,
            auditLogConfigs=_logs({"logType": "DATA_READ", "exemptedMembers": ["user:a"]}),
        )
    ),
    case.passes(
        _config(
            PROJECTS_IAM_AUDIT_CONFIG,
            auditLogConfigs=_logs({"logType": "X", "exemptedMembers": []}),
        )
    ),
    case.passes(_config(PROJECTS_IAM_AUDIT_CONFIG, auditLogConfigs=_logs({}))),
    # What Google refuses records nothing.
    case.passes(
        _config(PROJECTS_IAM_AUDIT_CONFIG, auditLogConfigs=_logs({"logType": []}, {"logType": {}}))
    ),
    *(case.fails(_config(token, auditLogConfigs=[])) for token in ABOVE),
    case.fails(
        _config(PROJECTS_IAM_AUDIT_CONFIG, service=UNKNOWN),
        _config(PROJECTS_IAM_AUDIT_CONFIG, auditLogConfigs=[]),
    ),
    case.fails(_config(PROJECTS_IAM_AUDIT_CONFIG, auditLogConfigs=UNKNOWN), OURS, NEW),
    case.undecided(OURS, _config(PROJECTS_IAM_AUDIT_CONFIG, service=UNKNOWN)),
    case.undecided(OURS, _config(PROJECTS_IAM_AUDIT_CONFIG, auditLogConfigs=UNKNOWN)),
    case.undecided(_config(PROJECTS_IAM_AUDIT_CONFIG, auditLogConfigs=_logs({"logType": UNKNOWN}))),
    case.undecided(
        _config(PROJECTS_IAM_AUDIT_CONFIG, auditLogConfigs=_logs({"exemptedMembers": UNKNOWN}))
    ),
]
