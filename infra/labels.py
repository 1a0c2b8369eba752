"""The labels that every labelable resource of the stack carries."""

from collections.abc import Mapping


def labels(*, environment: str, owner: str, cost_center: str) -> Mapping[str, str]:
    """Returns the stack's labels.

    The values are taken as they are. Valid ones have at most 63 lower-case letters, digits, hyphens
    and underscores (Google Cloud, Resource Manager, "Requirements for labels").
    """
    return {
        "app": "apex-memory",
        "environment": environment,
        "managed-by": "pulumi",
        "owner": owner,
        "cost-center": cost_center,
    }
