"""What keeps Pulumi from deleting a resource."""

from __future__ import annotations

from apex_guardrails.model.resource import Resource


def is_kept(resource: Resource) -> bool:
    """Whether Pulumi itself refuses to delete a resource, or forgets it and leaves it there.

    By the option `protect`, or by the provider's `deletionPolicy`; omitted, that is DELETE
    (google provider 7, "deletion_policy").

    Raises:
        UndecidedError: the policy is not known before deployment.
    """
    return resource.is_protected or resource.get("deletionPolicy", omitted="DELETE") in (
        "PREVENT",
        "ABANDON",
    )
