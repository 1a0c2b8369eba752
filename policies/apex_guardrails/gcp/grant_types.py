"""The types that grant roles: members, bindings and policies of every kind of resource."""

from __future__ import annotations

import re

from apex_guardrails.model.resource_type import ResourceType

_GRANT = re.compile(r"I[aA][mM](Member|Binding|Policy)$")


def is_grant(resource_type: ResourceType) -> bool:
    """Whether the type grants roles: `…IamMember`, `…IamBinding`, `…IamPolicy`, in any spelling."""
    return resource_type.package == "gcp" and bool(_GRANT.search(resource_type.token))


def grant_types(*stems: str) -> tuple[str, ...]:
    """The types that grant roles on a kind of resource: `storage/bucketIAM` stands for three."""
    kinds = ("Member", "Binding", "Policy")
    return tuple(f"gcp:{stem}{kind}:{_class(stem)}{kind}" for stem in stems for kind in kinds)


def _class(stem: str) -> str:
    name = stem.partition("/")[2]
    return name[:1].upper() + name[1:]


LEVELS = {
    "project": grant_types("projects/iAM"),
    "folder": grant_types("folder/iAM"),
    "organization": grant_types("organizations/iAM"),
}
"""The types that grant roles on all that is in a project, a folder or an organization."""

LEVEL_GRANTS = tuple(token for tokens in LEVELS.values() for token in tokens)
"""Those of all levels."""
