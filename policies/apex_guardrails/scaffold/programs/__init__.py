"""Programs that a case stands for, one module for each language."""

from apex_guardrails.scaffold.programs.case_program import NoProgramError
from apex_guardrails.scaffold.programs.python import python_program

__all__ = ["NoProgramError", "python_program"]
