"""`policy-pack.yaml`: which rules are in force on which stack, with what parameters and budgets."""

from policies.settings.baseline import BASELINE_FILE, COST, Baseline, Entry, read_record
from policies.settings.changes import Change, Direction, Kind, whole
from policies.settings.checkov import CheckovLevel, CheckovSettings
from policies.settings.cost import CostSettings, PriceSettings
from policies.settings.costing import Costing, base_file
from policies.settings.difference import changes, folded, headlines
from policies.settings.house_style import advice
from policies.settings.locate import SETTINGS_FILE, SETTINGS_VARIABLE, locate
from policies.settings.policy_pack import (
    FunctionAnswer,
    OfflineSettings,
    PolicyPackSettings,
    Scope,
    checkov_for,
    cost_for,
    enforce,
    is_checkovs,
    load,
    waivers_for,
)
from policies.settings.reports import ReportFormat, ReportSettings
from policies.settings.schema import baseline_schema, json_schema
from policies.settings.selection import EVERYTHING, Selection
from policies.settings.stack_names import without_stack
from policies.settings.waivers import Waivers, wide

__all__ = [
    "BASELINE_FILE",
    "COST",
    "EVERYTHING",
    "SETTINGS_FILE",
    "SETTINGS_VARIABLE",
    "Baseline",
    "Change",
    "CheckovLevel",
    "CheckovSettings",
    "CostSettings",
    "Costing",
    "Direction",
    "Entry",
    "FunctionAnswer",
    "Kind",
    "OfflineSettings",
    "PolicyPackSettings",
    "PriceSettings",
    "ReportFormat",
    "ReportSettings",
    "Scope",
    "Selection",
    "Waivers",
    "advice",
    "base_file",
    "baseline_schema",
    "changes",
    "checkov_for",
    "cost_for",
    "enforce",
    "folded",
    "headlines",
    "is_checkovs",
    "json_schema",
    "load",
    "locate",
    "read_record",
    "waivers_for",
    "whole",
    "wide",
    "without_stack",
]
