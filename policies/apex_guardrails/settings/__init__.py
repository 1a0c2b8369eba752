"""`policy-pack.yaml`: which rules are in force on which stack, with what parameters and budgets."""

from apex_guardrails.settings.baseline import (
    BASELINE_FILE,
    COST,
    Baseline,
    Entry,
    Record,
    read_record,
)
from apex_guardrails.settings.changes import Change, Direction, Kind, whole
from apex_guardrails.settings.checkov import CheckovLevel, CheckovSettings
from apex_guardrails.settings.cost import CostSettings, PriceSettings
from apex_guardrails.settings.costing import Costing, base_file
from apex_guardrails.settings.difference import changes, folded, headlines
from apex_guardrails.settings.house_style import advice
from apex_guardrails.settings.locate import SETTINGS_FILE, SETTINGS_VARIABLE, locate
from apex_guardrails.settings.policy_pack import (
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
from apex_guardrails.settings.reports import ReportFormat, ReportSettings, RulePages
from apex_guardrails.settings.schema import baseline_schema, json_schema
from apex_guardrails.settings.selection import EVERYTHING, Selection
from apex_guardrails.settings.stack_names import without_stack
from apex_guardrails.settings.waivers import Waivers, wide

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
    "Record",
    "ReportFormat",
    "ReportSettings",
    "RulePages",
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
