"""The labels of Google Cloud resources.

Source: "Requirements for labels" of Resource Manager (2026-11): a value may be empty. Such a label
says nothing of whose a resource is, so that here it counts as none.
"""

from __future__ import annotations

from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import Value, unwrap


def labels_of(resource: Resource) -> dict[str, Value]:
    """The labels that say something, by key: the resource's own, and the provider's defaults.

    One that is null is not sent, one that is empty replaces the provider's default with nothing. A
    value that is not known yet counts.

    Raises:
        UndecidedError: which labels there are is not known before deployment.
    """
    own = resource.mapping(resource.type.labels or "")
    found = {key: unwrap(own[key]) for key in own}
    # The provider adds its default labels where a type supports it, after policies have looked.
    if resource.type.default_labels:
        defaults = resource.provider_input("defaultLabels")
        for key in defaults:
            if found.get(key) is None:
                found[key] = unwrap(defaults[key])
    return {key: value for key, value in found.items() if _says_something(value)}


def has_label(resource: Resource) -> bool:
    """Whether a resource has a label that says something, without looking at all of them.

    Raises:
        UndecidedError: which labels there are is not known before deployment.
    """
    own = resource.mapping(resource.type.labels or "")
    return any(_says_something(unwrap(own[key])) for key in own) or bool(labels_of(resource))


def _says_something(value: Value) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())
