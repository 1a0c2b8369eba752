"""Rules and resources in, findings out. No file, no network, no clock."""

from apex_guardrails.decide.decision import Decision, Family, RuleError
from apex_guardrails.decide.evaluator import Evaluation, Evaluator, decide

__all__ = ["Decision", "Evaluation", "Evaluator", "Family", "RuleError", "decide"]
