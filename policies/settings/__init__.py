"""`policy-pack.yaml`: which rules are in force on which stack, and with what parameters."""

from policies.settings.locate import SETTINGS_FILE, SETTINGS_VARIABLE, locate
from policies.settings.policy_pack import (
    FunctionAnswer,
    OfflineSettings,
    PolicyPackSettings,
    enforce,
    load,
)

__all__ = [
    "SETTINGS_FILE",
    "SETTINGS_VARIABLE",
    "FunctionAnswer",
    "OfflineSettings",
    "PolicyPackSettings",
    "enforce",
    "load",
    "locate",
]
