"""The controls of frameworks, what gives evidence for them, and what a run says of each; peers."""

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
from apex_guardrails.controls.peer import Peer, PeerCheck, State, lost, peers, recorded

__all__ = [
    "Control",
    "ControlCoverage",
    "Framework",
    "FrameworkCoverage",
    "Peer",
    "PeerCheck",
    "Result",
    "RuleResult",
    "State",
    "check_frameworks",
    "controls",
    "coverage",
    "frameworks",
    "lost",
    "not_run",
    "peers",
    "recorded",
    "results",
    "with_controls",
]
