"""The frameworks' files, and that they and the rules name each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from apex_guardrails.controls import Control, controls, framework, frameworks
from apex_guardrails.model import Rule
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.rules import all_rules
from apex_guardrails.support.errors import PackError, UsageError

PEERS = {"checkov": r"CKV2?_GCP_\d+", "trivy": r"GCP-\d{4}"}
"""Other tools, whose checks are no controls, and how they name them."""


def by_framework(rule: Rule) -> dict[str, set[str]]:
    named: dict[str, set[str]] = {}
    for control in rule.controls:
        key, _, number = control.partition(":")
        named.setdefault(key, set()).add(number)
    return named


def test_every_control_that_a_rule_names_is_in_the_data() -> None:
    unknown = {
        f"{rule.id}: {key}:{number}"
        for rule in known_rules()
        for key, numbers in by_framework(rule).items()
        for number in numbers
        if f"{key}:{number}" not in controls()
        and not (key in PEERS and re.fullmatch(PEERS[key], number))
    }
    assert not unknown


def test_a_rule_names_each_control_once() -> None:
    for rules in (all_rules(), known_rules()):
        assert [rule.id for rule in rules if len(set(rule.controls)) < len(rule.controls)] == []


def test_a_rules_own_file_names_the_same_check_elsewhere_and_no_more() -> None:
    elsewhere = PEERS.keys() | {"cis-gcp-4.0", "cis-gcp-5.0"}
    assert [rule.id for rule in all_rules() if by_framework(rule).keys() - elsewhere] == []
    # What a later version took over follows from the earlier number.
    carried = {control.id for control in controls().values() if control.earlier}
    assert [rule.id for rule in all_rules() if carried & set(rule.controls)] == []


def test_no_rule_sees_what_is_said_to_be_unseen() -> None:
    named = {control for rule in known_rules() for control in rule.controls}
    assert [item.id for item in controls().values() if item.unseen and item.id in named] == []


def test_both_versions_of_a_benchmark_are_named_under_their_own_numbers() -> None:
    text = (framework.FOLDER / "cis-gcp-5.0.yaml").read_text("utf-8").partition("carried_over:")[2]
    pairs = dict(re.findall(r'"([\d.]+)": "([\d.]+)"', text))
    assert pairs["6.7"] == "6.6"
    earlier = set(pairs.values())
    for rule in known_rules():
        named = by_framework(rule)
        ours = {pairs[number] for number in named.get("cis-gcp-5.0", ()) if number in pairs}
        assert ours == named.get("cis-gcp-4.0", set()) & earlier, rule.id


@pytest.mark.parametrize(
    ("key", "count", "first", "last"),
    [
        # As many recommendations as the benchmark has, and as Annex A, the criteria and so on have.
        ("cis-controls-8.1", 153, "1.1", "18.5"),
        ("cis-gcp-4.0", 84, "1.1", "8.1"),
        ("cis-gcp-5.0", 93, "1.1.1", "8.1"),
        ("cis-gke-1.6", 70, "2.1.1", "5.10.5"),
        ("hipaa", 70, "164.308(a)(1)(i)", "164.316(b)(2)(iii)"),
        # As many of its references as are public.
        ("hitrust-csf-11.5", 20, "01.a", "12.a"),
        ("iso-27001", 93, "A.5.1", "A.8.34"),
        ("nist-800-53", 299, "AC-1", "SR-12"),
        ("pci-dss-4.0", 280, "1.1.1", "A3.5.1"),
        ("soc2", 61, "CC1.1", "P8.1"),
    ],
)
def test_a_framework_is_whole_and_in_its_own_order(
    key: str, count: int, first: str, last: str
) -> None:
    found = frameworks()[key]
    numbers = [control.number for control in found.controls]
    assert (len(set(numbers)), numbers[0], numbers[-1]) == (count, first, last)
    assert found.id == key
    assert found.source.startswith("https://")


def test_the_frameworks_are_these() -> None:
    assert list(frameworks()) == [
        *("cis-controls-8.1", "cis-gcp-4.0", "cis-gcp-5.0", "cis-gke-1.6", "hipaa"),
        *("hitrust-csf-11.5", "iso-27001", "nist-800-53", "pci-dss-4.0", "soc2"),
    ]


@pytest.mark.parametrize("control", controls().values(), ids=lambda control: control.id)
def test_a_title_is_one_short_line(control: Control) -> None:
    assert re.fullmatch(r"[A-Z][^\n|]{9,79}", control.title)
    assert not control.title.endswith(".")
    assert control.unseen[:1] != " "


def test_a_renumbered_control_keeps_what_is_said_of_it() -> None:
    both = controls()
    earlier, later = both["cis-gcp-4.0:1.3"], both["cis-gcp-5.0:1.4"]
    assert (later.title, later.unseen) == (earlier.title, earlier.unseen)
    assert later.unseen
    numbers = [control.number for control in frameworks()["cis-gcp-5.0"].controls]
    assert numbers[:5] == ["1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.2"]
    assert numbers.index("1.10") == numbers.index("1.9") + 1


HEAD = 'name: N\nversion: "1"\nsource: https://example.com\n'


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ('controls: {"1.1": One}\ncannot_be_seen: [{why: w, controls: ["1.2"]}]', PackError, "1.2"),
        (
            'controls: {"1.1": One}\nrules: {"1.2": [a-rule]}',
            PackError,
            "rules: no such controls: 1.2",
        ),
        (
            'controls: {"1": One}\nrules: {"1": [a]}\ncannot_be_seen: [{why: w, controls: ["1"]}]',
            PackError,
            "rules: cannot be seen by any rule: 1",
        ),
        (
            'controls: {"1": One}\ncarried_over: {framework: x-0, controls: {"2": "9"}}',
            PackError,
            "carried_over: no such controls: 9",
        ),
        ('controls: {"1": One}\nrules: {"1": a-rule}', UsageError, "rules.1: expected a list"),
        ("controls: {1.10: One}", UsageError, "controls.1.1"),
        ('controls: {"1": One}\nunseen: []', UsageError, "unknown key"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    error: type[Exception],
    message: str,
) -> None:
    (tmp_path / "x.yaml").write_text(HEAD + text)
    (tmp_path / "x-0.yaml").write_text(HEAD + 'controls: {"8": Eight}')
    monkeypatch.setattr(framework, "FOLDER", tmp_path)
    with pytest.raises(error, match=re.escape(message)):
        frameworks.__wrapped__()
