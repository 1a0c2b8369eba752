"""`extends` in `policy-pack.yaml`: profiles by name, by framework and level, of a team's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model import EnforcedRule, EnforcementLevel, NoParameters, Rule, Severity
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import (
    SETTINGS_FILE,
    HouseStyle,
    PolicyPackSettings,
    changes,
    enforce,
    fold,
    load,
    named,
    profile_names,
    profiles,
)
from apex_guardrails.settings.layers import FrameworkRules, StrictRules, enforced
from apex_guardrails.support.errors import UsageError
from tests.policies.judged import RAW, Apex, judged, write

TODAY = date(2026, 11, 29)
MANDATORY, ADVISORY, DISABLED = (
    EnforcementLevel.MANDATORY,
    EnforcementLevel.ADVISORY,
    EnforcementLevel.DISABLED,
)
DEFAULTS = {item.rule.id: item for item in enforce(PolicyPackSettings(), known_rules(), "dev")}
LEVELS = st.sampled_from([ADVISORY, MANDATORY])


def loaded(folder: Path, content: str) -> PolicyPackSettings:
    path = folder / SETTINGS_FILE
    path.write_text(content, "utf-8")
    return load(path, known_rules(), TODAY)


def in_force(folder: Path, content: str, stack: str = "dev") -> dict[str, EnforcedRule]:
    settings = loaded(folder, content)
    return {item.rule.id: item for item in enforce(settings, known_rules(), stack)}


def refused(folder: Path, content: str) -> str:
    with pytest.raises(UsageError) as caught:
        loaded(folder, content)
    return str(caught.value).replace(f"{folder}/", "")


def is_evidence(rule: Rule, framework: str) -> bool:
    return any(control.startswith(f"{framework}:") for control in rule.controls)


def test_recommended_is_the_pack_as_it_is(tmp_path: Path) -> None:
    def how(rules: Mapping[str, EnforcedRule]) -> list[tuple[object, ...]]:
        return [(key, it.level, it.when_undecided, it.parameters) for key, it in rules.items()]

    assert how(in_force(tmp_path, "extends: [recommended]")) == how(DEFAULTS)


def test_the_rules_of_a_framework_block_and_the_others_are_as_before(tmp_path: Path) -> None:
    rules = in_force(tmp_path, "extends: cis-gcp-5.0")
    for rule_id, item in rules.items():
        if is_evidence(item.rule, "cis-gcp-5.0"):
            elsewhere = item.rule.level is DISABLED and item.rule.scope == "stack"
            assert item.level is (ADVISORY if elsewhere else MANDATORY), rule_id
        else:
            assert item.level is DEFAULTS[rule_id].level, rule_id
        assert item.undecided is DEFAULTS[rule_id].when_undecided.at_most(item.level), rule_id
    # Off by default: what one resource lacks, what another program may have, what is opt-in.
    assert DEFAULTS["compute-boot-disk-cmek"].level is DISABLED
    assert rules["compute-boot-disk-cmek"].level is MANDATORY
    assert rules["monitoring-alert-audit-config"].level is ADVISORY
    assert rules["bigquery-table-cmek-encrypted"].level is MANDATORY


def test_a_level_beside_a_framework_is_the_least(tmp_path: Path) -> None:
    rules = in_force(tmp_path, "extends: [{cis-gcp-5.0: advisory}]")
    # What blocks by default still does.
    assert rules["sql-no-public-ip"].level is MANDATORY
    assert rules["compute-boot-disk-cmek"].level is ADVISORY
    assert rules["bigquery-table-cmek-encrypted"].level is ADVISORY


def test_strict_blocks_what_advises_and_advises_what_is_off(tmp_path: Path) -> None:
    rules = in_force(tmp_path, "extends: [strict]")
    for rule_id, item in rules.items():
        before = DEFAULTS[rule_id].level
        grave = item.rule.severity.rank >= Severity.MEDIUM.rank
        if before is not DISABLED:
            assert item.level is (MANDATORY if grave else before), rule_id
        assert item.undecided is item.level, rule_id
    assert rules["compute-confidential-vm"].level is ADVISORY
    assert rules["gke-binary-authorization"].level is ADVISORY
    # What may be in another program, and what is a matter of the house.
    assert rules["monitoring-alert-audit-config"].level is DISABLED
    assert rules["labels-required-keys"].level is DISABLED
    assert rules["locations-allowed-regions"].level is DISABLED
    # What nobody judged is said.
    assert rules["stack-types-judged"].level is ADVISORY


def test_what_only_you_know_is_asked_once_you_say_it(tmp_path: Path) -> None:
    assert is_evidence(DEFAULTS["labels-required-keys"].rule, "nist-800-53")
    assert in_force(tmp_path, "extends: [nist-800-53]")["labels-required-keys"].level is DISABLED
    said = "rules: {labels-required-keys: {level: advisory, parameters: {keys: [owner]}}}"
    rules = in_force(tmp_path, f"extends: [nist-800-53]\n{said}")
    assert rules["labels-required-keys"].level is ADVISORY


@given(
    known=st.sampled_from(known_rules()),
    layers=st.lists(
        st.one_of(
            st.builds(FrameworkRules, st.sampled_from(["cis-gcp-5.0", "nist-800-53"]), LEVELS),
            st.just(StrictRules()),
        ),
        max_size=4,
    ),
)
def test_profiles_of_the_pack_make_nothing_milder(
    known: Rule, layers: list[FrameworkRules | StrictRules]
) -> None:
    before, after = enforced(known, ()), enforced(known, layers)
    assert before.level.at_most(after.level) is before.level
    assert before.undecided.at_most(after.undecided) is before.undecided
    if known.opt_in and known.parameters is not NoParameters:
        assert after.level is DISABLED


BASE = """
version: 1
extends: [strict]
rules:
  sql-no-public-ip: advisory
  labels-required-keys: {level: mandatory, parameters: {keys: [owner]}}
services: {dns: disabled}
severities: {low: disabled}
undecided: {critical: advisory}
not_evaluated: mandatory
"""


def test_a_profile_of_ones_own_is_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"shared/base.yaml": BASE})
    rules = in_force(tmp_path, "extends: [shared/base.yaml]")
    assert rules["sql-no-public-ip"].level is ADVISORY
    assert rules["labels-required-keys"].parameters.model_dump()["keys"] == ("owner",)
    assert rules["labels-required-keys"].level is MANDATORY
    assert rules["dns-dnssec-enabled"].level is DISABLED
    assert rules["vpc-subnet-flow-logs"].level is DISABLED
    assert rules["sql-ssl-enforced"].undecided is MANDATORY
    assert rules["credentials-not-literal"].undecided is ADVISORY
    assert rules["stack-types-judged"].level is MANDATORY
    # What it builds on counts as well.
    assert rules["firewall-http-not-public"].level is MANDATORY


def test_paths_begin_at_the_file_that_names_them(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "shared/base.yaml": "extends: [more/low.yml]",
            "shared/more/low.yml": "extends: ../../top.yaml",
            "top.yaml": "rules: {sql-no-public-ip: disabled}",
        },
    )
    assert in_force(tmp_path, "extends: ./shared/base.yaml")["sql-no-public-ip"].level is DISABLED


def test_of_two_profiles_the_later_one_counts_and_the_file_over_both(tmp_path: Path) -> None:
    write(tmp_path, {"mild.yaml": "rules: {sql-no-public-ip: disabled}"})
    one = in_force(tmp_path, "extends: [mild.yaml, cis-gcp-5.0]")
    assert one["sql-no-public-ip"].level is MANDATORY
    other = in_force(tmp_path, "extends: [cis-gcp-5.0, mild.yaml]")
    assert other["sql-no-public-ip"].level is DISABLED
    for own in ("rules: {sql-no-public-ip: advisory}", "services: {sql: advisory}"):
        assert in_force(tmp_path, f"extends: cis-gcp-5.0\n{own}")["sql-no-public-ip"].level is (
            ADVISORY
        )


def test_a_stack_may_build_on_more(tmp_path: Path) -> None:
    content = """
    rules: {sql-ssl-enforced: advisory}
    stacks:
      prod*:
        extends: [cis-gcp-5.0]
        rules: {vpc-subnet-flow-logs: disabled}
    """
    dev, prod = in_force(tmp_path, content), in_force(tmp_path, content, "prod-eu")
    assert dev["dns-dnssec-enabled"].level is ADVISORY
    assert prod["dns-dnssec-enabled"].level is MANDATORY
    # What the file says itself counts over every profile.
    assert prod["sql-ssl-enforced"].level is ADVISORY
    assert prod["vpc-subnet-flow-logs"].level is DISABLED


def test_profiles_are_a_change_and_part_of_the_files_digest(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    base.write_text("rules: {sql-no-public-ip: advisory}")
    settings = loaded(tmp_path, "extends: [recommended, cis-gcp-5.0, base.yaml]")
    found = changes(settings, "dev", enforce(settings, known_rules(), "dev"))
    lines = [item.text() for item in found]
    assert "extends: cis-gcp-5.0, base.yaml (default none)" in lines
    assert "sql-no-public-ip: advisory (default mandatory)" in lines
    assert "changed: extends: cis-gcp-5.0, base.yaml (default none)" in list(fold(found))
    assert settings.profile_files == [base]
    base.write_text("rules: {sql-no-public-ip: disabled}")
    again = loaded(tmp_path, "extends: [recommended, cis-gcp-5.0, base.yaml]")
    assert again.digest != settings.digest
    plain = loaded(tmp_path, "extends: recommended")
    assert not changes(plain, "dev", enforce(plain, known_rules(), "dev"))


def test_labels_are_advised_where_a_profile_does_not_ask_for_them(tmp_path: Path) -> None:
    write(tmp_path, {"base.yaml": BASE})
    asked = HouseStyle(loaded(tmp_path, "extends: base.yaml"), known_rules(), "dev")
    assert "labels-required-keys" not in asked._unnamed
    unasked = HouseStyle(loaded(tmp_path, "extends: strict"), known_rules(), "dev")
    assert "labels-required-keys" in unasked._unnamed


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            "extends: [cis-gcp-5.1]",
            'policy-pack.yaml:1: extends.0: there is no profile cis-gcp-5.1, did you mean "cis-gcp',
        ),
        (
            "extends: [strict, baseline]",
            "extends.1: there is no profile baseline (known: recommended, strict, cis-controls",
        ),
        ("extends: baseline", "a file is named by its path, ./baseline.yaml say)"),
        (
            "stacks:\n  prod:\n    extends: [none.yaml]",
            "policy-pack.yaml:3: stacks.prod.extends.0: none.yaml: there is no file none.yaml",
        ),
        ("extends: ./more", "extends.0: ./more: there is no file more"),
        ("extends: [hipaa: off]", "extends.0.level: expected advisory or mandatory"),
        ("extends: [strict: advisory]", "extends.0: only a framework takes a level"),
        (
            "extends: [base.yaml: advisory]",
            "extends.0: only a framework takes a level; a profile of your own names its rules'",
        ),
        ("extends: [hippa: advisory]", 'there is no profile hippa, did you mean "hipaa"?'),
        ("extends: [5]", "extends.0: expected the name of a profile, or a framework's with its"),
        ("extends: {hipaa: advisory, soc2: advisory}", "extends.0: expected the name of a profile"),
        ("extends: 5", "extends: expected a list"),
    ],
)
def test_a_profile_that_there_is_not_is_told(tmp_path: Path, content: str, text: str) -> None:
    write(tmp_path, {"base.yaml": BASE})
    said = refused(tmp_path, content)
    assert text in said
    assert len(said.splitlines()) == 1


def test_mistakes_in_a_profile_are_told_at_their_place(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "base.yaml": "extends: [hippa]\nrules:\n  sql-no-public: advisory\n",
            "wrong.yaml": "waivers: []\n",
            "parameters.yaml": "rules: {labels-required-keys: {parameters: {key: [a]}}}",
        },
    )
    said = refused(
        tmp_path, "extends: [base.yaml, wrong.yaml, parameters.yaml]\nrules: {x: advisory}"
    )
    assert 'base.yaml:3: rules.sql-no-public: there is no such rule, did you mean "sql-no' in said
    assert "wrong.yaml:1: waivers: unknown key" in said
    assert 'parameters.key: unknown parameter, did you mean "keys"?' in said
    assert "base.yaml:1: extends.0: there is no profile hippa" in said
    assert "policy-pack.yaml:2: rules.x: there is no such rule" in said
    assert len(said.splitlines()) == 5


def test_a_profile_that_builds_on_itself_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "extends: ./b.yaml", "b.yaml": "extends: [strict, a.yaml]"})
    assert refused(tmp_path, "extends: a.yaml") == (
        "b.yaml:1: extends.1: a.yaml: builds on itself "
        "(policy-pack.yaml -> a.yaml -> b.yaml -> a.yaml)"
    )
    assert "builds on itself" in refused(tmp_path, f"extends: ./{SETTINGS_FILE}")


def test_profiles_build_on_one_another_only_so_often(tmp_path: Path) -> None:
    chain = {f"p{n}.yaml": f"extends: p{n + 1}.yaml" for n in range(30)}
    write(tmp_path, chain | {"p30.yaml": ""})
    assert "more than 20 profiles build on one another" in refused(tmp_path, "extends: p0.yaml")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package that brings a profile, and names one that it does not have."""
    folder = write(
        tmp_path / "site",
        {
            "house_policies/__init__.py": "raise RuntimeError('no code of a profile is run')",
            "house_policies/house.yaml": "extends: ./low.yaml\nrules: {sql-no-public-ip: advisory}",
            "house_policies/low.yaml": "severities: {low: disabled}",
        },
    )
    monkeypatch.syspath_prepend(folder)
    group = profiles.PROFILE_PACKAGES
    points = [
        EntryPoint("house", "house_policies", group),
        EntryPoint("gone", "house_policies", group),
        EntryPoint("never", "house_policies_2", group),
        EntryPoint("lost", "house_policies_2.of_it", group),
    ]
    monkeypatch.setattr(profiles, "entry_points", lambda name: points if name == group else [])
    return folder


def test_an_installed_package_brings_a_profile(tmp_path: Path, house: Path) -> None:
    rules = in_force(tmp_path, "extends: [house]")
    assert rules["sql-no-public-ip"].level is ADVISORY
    assert rules["vpc-subnet-flow-logs"].level is DISABLED
    settings = loaded(tmp_path, "extends: [house]")
    assert house / "house_policies/house.yaml" in settings.profile_files


@pytest.mark.usefixtures("house")
def test_a_package_without_the_profile_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path, "extends: [gone]") == (
        "policy-pack.yaml:1: extends.0: the package house_policies has no gone.yaml"
    )
    assert "house_policies_2 has no never.yaml" in refused(tmp_path, "extends: [never]")
    assert "house_policies_2.of_it has no lost.yaml" in refused(tmp_path, "extends: [lost]")
    assert 'did you mean "house"?' in refused(tmp_path, "extends: [hause]")
    assert "only a framework takes a level" in refused(tmp_path, "extends: [house: advisory]")


def test_a_profile_that_an_option_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"base.yaml": BASE})
    monkeypatch.chdir(tmp_path)
    assert named("./base.yaml", known_rules(), "--profile")["sql-no-public-ip"] == "advisory"
    assert named("strict", known_rules(), "--profile")["firewall-http-not-public"] == "mandatory"
    assert profile_names()[:3] == ["recommended", "strict", "cis-controls-8.1"]


def test_the_list_of_rules_shows_a_profile(apex: Apex, tmp_path: Path) -> None:
    def level(*arguments: str) -> str:
        out = apex(tmp_path, "policies", "list", *arguments).expect(0).out
        [line] = [line for line in out.splitlines() if line.startswith("gke-binary-authorization ")]
        return " ".join(line.split()[2:5])

    assert level().startswith("advisory once named")
    assert level("--profile", "recommended").startswith("disabled ")
    assert level("--profile", "cis-gke-1.6").startswith("mandatory ")
    apex(tmp_path, "policies", "list", "--profile", "strickt").expect_only(
        2, '--profile strickt: there is no profile strickt, did you mean "strict"?'
    )
    apex(tmp_path, "policies", "list", "--profile", "./none.yaml").expect_only(
        2, "--profile ./none.yaml: there is no file none.yaml"
    )


def test_a_preview_says_what_it_builds_on(apex: Apex, tmp_path: Path) -> None:
    bucket = (
        RAW
        + """
    Raw("b", "gcp:storage/bucket:Bucket", {"location": "US", "uniformBucketLevelAccess": False})
"""
    )
    program = judged(tmp_path, bucket, files={"policy-pack.yaml": "extends: [cis-gcp-5.0]"})
    apex.preview(program, "--verbose").expect(
        1,
        "extends: cis-gcp-5.0 (default none)",
        "rule: storage-uniform-access",
        "medium violation:",
    )
