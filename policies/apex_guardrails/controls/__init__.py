"""The controls of frameworks, what gives evidence for them, and what a run says of each."""

from apex_guardrails.controls.coverage import (
    ControlCoverage,
    FrameworkCoverage,
    Result,
    RuleResult,
    coverage,
    not_run,
    results,
)
from apex_guardrails.controls.evidence import check_frameworks, with_controls
from apex_guardrails.controls.framework import Control, Framework, controls, frameworks

__all__ = [
    "Control",
    "ControlCoverage",
    "Framework",
    "FrameworkCoverage",
    "Result",
    "RuleResult",
    "check_frameworks",
    "controls",
    "coverage",
    "frameworks",
    "not_run",
    "results",
    "with_controls",
]
