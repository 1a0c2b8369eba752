"""The rules: one file each, in a folder per service. A rule is found by being there.

A family of rules, one fact with a parameter, is one file whose `RULES` lists them.
"""

import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib import import_module

from policies.model import Rule


@cache
def all_rules() -> Sequence[Rule]:
    """Every rule of the pack, sorted by id."""
    found: list[Rule] = []
    for service in pkgutil.iter_modules(__path__, f"{__name__}."):
        for file in pkgutil.iter_modules(import_module(service.name).__path__, f"{service.name}."):
            content = vars(import_module(file.name))
            found += [item for item in content.values() if isinstance(item, Rule)]
            found += content.get("RULES", ())
    return sorted(found, key=lambda rule: rule.id)
