"""`policy-pack.yaml`: which rules are in force on which stack, and with what parameters."""

from policies.settings.locate import SETTINGS_FILE, SETTINGS_VARIABLE, locate
from policies.settings.policy_pack import (
    FunctionAnswer,
    OfflineSettings,
    PolicyPackSettings,
    enforce,
    load,
    waivers_for,
)
from policies.settings.schema import json_schema
from policies.settings.waivers import Waivers

__all__ = [
    "SETTINGS_FILE",
    "SETTINGS_VARIABLE",
    "FunctionAnswer",
    "OfflineSettings",
    "PolicyPackSettings",
    "Waivers",
    "enforce",
    "json_schema",
    "load",
    "locate",
    "waivers_for",
]
