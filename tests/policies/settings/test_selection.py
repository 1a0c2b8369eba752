"""What one run asks for beside the settings."""

from __future__ import annotations

import pytest

from apex_guardrails.model import EnforcementLevel, Severity
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import EVERYTHING, PolicyPackSettings, Selection, enforce
from apex_guardrails.support.errors import UsageError

ENFORCED = enforce(PolicyPackSettings(), all_rules(), "dev")
RULE, OTHER = "sql-no-public-ip", "redis-auth-enabled"


def levels(selection: Selection) -> dict[str, EnforcementLevel]:
    return {item.rule.id: item.level for item in selection.apply(ENFORCED)}


def test_nothing_asked_for_changes_nothing() -> None:
    assert EVERYTHING.apply(ENFORCED) == list(ENFORCED)
    assert EVERYTHING.notes() == []
    assert EVERYTHING.takes(RULE)


def test_rules_alone_and_rules_left_out() -> None:
    asked = {name for name, level in levels(Selection(only=[RULE])).items() if level != "disabled"}
    assert asked == {RULE}
    usual, without = levels(EVERYTHING), levels(Selection(skip=[RULE]))
    assert {name for name in usual if usual[name] != without[name]} == {RULE}
    assert without[RULE] == "disabled"
    both = levels(Selection(only=[RULE, OTHER], skip=[OTHER]))
    assert both[RULE] == "mandatory"
    assert both[OTHER] == "disabled"


@pytest.mark.parametrize("severity", Severity)
def test_a_severity_from_which_on_findings_stop_it(severity: Severity) -> None:
    changed = Selection(fail_on=severity).apply(ENFORCED)
    for before, after in zip(ENFORCED, changed, strict=True):
        if before.level is EnforcementLevel.DISABLED:
            assert after == before
        else:
            stops = after.level is EnforcementLevel.MANDATORY
            assert stops is (before.rule.severity.rank >= severity.rank)
            assert after.when_undecided is before.when_undecided


def test_what_is_no_rule_is_refused_with_the_nearest() -> None:
    rules = all_rules()
    Selection(only=[RULE], skip=[OTHER]).check(rules)
    with pytest.raises(UsageError, match=f'--only sql-no-publik-ip: .*mean "{RULE}"'):
        Selection(only=["sql-no-publik-ip"]).check(rules)
    with pytest.raises(UsageError, match="--skip leaves out every rule that --only names"):
        Selection(only=[RULE, OTHER], skip=[OTHER, RULE]).check(rules)
    with pytest.raises(UsageError, match=r"--skip x: .*`apex policies list`"):
        Selection(skip=["x"]).check(rules)


def test_a_rule_that_is_off_cannot_be_asked_alone() -> None:
    settings = PolicyPackSettings.model_validate({"rules": {RULE: "disabled"}})
    with pytest.raises(UsageError, match=f"--only {RULE}: the rule is disabled for this stack"):
        Selection(only=[RULE]).apply(enforce(settings, all_rules(), "dev"))


def test_a_reader_is_told() -> None:
    assert Selection([RULE], [OTHER], Severity.HIGH).notes() == [
        f"only some rules were evaluated: {RULE}",
        f"not evaluated: {OTHER}",
        "only findings of severity high or worse stop the deployment",
    ]
