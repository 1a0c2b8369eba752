"""What the functions that a program calls answer, where no provider runs."""

from apex_guardrails.sources.offline.functions.answering import Functions, RecordedAnswer
from apex_guardrails.sources.offline.functions.asked import ArgumentError

__all__ = ["ArgumentError", "Functions", "RecordedAnswer"]
