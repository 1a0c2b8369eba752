"""`policy-pack.yaml`: which rules are in force on which stack, with what parameters and budgets."""

from apex_guardrails.settings.baseline import (
    BASELINE_FILE,
    COST,
    Baseline,
    BaselineEntry,
    Record,
    read_record,
)
from apex_guardrails.settings.changes import Direction, Kind, SettingChange, format_value
from apex_guardrails.settings.checkov import CheckovLevel, CheckovSettings
from apex_guardrails.settings.cost import CostSettings, PriceSettings
from apex_guardrails.settings.costing import Costing, base_file
from apex_guardrails.settings.difference import changes, fold, headlines
from apex_guardrails.settings.house_style import HouseStyle
from apex_guardrails.settings.locate import SETTINGS_FILE, SETTINGS_VARIABLE, locate
from apex_guardrails.settings.own_rules import known_by
from apex_guardrails.settings.policy_pack import (
    FunctionAnswer,
    OfflineSettings,
    PolicyPackSettings,
    Scope,
    UnansweredFunctions,
    checkov_for,
    cost_for,
    enforce,
    is_checkovs,
    load,
    waivers_for,
)
from apex_guardrails.settings.profiles import named, profile_names
from apex_guardrails.settings.reports import ReportFormat, ReportSettings, RulePages
from apex_guardrails.settings.schema import baseline_schema, json_schema
from apex_guardrails.settings.selection import EVERYTHING, Selection
from apex_guardrails.settings.stack_names import without_stack
from apex_guardrails.settings.waivers import Waivers, find_wide

__all__ = [
    "BASELINE_FILE",
    "COST",
    "EVERYTHING",
    "SETTINGS_FILE",
    "SETTINGS_VARIABLE",
    "Baseline",
    "BaselineEntry",
    "CheckovLevel",
    "CheckovSettings",
    "CostSettings",
    "Costing",
    "Direction",
    "FunctionAnswer",
    "HouseStyle",
    "Kind",
    "OfflineSettings",
    "PolicyPackSettings",
    "PriceSettings",
    "Record",
    "ReportFormat",
    "ReportSettings",
    "RulePages",
    "Scope",
    "Selection",
    "SettingChange",
    "UnansweredFunctions",
    "Waivers",
    "base_file",
    "baseline_schema",
    "changes",
    "checkov_for",
    "cost_for",
    "enforce",
    "find_wide",
    "fold",
    "format_value",
    "headlines",
    "is_checkovs",
    "json_schema",
    "known_by",
    "load",
    "locate",
    "named",
    "profile_names",
    "read_record",
    "waivers_for",
    "without_stack",
]
