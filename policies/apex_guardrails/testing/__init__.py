"""What the author of rules uses: their cases, run as the pack itself runs them before judging."""

from apex_guardrails.rules import rules_in
from apex_guardrails.testing.cases import CaseFailure, build, run_case, run_cases

__all__ = ["CaseFailure", "build", "rules_in", "run_case", "run_cases"]
