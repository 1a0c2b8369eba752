"""Organization policies: their types, and which constraint each is about.

Besides `orgpolicy.Policy` there are types of the older API, one for each place that has policies.
"""

from __future__ import annotations

from typing import Final

from apex_guardrails.gcp.types import (
    FOLDER_ORGANIZATION_POLICY,
    ORGANIZATIONS_POLICY,
    ORGPOLICY_POLICY,
    PROJECTS_ORGANIZATION_POLICY,
)
from apex_guardrails.model.resource import Resource

OLDER: Final = (PROJECTS_ORGANIZATION_POLICY, FOLDER_ORGANIZATION_POLICY, ORGANIZATIONS_POLICY)
"""The types of the older API."""


def is_older(policy: Resource) -> bool:
    """Whether a policy is of the older API, which has other inputs."""
    return policy.type.token != ORGPOLICY_POLICY


def constraint_of(policy: Resource) -> str:
    """The constraint that a policy is about, whatever stands before it; a managed one as its like.

    Raises:
        UndecidedError: it is not known before deployment.
    """
    given = policy.get("constraint" if is_older(policy) else "name")
    return str(given).rpartition("/")[2].replace(".managed.", ".")
