"""What is known of a resource type's cost before anything of it is seen."""

from __future__ import annotations

import enum

from apex_guardrails.cost.free import is_free
from apex_guardrails.cost.types import all_estimators


class Kind(enum.StrEnum):
    """One of these is true of every type."""

    PRICED = "priced"
    BY_USE = "by use"
    FREE = "free"
    UNPRICED = "unpriced"


def kind_of(token: str) -> Kind:
    """Whether a type costs something by being there, by its use only, nothing, or nobody knows."""
    estimator = all_estimators().get(token)
    if estimator is not None:
        return Kind.BY_USE if estimator.by_use else Kind.PRICED
    return Kind.FREE if is_free(token) else Kind.UNPRICED
