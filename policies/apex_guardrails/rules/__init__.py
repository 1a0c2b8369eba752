"""The rules: one file each, in a folder per service. A rule is found by being there.

A family of rules, one fact with a parameter, is one file whose `RULES` lists them.
"""

import pkgutil
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from types import ModuleType

from apex_guardrails.model import Rule


def rules_in(package: ModuleType) -> Sequence[Rule]:
    """Every rule of a package with a folder per service, sorted by id.

    Raises:
        ImportError: one of its files cannot be imported.
    """
    found: list[Rule] = []
    for service in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if not service.ispkg:
            continue
        for file in pkgutil.iter_modules(import_module(service.name).__path__, f"{service.name}."):
            found += rules_of(import_module(file.name))
    return sorted(found, key=lambda rule: rule.id)


def rules_of(file: ModuleType) -> Sequence[Rule]:
    """The rules of one file."""
    alone = (item for item in vars(file).values() if isinstance(item, Rule))
    return [*alone, *getattr(file, "RULES", ())]


@cache
def all_rules() -> Sequence[Rule]:
    """Every rule of the pack itself, sorted by id."""
    return rules_in(sys.modules[__name__])
