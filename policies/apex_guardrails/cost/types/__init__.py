"""What each resource type costs: one small file each. A type is found by its file being there."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from apex_guardrails.cost.pricing import Estimator


@cache
def all_estimators() -> Mapping[str, Estimator]:
    """The estimator of each type that has one, by the type's token."""
    found: dict[str, Estimator] = {}
    for file in pkgutil.iter_modules(__path__, f"{__name__}."):
        for item in vars(import_module(file.name)).values():
            if isinstance(item, Estimator):
                found |= dict.fromkeys(item.tokens, item)
    return found
