"""Rules of a team's own answer in time, or are named as rules that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any, Final

from apex_guardrails.model import Rule, Violation
from apex_guardrails.model.policy import always
from apex_guardrails.model.view import RuleFailedError
from apex_guardrails.support.time_limits import TookTooLongError, time_limit

RULE_SECONDS: Final = 60.0
"""How long a rule may take over one resource, or over the stack."""


def answering_in_time(rule: Rule, where: Callable[[BaseException], str]) -> Rule:
    """A rule that fails where it takes too long, and is not asked again then.

    Args:
        rule: one of a team's own.
        where: says the file and line at which something was raised.
    """
    late: list[str] = []

    @contextmanager
    def in_time() -> Iterator[None]:
        if late:
            raise RuleFailedError(late[0])
        try:
            with time_limit(RULE_SECONDS):
                yield
        except TookTooLongError as error:
            late.append(f"{where(error)}: did not answer within {RULE_SECONDS:.0f} seconds")
            raise RuleFailedError(late[0]) from None

    @wraps(rule.check)
    def check(*given: Any) -> Iterator[Violation]:
        found: list[Violation] = []
        try:
            with in_time():
                found.extend(rule.check(*given))
        finally:
            # What is found before a rule is undecided stands.
            yield from found

    def when(subject: Any) -> bool:
        with in_time():
            return rule.when(subject)

    return replace(rule, check=check, when=rule.when if rule.when is always else when)
