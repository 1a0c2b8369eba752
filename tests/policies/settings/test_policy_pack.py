"""`policy-pack.yaml`: what it enforces, and what it refuses."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apex_guardrails.model import EnforcedRule, EnforcementLevel
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import SETTINGS_FILE, SETTINGS_VARIABLE, enforce, load, locate
from apex_guardrails.settings.layers import NOT_EVALUATED_RULE
from apex_guardrails.support.errors import UsageError

TODAY = date(2026, 11, 29)

MANDATORY, ADVISORY, DISABLED = (
    EnforcementLevel.MANDATORY,
    EnforcementLevel.ADVISORY,
    EnforcementLevel.DISABLED,
)


def in_force(tmp_path: Path, content: str, stack: str = "dev") -> dict[str, EnforcedRule]:
    path = tmp_path / SETTINGS_FILE
    path.write_text(content)
    return {
        item.rule.id: item for item in enforce(load(path, all_rules(), TODAY), all_rules(), stack)
    }


def refused(tmp_path: Path, content: str) -> str:
    with pytest.raises(UsageError) as caught:
        in_force(tmp_path, content)
    return str(caught.value)


def test_without_a_file_each_rule_has_its_own_level() -> None:
    settings = load(None, all_rules(), TODAY)

    assert settings.source == "the pack's defaults"
    for item in enforce(settings, all_rules(), "any"):
        assert item.level is (DISABLED if item.rule.opt_in else item.rule.level)
        assert item.parameters == item.rule.parameters()


def test_by_default_what_is_grave_fails_closed(tmp_path: Path) -> None:
    rules = in_force(tmp_path, "")

    assert rules["sql-no-public-ip"].undecided is MANDATORY
    assert rules["sql-ssl-enforced"].undecided is MANDATORY
    assert rules["labels-format-valid"].undecided is ADVISORY


def test_a_rule_may_have_its_own_default_for_what_is_not_known(tmp_path: Path) -> None:
    name = "iam-wif-binding-not-whole-pool"

    assert in_force(tmp_path, "")[name].level is MANDATORY
    assert in_force(tmp_path, "")[name].undecided is ADVISORY
    assert in_force(tmp_path, "undecided: {high: mandatory}\n")[name].undecided is MANDATORY
    named = f"rules:\n  {name}: {{undecided: mandatory}}\n"
    assert in_force(tmp_path, named)[name].undecided is MANDATORY


@pytest.mark.parametrize(
    ("content", "level"),
    [
        ("", DISABLED),
        ("severities: {medium: mandatory, high: mandatory}", DISABLED),
        ("rules: {labels-required-keys: mandatory}", MANDATORY),
        ("rules: {labels-required-keys: {parameters: {keys: [owner]}}}", ADVISORY),
        ("rules: {labels-required-keys: disabled}", DISABLED),
        ("services: {labels: mandatory}", MANDATORY),
        ("stacks: {dev: {rules: {labels-required-keys: advisory}}}", ADVISORY),
        ("stacks: {prod: {rules: {labels-required-keys: advisory}}}", DISABLED),
    ],
)
def test_what_is_a_house_s_style_is_asked_where_settings_name_it(
    tmp_path: Path, content: str, level: EnforcementLevel
) -> None:
    assert in_force(tmp_path, content)["labels-required-keys"].level is level


@pytest.mark.parametrize("nothing", ["[]", "['']", "[' ']"])
@pytest.mark.parametrize(
    ("rule", "parameter"),
    [("labels-required-keys", "keys"), ("locations-allowed-regions", "regions")],
)
def test_naming_none_is_refused(tmp_path: Path, rule: str, parameter: str, nothing: str) -> None:
    content = f"rules: {{{rule}: {{level: mandatory, parameters: {{{parameter}: {nothing}}}}}}}"

    assert f"rules.{rule}.parameters.{parameter}" in refused(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "level", "in_prod"),
    [
        ("", DISABLED, DISABLED),
        ("not_judged: note", DISABLED, DISABLED),
        ("not_judged: advisory", ADVISORY, ADVISORY),
        ("not_judged: mandatory", MANDATORY, MANDATORY),
        ("not_judged: advisory\nstacks: {prod*: {not_judged: mandatory}}", ADVISORY, MANDATORY),
        ("not_judged: mandatory\nstacks: {prod: {not_judged: note}}", MANDATORY, DISABLED),
        # A severity or a service says what rules do, not what is done without one.
        ("severities: {medium: mandatory}\nservices: {stack: mandatory}", DISABLED, DISABLED),
        ("not_judged: advisory\nrules: {stack-types-judged: mandatory}", MANDATORY, MANDATORY),
    ],
)
def test_what_no_rule_is_about_does_what_settings_say(
    tmp_path: Path, content: str, level: EnforcementLevel, in_prod: EnforcementLevel
) -> None:
    assert in_force(tmp_path, content)[NOT_EVALUATED_RULE].level is level
    assert in_force(tmp_path, content, "prod")[NOT_EVALUATED_RULE].level is in_prod


def test_what_not_judged_may_say_is_named(tmp_path: Path) -> None:
    said = refused(tmp_path, "stacks:\n  dev:\n    not_judged: error\n")
    assert "policy-pack.yaml:3: stacks.dev.not_judged: " in said
    assert "expected note, advisory or mandatory, found a string" in said


def test_a_level_may_stand_alone(tmp_path: Path) -> None:
    rules = in_force(
        tmp_path, "rules: {sql-no-public-ip: advisory, labels-format-valid: mandatory}"
    )

    assert rules["sql-no-public-ip"].level is ADVISORY
    assert rules["labels-format-valid"].level is MANDATORY


def test_advice_never_blocks_by_not_being_known(tmp_path: Path) -> None:
    rules = in_force(
        tmp_path,
        "rules:\n"
        "  sql-no-public-ip: advisory\n"
        "  labels-required-keys: {level: advisory, undecided: mandatory}\n",
    )

    assert rules["sql-no-public-ip"].undecided is ADVISORY
    assert rules["labels-required-keys"].undecided is ADVISORY


def test_undecided_by_severity_and_by_rule(tmp_path: Path) -> None:
    rules = in_force(
        tmp_path,
        "undecided: {critical: advisory, high: disabled}\n"
        "rules:\n  firewall-no-all-ports-from-anywhere: {undecided: mandatory}\n",
    )

    assert rules["sql-no-public-ip"].undecided is ADVISORY
    assert rules["sql-ssl-enforced"].undecided is DISABLED
    assert rules["firewall-no-all-ports-from-anywhere"].undecided is MANDATORY


STACKS = """
rules:
  sql-no-public-ip: advisory
  labels-required-keys:
    level: advisory
    parameters: {keys: [owner]}
stacks:
  prod*:
    undecided: {medium: mandatory}
    rules:
      sql-no-public-ip: mandatory
      labels-required-keys: mandatory
  production:
    rules:
      labels-required-keys: {parameters: {keys: [owner, environment]}}
"""


def test_a_stack_may_differ(tmp_path: Path) -> None:
    dev = in_force(tmp_path, STACKS, "dev")
    prod = in_force(tmp_path, STACKS, "prod-eu")
    production = in_force(tmp_path, STACKS, "production")

    assert dev["sql-no-public-ip"].level is ADVISORY
    assert prod["sql-no-public-ip"].level is MANDATORY
    assert prod["labels-required-keys"].undecided is MANDATORY
    assert [
        stack["labels-required-keys"].parameters.model_dump()["keys"]
        for stack in (dev, prod, production)
    ] == [("owner",), ("owner",), ("owner", "environment")]


def test_a_remedy_is_applied_where_settings_ask_for_it(tmp_path: Path) -> None:
    content = """
rules:
  storage-uniform-access: {remediate: true}
  sql-ssl-enforced: {remediate: true, level: advisory}
stacks:
  production: {rules: {storage-uniform-access: {remediate: false}}}
"""
    dev = in_force(tmp_path, content, "dev")
    production = in_force(tmp_path, content, "production")

    assert {name for name, item in dev.items() if item.remediates} == {
        "storage-uniform-access",
        "sql-ssl-enforced",
    }
    assert {name for name, item in production.items() if item.remediates} == {"sql-ssl-enforced"}


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("sql-no-public-ip", "the rule has no remedy; docs/remediation.md lists"),
        (
            "compute-shielded-vtpm",
            "the remedy is for the program alone: the VM must be stopped for it",
        ),
    ],
)
def test_a_remedy_that_there_is_not(tmp_path: Path, rule: str, why: str) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text(f"rules:\n  {rule}:\n    remediate: true\n")

    with pytest.raises(UsageError) as error:
        load(path, all_rules(), TODAY)

    assert f"{path}:3: rules.{rule}.remediate: {why}" in str(error.value)


def test_what_is_disabled_remediates_nothing(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text("rules:\n  sql-ssl-enforced: {remediate: true, level: disabled}\n")

    with pytest.raises(UsageError, match=r":2: .*remediate: a rule that is disabled remediates"):
        load(path, all_rules(), TODAY)


def test_a_value_of_a_label_that_nothing_requires_is_refused(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    parameters = "{keys: [cost-center], values: {cost-centre: shop}}"
    path.write_text(f"rules:\n  labels-required-keys: {{parameters: {parameters}}}\n")

    with pytest.raises(
        UsageError, match=r':2: .*cost-centre: not among keys, did you mean "cost-center"\?'
    ):
        load(path, all_rules(), TODAY)


def test_values_of_labels_stay_where_a_stack_requires_fewer(tmp_path: Path) -> None:
    content = """
rules:
  labels-required-keys: {parameters: {keys: [owner, app], values: {owner: me, app: shop}}}
stacks:
  dev: {rules: {labels-required-keys: {parameters: {keys: [owner]}}}}
  prod: {rules: {labels-required-keys: {parameters: {values: {owner: you}}}}}
"""
    assert in_force(tmp_path, content, "dev")["labels-required-keys"].parameters.model_dump() == {
        "keys": ("owner",),
        "values": {"owner": "me", "app": "shop"},
    }
    assert in_force(tmp_path, content, "prod")


@pytest.mark.parametrize("value", ["Platform", "", "a b"])
def test_the_value_of_a_label_is_one(tmp_path: Path, value: str) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text(
        "rules:\n  labels-required-keys:\n    parameters:\n      keys: [owner]\n"
        f"      values: {{owner: '{value}'}}\n"
    )

    with pytest.raises(UsageError, match=r"labels-required-keys.parameters.values.owner"):
        load(path, all_rules(), TODAY)


def test_the_file_and_its_hash_are_named(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text("version: 1\n")
    digest = hashlib.sha256(b"version: 1\n").hexdigest()

    assert load(path, all_rules(), TODAY).source == f"{path} (sha256 {digest[:12]})"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "rules:\n  sql-no-publc-ip: mandatory\n",
            ':2: rules.sql-no-publc-ip: there is no such rule, did you mean "sql-no-public-ip"?',
        ),
        ("rules:\n  zzz: mandatory\n", ":2: rules.zzz: there is no such rule; `apex policies list"),
        (
            "stacks:\n  dev:\n    rules:\n      zzz: mandatory\n",
            ":4: stacks.dev.rules.zzz: there is no such rule",
        ),
        ("severities: {hgh: mandatory}\n", ':1: severities.hgh: unknown key, did you mean "high"?'),
        (
            "severities: {high: mandatry}\n",
            'mandatory, found a string, did you mean "mandatory"?',
        ),
        ("1: 2\n", ":1: 1: expected text as a key, found a number; put it in quotes"),
        ("rules: {1: mandatory}\n", ":1: rules.1: expected text as a key, found a number"),
        ("stacks: text\n", ":1: stacks: expected keys and values, found a string"),
        (
            "rules: {sql-no-public-ip: false}\n",
            "rules.sql-no-public-ip: expected disabled, advisory or mandatory, found false",
        ),
        ("checkov: true\n", "checkov: expected off, advisory or mandatory, found true"),
        ("max_waiver_days: 0\n", "max_waiver_days: expected at least 1, found 0"),
        ("ruels: {}\n", ':1: ruels: unknown key, did you mean "rules"?'),
        ("version: 2\n", ":1: version: expected 1, found 2"),
        ("rules: [a]\n", ":1: rules: expected keys and values"),
        ("rules:\n  sql-no-public-ip: on\n", ":2: rules.sql-no-public-ip: expected"),
        (
            "rules:\n  sql-no-public-ip:\n    levl: advisory\n",
            ':3: rules.sql-no-public-ip.levl: unknown key, did you mean "level"?',
        ),
        (
            "rules:\n  labels-required-keys:\n    parameters: {key: [a]}\n",
            'rules.labels-required-keys.parameters.key: unknown parameter, did you mean "keys"?',
        ),
        (
            "rules:\n  labels-required-keys:\n    parameters: {keys: 3}\n",
            "rules.labels-required-keys.parameters.keys: expected a list, found a number",
        ),
        (
            "rules:\n  sql-no-public-ip:\n    parameters: {x: 3}\n",
            "rules.sql-no-public-ip.parameters.x: unknown parameter (known: none)",
        ),
        ("undecided: {grave: mandatory}\n", "undecided.grave"),
        ("offline: {functions: [{token: a}]}\n", "offline.functions.0.result: is missing"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    assert message in refused(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        (
            "cost: {machine_types: ['']}\n",
            "cost.machine_types.0: expected at least 1 character, found an empty string",
        ),
        (
            "cost: {machine_types: []}\n",
            "cost.machine_types: expected at least 1 item, found an empty list",
        ),
        (
            "reports: {formats: [pdf]}\n",
            (
                "reports.formats.0: expected json, sarif, junit, markdown, html, "
                "gitlab-codequality or gitlab-sast, found a string"
            ),
        ),
        (
            "reports: {rule_pages: 'https://docs.example.com/rules/'}\n",
            (
                "reports.rule_pages: expected an address with {rule}, such as "
                "https://docs.example.com/rules/{rule}.html"
            ),
        ),
        (
            "offline: {secrets: {token: null}}\n",
            "offline.secrets.token: expected a sample value, found nothing",
        ),
    ],
)
def test_one_mistake_is_one_line(tmp_path: Path, content: str, mistake: str) -> None:
    [said] = refused(tmp_path, content).splitlines()
    assert said.partition(":1: ")[2] == mistake


def test_all_unknown_rules_are_named_at_once(tmp_path: Path) -> None:
    assert len(refused(tmp_path, "rules: {a: mandatory, b: mandatory}\n").splitlines()) == 2


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(["mandatory", "owner"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    *("rules", "stacks", "undecided", "offline", "version", "dev", "parameters"),
                    *("level", "labels-required-keys", "sql-no-public-ip", "keys", "critical"),
                ]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANYTHING)
def test_whatever_it_says_it_is_enforced_or_refused(tmp_path: Path, content: Any) -> None:
    path = tmp_path / SETTINGS_FILE
    path.write_text(yaml.safe_dump(content))
    with suppress(UsageError):
        loaded = load(path, all_rules(), TODAY)
        assert len(enforce(loaded, all_rules(), "dev")) == len(all_rules())


def test_where_settings_are_looked_for(tmp_path: Path) -> None:
    beside = tmp_path / "project" / SETTINGS_FILE
    given_file, named = tmp_path / "given.yaml", tmp_path / "named.yaml"
    beside.parent.mkdir()
    for path in (beside, given_file, named):
        path.touch()
    variable = {SETTINGS_VARIABLE: str(named)}

    assert locate(beside.parent, variable, given_file) == given_file
    assert locate(beside.parent, variable) == named
    assert locate(beside.parent, {}) == beside
    assert locate(beside.parent, {SETTINGS_VARIABLE: ""}) == beside
    assert locate(tmp_path, {}) is None
    assert locate(None, {}) is None


def test_settings_that_were_asked_for_must_exist(tmp_path: Path) -> None:
    gone = tmp_path / "gone.yaml"
    with pytest.raises(UsageError, match=r"gone.yaml: .* does not exist \(--settings\)"):
        locate(None, {}, gone)
    with pytest.raises(UsageError, match=rf"does not exist \({SETTINGS_VARIABLE}\)"):
        locate(None, {SETTINGS_VARIABLE: str(gone)})


def test_what_names_the_rule_counts_before_its_service_and_that_before_its_severity(
    tmp_path: Path,
) -> None:
    rules = in_force(
        tmp_path,
        "severities: {critical: disabled, high: disabled}\n"
        "services: {sql: advisory}\n"
        "rules: {sql-no-public-ip: mandatory}\n"
        "stacks: {dev: {severities: {high: mandatory}}}\n",
    )

    assert rules["sql-no-public-ip"].level is MANDATORY
    assert rules["sql-ssl-enforced"].level is ADVISORY
    assert rules["iam-no-basic-roles-project"].level is MANDATORY
    assert rules["credentials-no-known-token"].level is DISABLED


def test_of_two_that_name_the_same_the_stack_s_counts(tmp_path: Path) -> None:
    content = "services: {sql: advisory}\nstacks: {prod*: {services: {sql: disabled}}}\n"

    assert in_force(tmp_path, content)["sql-no-public-ip"].level is ADVISORY
    assert in_force(tmp_path, content, "production")["sql-no-public-ip"].level is DISABLED


def test_a_service_that_there_is_not(tmp_path: Path) -> None:
    message = refused(tmp_path, "stacks:\n  dev:\n    services: {sqll: advisory}\n")

    assert message.endswith(
        ':3: stacks.dev.services.sqll: there is no such service, did you mean "sql"?'
    )


def test_what_no_rule_is_about_may_be_called_as_it_was_before(tmp_path: Path) -> None:
    rule = "stack-types-judged"
    assert in_force(tmp_path, "not_evaluated: advisory\n")[rule].level is ADVISORY
    path = tmp_path / SETTINGS_FILE
    assert not load(path, all_rules(), TODAY).notes
    assert in_force(tmp_path, "stacks: {dev: {not_judged: advisory}}\n")[rule].level is ADVISORY
    [note] = load(path, all_rules(), TODAY).notes
    assert note == f"{path}:1: stacks.dev.not_judged: is called not_evaluated now"
    with pytest.raises(UsageError, match=r":2: not_judged: "):
        in_force(tmp_path, "not_evaluated: note\nnot_judged: note\n")


@pytest.mark.parametrize(
    ("former", "service", "rule"),
    [
        ("lb", "loadbalancing", "lb-ssl-policy-tls12"),
        ("psa", "servicenetworking", "psa-connection-exists"),
        ("serviceapis", "serviceusage", "serviceapis-enabled-complete"),
    ],
)
def test_a_service_may_have_the_name_it_had_before(
    tmp_path: Path, former: str, service: str, rule: str
) -> None:
    by_its_name = f"services: {{{service}: disabled}}\n"
    assert in_force(tmp_path, by_its_name)[rule].level is DISABLED
    assert not load(tmp_path / SETTINGS_FILE, all_rules(), TODAY).notes

    content = f"stacks:\n  dev:\n    services: {{{former}: disabled}}\n"
    assert in_force(tmp_path, content)[rule].level is DISABLED
    path = tmp_path / SETTINGS_FILE
    assert load(path, all_rules(), TODAY).notes == [
        f"{path}:3: stacks.dev.services.{former}: is called {service} now"
    ]

    both = f"services: {{{former}: disabled, {service}: advisory}}\n"
    assert in_force(tmp_path, both)[rule].level is ADVISORY
