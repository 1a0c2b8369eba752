"""What settings change of the pack's defaults, and how it is put into words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model import EnforcementLevel, Severity
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import (
    EVERYTHING,
    SETTINGS_FILE,
    Direction,
    Kind,
    PolicyPackSettings,
    Selection,
    SettingChange,
    changes,
    enforce,
    fold,
    format_value,
    headlines,
    load,
)
from apex_guardrails.settings.changes import LONGEST, MOST_VALUES, short

LOOSER, CHANGED, TIGHTER = Direction.LOOSER, Direction.CHANGED, Direction.TIGHTER


def changed(
    tmp_path: Path,
    content: str,
    selection: Selection = EVERYTHING,
    stack: str = "dev",
    recorded: int = 0,
) -> list[SettingChange]:
    path = tmp_path / SETTINGS_FILE
    path.write_text(content, "utf-8")
    settings = load(path, all_rules(), date(2026, 11, 29))
    rules = enforce(settings, all_rules(), stack)
    return changes(settings, stack, rules, selection=selection, recorded=recorded)


def test_without_settings_nothing_is_changed(tmp_path: Path) -> None:
    assert not changed(tmp_path, "")
    assert not list(fold([]))


@pytest.mark.parametrize(
    ("content", "text", "direction"),
    [
        (
            "rules: {sql-no-public-ip: disabled}",
            "sql-no-public-ip: disabled (default mandatory)",
            LOOSER,
        ),
        (
            "rules: {sql-no-public-ip: advisory}",
            "sql-no-public-ip: advisory (default mandatory)",
            LOOSER,
        ),
        (
            "rules: {labels-format-valid: mandatory}",
            "labels-format-valid: mandatory (default advisory)",
            TIGHTER,
        ),
        (
            "rules: {sql-no-public-ip: {undecided: advisory}}",
            "sql-no-public-ip.undecided: advisory (default mandatory)",
            LOOSER,
        ),
        (
            "rules: {firewall-no-public-ingress: {parameters: {public_ports: [80, 443, 8443]}}}",
            "firewall-no-public-ingress.public_ports: 80, 443, 8443 (default 80, 443)",
            LOOSER,
        ),
        (
            "rules: {firewall-no-public-ingress: {parameters: {public_ports: [443]}}}",
            "firewall-no-public-ingress.public_ports: 443 (default 80, 443)",
            TIGHTER,
        ),
        (
            "rules: {firewall-no-public-ingress: {parameters: {public_ports: []}}}",
            "firewall-no-public-ingress.public_ports: none (default 80, 443)",
            TIGHTER,
        ),
        (
            "rules: {firewall-no-public-ingress: {parameters: {widest_ipv4: 4}}}",
            "firewall-no-public-ingress.widest_ipv4: 4 (default 8)",
            LOOSER,
        ),
        (
            "rules: {firewall-no-wide-port-range: {parameters: {most: 31}}}",
            "firewall-no-wide-port-range.most: 31 (default 30)",
            LOOSER,
        ),
        (
            "rules: {firewall-no-wide-port-range: {parameters: {most: 29}}}",
            "firewall-no-wide-port-range.most: 29 (default 30)",
            TIGHTER,
        ),
        (
            "rules: {serviceapis-enabled-complete: {parameters: {enabled_elsewhere: [a]}}}",
            "serviceapis-enabled-complete.enabled_elsewhere: a (default none)",
            LOOSER,
        ),
        (
            "rules: {sql-major-version-current: {parameters: {oldest: [POSTGRES_9_6]}}}",
            "sql-major-version-current.oldest: POSTGRES_9_6 (default ",
            CHANGED,
        ),
        (
            "rules: {credentials-not-literal: {parameters: {inputs: {'a:b:C': [x, y]}}}}",
            "credentials-not-literal.inputs: a:b:C (x, y) (default none)",
            TIGHTER,
        ),
        ("cost: {budget: 100}", "cost.budget: 100 (default none)", TIGHTER),
        ("cost: {savings: true}", "cost.savings: true (default false)", CHANGED),
        (
            "cost: {currency: {code: EUR, rate: 0.92}}",
            "cost.currency: EUR at 0.92 (default none)",
            CHANGED,
        ),
        ("cost: {counts: low}", "cost.counts: low (default expected)", LOOSER),
        ("cost: {counts: high}", "cost.counts: high (default expected)", TIGHTER),
        ("cost: {usage: {requests: 5}}", "cost.usage.requests: 5 (default 10000 to ", LOOSER),
        (
            "cost: {usage: {bucket_gib: {low: 1, expected: 5, high: 60}}}",
            "cost.usage.bucket_gib: 1 to 5 to 60 (default 1 to 5 to 50)",
            TIGHTER,
        ),
        (
            "cost: {usage: {resources: {'*': {active_hours: 0}}}}",
            "cost.usage.resources.*.active_hours: 0 (default 730)",
            LOOSER,
        ),
        (
            "cost: {usage: {commitment: 3-year}}",
            "cost.usage.commitment: 3-year (default none)",
            LOOSER,
        ),
        (
            "cost: {usage: {requests_at_once: 80}}",
            "cost.usage.requests_at_once: 80 (default 1)",
            LOOSER,
        ),
        ("cost: {fixed: {SaaS: 0}}", "cost.fixed.SaaS: 0 (default none)", CHANGED),
        ("cost: {fixed: {SaaS: 9}}", "cost.fixed.SaaS: 9 (default none)", TIGHTER),
        ("cost: {prices: p}", "cost.prices.path: p (default the packaged prices)", CHANGED),
        ("checkov: {skip: [CKV_GCP_1]}", "checkov.skip: CKV_GCP_1 (default none)", LOOSER),
        ("checkov: advisory", "checkov.level: advisory (default off)", TIGHTER),
        ("max_waiver_days: 900", "max_waiver_days: 900 (default 400)", LOOSER),
        ("max_waiver_days: 90", "max_waiver_days: 90 (default 400)", TIGHTER),
        ("offline: {secrets: {key: hunter2}}", "offline.secrets: key (default none)", CHANGED),
        ("offline: {environment: [TAG]}", "offline.environment: TAG (default none)", CHANGED),
        (
            "stacks: {d*: {rules: {sql-no-public-ip: disabled}}}",
            "sql-no-public-ip: disabled (default mandatory)",
            LOOSER,
        ),
    ],
)
def test_a_change_is_told_with_what_it_does(
    tmp_path: Path, content: str, text: str, direction: Direction
) -> None:
    [change] = changed(tmp_path, content)

    assert change.text().startswith(text)
    assert change.direction is direction


@pytest.mark.parametrize(
    "content",
    [
        "rules: {sql-no-public-ip: mandatory}",
        "rules: {sql-no-public-ip: {undecided: mandatory}}",
        "rules: {labels-format-valid: {undecided: mandatory}}",
        "rules: {firewall-no-public-ingress: {parameters: {public_ports: [443, 80]}}}",
        "rules: {labels-required-keys: disabled}",
        "rules: {vpc-psc-for-google-apis: disabled}",
        "undecided: {critical: mandatory}",
        "cost: {counts: expected, usage: {active_hours: 730}}",
        "checkov: off",
        "stacks: {prod: {rules: {sql-no-public-ip: disabled}}}",
        "max_waiver_days: 400",
    ],
)
def test_what_is_as_the_pack_has_it_is_no_change(tmp_path: Path, content: str) -> None:
    assert not changed(tmp_path, content)


def test_a_rule_that_is_off_has_no_other_change(tmp_path: Path) -> None:
    content = "rules: {sql-no-public-ip: {level: disabled, undecided: advisory}}"

    assert [item.setting for item in changed(tmp_path, content)] == ["sql-no-public-ip"]


def test_what_is_asked_for_is_tighter(tmp_path: Path) -> None:
    content = "rules: {labels-required-keys: {level: mandatory, parameters: {keys: [owner]}}}"

    assert [(item.text(), item.direction) for item in changed(tmp_path, content)] == [
        ("labels-required-keys: mandatory (default disabled)", TIGHTER),
        ("labels-required-keys.keys: owner (default none)", TIGHTER),
    ]


def test_of_what_must_be_less_is_looser_whatever_is_added(tmp_path: Path) -> None:
    rule = "iam-org-policies-guardrails"
    content = f"rules: {{{rule}: {{level: advisory, parameters: {{constraints: [a, b]}}}}}}"
    found = {item.setting: item.direction for item in changed(tmp_path, content)}

    assert found == {rule: TIGHTER, f"{rule}.constraints": LOOSER}


def test_what_lets_more_pass_comes_first_and_the_gravest_of_it(tmp_path: Path) -> None:
    content = (
        "services: {labels: mandatory}\n"
        "rules:\n"
        "  firewall-no-wide-port-range: {parameters: {most: 99}}\n"
        "  compute-shielded-vtpm: disabled\n"
        "  sql-no-public-ip: disabled\n"
        "  sql-ssl-enforced: advisory\n"
        "cost: {prices: p, budget: 1, usage: {requests: 0}}\n"
    )
    found = [(item.setting, item.direction) for item in changed(tmp_path, content)]

    assert [name for name, _ in found][:5] == [
        "sql-no-public-ip",
        "compute-shielded-vtpm",
        "sql-ssl-enforced",
        "firewall-no-wide-port-range.most",
        "cost.usage.requests",
    ]
    order = list(Direction)
    assert [order.index(item) for _, item in found] == sorted(
        order.index(item) for _, item in found
    )


def test_a_severity_that_is_off_is_counted(tmp_path: Path) -> None:
    found = changed(tmp_path, "severities: {critical: disabled}")
    critical = [
        rule
        for rule in all_rules()
        if rule.severity is Severity.CRITICAL and rule.level is not EnforcementLevel.DISABLED
    ]

    count = f"{len(critical):,}"
    assert list(headlines(found)) == [
        f"{count} rules are off by settings, {count} of them critical"
    ]
    [line] = fold(found)
    assert line.startswith(f"{count} rules are off by settings, {count} of them critical: a")
    assert line.endswith(f" and {len(critical) - 3:,} more")


def test_undecided_rules_that_do_less_are_counted(tmp_path: Path) -> None:
    [line] = headlines(changed(tmp_path, "undecided: {critical: advisory}"))

    assert "rules are milder by settings where they cannot decide" in line


def test_the_options_of_a_run_are_told_apart(tmp_path: Path) -> None:
    skipped = Selection(skip=["sql-no-public-ip"], soft_fail=True)
    found = changed(tmp_path, "rules: {sql-ssl-enforced: disabled}", skipped)

    assert list(fold(found)) == [
        "1 rule is off by settings, 0 of them critical: sql-ssl-enforced",
        "1 rule is off by this run's options, 1 of them critical: sql-no-public-ip",
        "looser than the default: --soft-fail: what stops it ends with 0 (default exit code 1)",
    ]
    milder = list(headlines(changed(tmp_path, "", Selection(fail_on=Severity.CRITICAL))))
    assert len(milder) == 1
    assert "rules are lowered to advice by this run's options, 0 of them critical" in milder[0]
    stricter = changed(tmp_path, "", Selection(fail_on=Severity.LOW))
    assert {item.direction for item in stricter} == {TIGHTER}


def test_the_baseline_lets_more_pass(tmp_path: Path) -> None:
    [change] = changed(tmp_path, "", recorded=1234)

    assert list(fold([change])) == [
        "looser than the default: baseline: 1,234 findings (default none)"
    ]


def test_a_terminal_gets_a_few_lines(tmp_path: Path) -> None:
    ports = ", ".join(map(str, range(1, 9_000)))
    ranges = "".join(
        f"  {rule.id}: {{parameters: {{public_ports: [{ports}]}}}}\n"
        for rule in all_rules()
        if "public_ports" in rule.parameters.model_fields
    )
    content = (
        f"rules:\n{ranges}"
        "services: {labels: mandatory, sql: disabled}\n"
        "cost: {usage: {requests: 0, bucket_gib: 0, log_gib: 0, nat_gib: 0}}\n"
    )
    lines = list(fold(changed(tmp_path, content)))

    assert len(lines) <= 12
    assert all(len(line) < 250 for line in lines)
    assert any("public_ports: 8,999 values (default 80, 443)" in line for line in lines)
    assert any("4 assumptions about cost lower than the default: cost.usage" in x for x in lines)
    assert lines[-1].endswith("settings are tighter than the default")


@pytest.mark.parametrize(
    ("value", "in_few_words", "in_words"),
    [
        (None, "none", "none"),
        ((), "none", "none"),
        (True, "true", "true"),
        ((1, 2), "1, 2", "1, 2"),
        (tuple(range(9000)), "9,000 values", None),
        ("x" * 100, "x" * 59 + "…", "x" * 100),
        (("x" * 100,), "x" * 59 + "…", "x" * 100),
    ],
)
def test_a_value_in_words(value: Any, in_few_words: str, in_words: str | None) -> None:
    assert short(value) == in_few_words
    if in_words is not None:
        assert format_value(value) == in_words
    else:
        assert format_value(value).endswith(f" and {len(value) - MOST_VALUES:,} more")


@given(st.lists(st.text()) | st.text() | st.dictionaries(st.text(), st.lists(st.text())))
def test_no_value_is_too_long(value: Any) -> None:
    assert len(format_value(value)) <= LONGEST
    assert len(short(value)) <= 60


def test_samples_are_never_told(tmp_path: Path) -> None:
    content = "offline: {secrets: {'shop:key': a-sample-that-may-be-real}}"

    assert "a-sample" not in "".join(item.text() for item in changed(tmp_path, content))


def test_a_kind_is_known_for_each(tmp_path: Path) -> None:
    found = changed(
        tmp_path,
        "rules: {sql-no-public-ip: {undecided: advisory}, storage-uniform-access: "
        "{remediate: true}}\nmax_waiver_days: 1\n"
        "checkov: advisory\noffline: {environment: [A]}\ncost: {budget: 1}\nextends: strict\n"
        "services: {labels: mandatory}\nstacks: {dev: {rules: {firewall-no-wide-port-range: "
        "{parameters: {most: 1}}}}}\n",
        Selection(soft_fail=True),
        recorded=1,
    )

    # What settings add needs a folder with rules.
    assert {item.kind for item in found} == set(Kind) - {Kind.ADDED}
    assert PolicyPackSettings().max_waiver_days == 400
