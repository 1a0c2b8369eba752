"""Custom roles that the stack grants are defined in it or reviewed."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.custom_roles import CUSTOM_ROLES, is_custom
from apex_guardrails.gcp.grant_types import is_grant
from apex_guardrails.gcp.iam import read_roles
from apex_guardrails.gcp.types import (
    PROJECTS_IAM_BINDING,
    PROJECTS_IAM_MEMBER,
    PROJECTS_IAM_POLICY,
    PUBSUB_TOPIC_IAM_MEMBER,
)
from apex_guardrails.model import UNKNOWN, Looser, Parameters, Resource, Violation, case, rule


class Reviewed(Parameters):
    """Which custom roles that are defined elsewhere may be granted."""

    reviewed: Annotated[tuple[str, ...], Looser.MORE] = Field(
        (),
        description="Names such as organizations/1/roles/deployer; * stands for any text.",
    )


@rule(
    severity="medium",
    on=is_grant,
    fix="Define the role in this stack, or name it in the parameter `reviewed`.",
    parameters=Reviewed,
)
def iam_custom_role_known(grant: Resource, settings: Reviewed) -> Iterator[Violation]:
    """No other rule can check a role that is defined elsewhere."""
    for given in read_roles(grant):
        # One that is not known yet is undecided where a rule needs it.
        if given.given_role is UNKNOWN or not is_custom(given.given_role) or given.custom:
            continue
        if not any(fnmatchcase(given.role, pattern) for pattern in settings.reviewed):
            yield grant.fail(f"grants {given.role}, which is defined elsewhere", at=given.role_path)


TEAM = "group:team@example.org"
NAMES = ("projects/p/roles/app", "organizations/1/roles/app")
CASES = [
    case.passes(case.resource(PROJECTS_IAM_MEMBER, role="roles/run.viewer", member=TEAM)),
    case.passes(case.resource(PROJECTS_IAM_MEMBER, member=TEAM)),
    case.passes(case.resource(PROJECTS_IAM_MEMBER, role=case.UNKNOWN, member=TEAM)),
    case.passes(case.resource(PROJECTS_IAM_BINDING, role=NAMES[0])),
    case.passes(
        case.resource(PROJECTS_IAM_MEMBER, role=NAMES[0], member=TEAM),
        case.resource(CUSTOM_ROLES[0], roleId="app", project="p"),
    ),
    *(
        case.fails(case.resource(token, role=name, member=TEAM))
        for token in (PROJECTS_IAM_MEMBER, PUBSUB_TOPIC_IAM_MEMBER)
        for name in NAMES
    ),
    case.fails(case.resource(PROJECTS_IAM_BINDING, role=NAMES[0], members=[TEAM])),
    case.fails(
        case.resource(PROJECTS_IAM_MEMBER, role=NAMES[1], member=TEAM),
        case.resource(CUSTOM_ROLES[0], roleId="app", project="p"),
    ),
    case.fails(
        case.resource(
            PROJECTS_IAM_POLICY,
            policyData='{"bindings": [{"role": "projects/p/roles/app", "members": ["group:a"]}]}',
        )
    ),
    case.passes(case.resource(PROJECTS_IAM_POLICY, policyData="{}")),
    case.passes(case.resource(PROJECTS_IAM_POLICY)),
    case.undecided(case.resource(PROJECTS_IAM_POLICY, policyData=case.UNKNOWN)),
    case.passes(
        case.resource(PROJECTS_IAM_MEMBER, role=NAMES[1], member=TEAM),
        _parameters={"reviewed": ["organizations/1/roles/*"]},
    ),
    case.fails(
        case.resource(PROJECTS_IAM_MEMBER, role=NAMES[0], member=TEAM),
        _parameters={"reviewed": ["organizations/1/roles/*"]},
    ),
]
