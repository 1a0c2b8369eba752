"""What the author of a rule uses: its cases, run as the pack itself runs them before judging."""

from policies.testing.cases import CaseFailure, build, run_case, run_cases

__all__ = ["CaseFailure", "build", "run_case", "run_cases"]
