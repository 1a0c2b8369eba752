"""What the author of rules uses: their cases, run as the pack itself runs them before judging."""

from policies.rules import rules_in
from policies.testing.cases import CaseFailure, build, run_case, run_cases

__all__ = ["CaseFailure", "build", "rules_in", "run_case", "run_cases"]
