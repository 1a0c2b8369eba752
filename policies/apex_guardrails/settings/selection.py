"""What one run asks for beside the settings: some rules alone, and what severity stops it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from apex_guardrails.model import EnforcedRule, EnforcementLevel, Rule, Severity
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import nearest


@dataclass(frozen=True)
class Selection:
    """What the options of a run say.

    Attributes:
        only: the ids of the rules that are asked; all where it is empty.
        skip: the ids of rules that are not.
        fail_on: findings of this severity or a worse one stop the deployment, and no others;
            `None` leaves it to the settings.
        soft_fail: whether the run ends with 0 where something stops the deployment.
    """

    only: Sequence[str] = ()
    skip: Sequence[str] = ()
    fail_on: Severity | None = None
    soft_fail: bool = False

    def check(self, rules: Iterable[Rule]) -> None:
        """Refuses what is no rule.

        Raises:
            UsageError: with the nearest one that is.
        """
        known = {rule.id for rule in rules}
        for option, names in (("--only", self.only), ("--skip", self.skip)):
            for name in names:
                if name not in known:
                    hint = nearest(name, known) or "; `apex policies list` shows them all"
                    raise UsageError(f"{option} {name}: there is no such rule{hint}")

        if self.only and not any(map(self.takes, self.only)):
            raise UsageError("--skip leaves out every rule that --only names: no rule is left")

    def takes(self, rule_id: str) -> bool:
        """Whether a rule is asked, if the settings have it in force."""
        return rule_id not in self.skip and (not self.only or rule_id in self.only)

    def among(self, rules: Iterable[Rule]) -> list[Rule]:
        """The rules that are not left out."""
        return [rule for rule in rules if self.takes(rule.id)]

    def apply(self, enforced: Iterable[EnforcedRule]) -> list[EnforcedRule]:
        """The rules as they are in force on this run.

        Raises:
            UsageError: a rule that is asked for is off in the settings.
        """
        enforced = list(enforced)
        for item in enforced:
            if item.rule.id in self.only and item.level is EnforcementLevel.DISABLED:
                raise UsageError(
                    f"--only {item.rule.id}: the rule is disabled for this stack; "
                    "policy-pack.yaml can set its level"
                )
        return [replace(item, level=self._level(item)) for item in enforced]

    def _level(self, item: EnforcedRule) -> EnforcementLevel:
        if not self.takes(item.rule.id):
            return EnforcementLevel.DISABLED
        if self.fail_on is None or item.level is EnforcementLevel.DISABLED:
            return item.level
        is_grave = item.rule.severity.rank >= self.fail_on.rank
        return EnforcementLevel.MANDATORY if is_grave else EnforcementLevel.ADVISORY

    def notes(self) -> list[str]:
        """What a reader must know: such a run says less than one by the settings."""
        return [
            *([f"only some rules were evaluated: {', '.join(self.only)}"] if self.only else []),
            *([f"not evaluated: {', '.join(self.skip)}"] if self.skip else []),
            *(
                [f"only findings of severity {self.fail_on} or worse stop the deployment"]
                if self.fail_on
                else []
            ),
        ]


EVERYTHING: Final = Selection()
"""What the settings say, and nothing else."""
