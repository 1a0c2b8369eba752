"""Resources of other providers as types of Google Cloud's own, and Terraform's names of these.

A database that Config Connector makes is the same database, and judged by the same rules.
"""

from __future__ import annotations

from apex_guardrails.model.resource import Resource

_PACKAGES = ("google-native:", "kubernetes:")


def equivalent(resource: Resource) -> Resource | None:
    """What a resource is as one of Google Cloud's own provider; `None` where it is none.

    It has the URN of the resource, and knows where the program says what is at each of its paths.
    """
    token = resource.type.token
    # Nearly all resources are of other packages, and what follows reads the provider's schema.
    if not token.startswith(_PACKAGES) or resource.ignored is not None:
        return None
    from apex_guardrails.translation.config_connector import from_manifest
    from apex_guardrails.translation.google_native import from_native

    return from_manifest(resource) if token.startswith("kubernetes:") else from_native(resource)
