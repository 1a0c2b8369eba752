"""What keeps Pulumi from deleting a resource."""

from __future__ import annotations

from apex_guardrails.model.resource import Resource
from apex_guardrails.model.view import NeverToldError


def is_kept(resource: Resource) -> bool:
    """Whether Pulumi itself refuses to delete a resource, or forgets it and leaves it there.

    By the option `protect`, or by the provider's `deletionPolicy`; omitted, that is DELETE
    (google provider 7, "deletion_policy").

    Raises:
        UndecidedError: the policy is not known before deployment, or the source tells no options.
    """
    if resource.is_protected:
        return True
    if resource.get("deletionPolicy", omitted="DELETE") in ("PREVENT", "ABANDON"):
        return True
    if resource.is_protected is None:
        raise NeverToldError(
            "",
            resource,
            because="prevent_destroy, which would keep it, is not in what Terraform tells",
            step="Set the resource's own deletion protection, where it has one",
        )
    return False
