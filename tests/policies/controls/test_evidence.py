"""Which controls a rule is evidence for, from its own file and the frameworks'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from apex_guardrails.controls import check_frameworks, controls, evidence, framework, with_controls
from apex_guardrails.model import Rule
from apex_guardrails.pack.about import rules_digest
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.rules import all_rules
from apex_guardrails.support.errors import PackError

[SQL] = [rule for rule in all_rules() if rule.id == "sql-no-public-ip"]
HEAD = 'version: "1"\nsource: https://example.com\n'
FILES = {
    "acme-1.0": """\
name: Acme
controls: {"1": First, "2": Second, "10": Tenth}
rules: {"10": [sql-no-public-ip], "2": [a-rule]}
""",
    "acme-2.0": """\
name: Acme
controls: {"1": New}
carried_over: {framework: acme-1.0, controls: {"2": "10", "3": "1", "4": "2"}}
""",
    "acme-3.0": """\
name: Acme
controls: {}
carried_over: {framework: acme-2.0, controls: {"1": "3"}}
""",
    "law": """\
name: Law
controls: {"\u00a7 1": First}
rules: {"\u00a7 1": [sql-no-public-ip, a-rule]}
""",
}


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with made-up frameworks, in the place of the pack's own."""
    for name, text in FILES.items():
        (tmp_path / f"{name}.yaml").write_text(HEAD + text, "utf-8")
    monkeypatch.setattr(framework, "FOLDER", tmp_path)
    cached = (framework.frameworks, framework.controls, evidence._evidence)
    for function in cached:
        function.cache_clear()
    yield tmp_path
    for function in cached:
        function.cache_clear()


def named(rule: Rule) -> list[str]:
    [joined] = with_controls([rule])
    assert replace(joined, controls=rule.controls) is not rule
    assert (joined.id, joined.check, joined.cases) == (rule.id, rule.check, rule.cases)
    return list(joined.controls)


@pytest.mark.usefixtures("made_up")
def test_a_rule_has_what_its_file_names_and_what_names_it_in_the_frameworks_order() -> None:
    mine = replace(SQL, controls=("checkov:CKV_GCP_60", "acme-1.0:1", "ours:x"))
    assert named(mine) == [
        *("acme-1.0:1", "acme-1.0:10", "acme-2.0:2", "acme-2.0:3", "acme-3.0:1", "law:\u00a7 1"),
        *("checkov:CKV_GCP_60", "ours:x"),
    ]
    # Both say it: once is enough.
    both = replace(SQL, controls=("law:\u00a7 1", "acme-2.0:3"))
    assert named(both) == [
        *("acme-1.0:10", "acme-2.0:2", "acme-2.0:3", "acme-3.0:1", "law:\u00a7 1")
    ]
    [other] = with_controls([alone := replace(SQL, id="b-rule", controls=("trivy:GCP-0001",))])
    assert other is alone


@pytest.mark.usefixtures("made_up")
def test_a_framework_names_rules_that_there_are() -> None:
    check_frameworks([SQL, replace(SQL, id="a-rule")])
    with pytest.raises(PackError) as caught:
        check_frameworks([SQL, replace(SQL, id="a-rul")])
    first, second = str(caught.value).splitlines()
    assert re.search(
        r'acme-1\.0\.yaml: rules\.2: there is no rule a-rule, did you mean "a-rul"\?$', first
    )
    assert "law.yaml: rules.\u00a7 1: there is no rule a-rule" in second


def test_a_new_framework_is_a_new_file(made_up: Path) -> None:
    before = rules_digest([SQL])
    (made_up / "gdpr.yaml").write_text(
        f'name: GDPR\n{HEAD}controls: {{"32": Safe}}\nrules: {{"32": [sql-no-public-ip]}}\n',
        "utf-8",
    )
    framework.frameworks.cache_clear()
    assert "gdpr:32" in named(SQL)
    assert controls()["gdpr:32"].title == "Safe"
    assert rules_digest([SQL]) != before


def test_the_frameworks_of_the_pack_name_most_of_what_its_rules_are_evidence_for() -> None:
    check_frameworks(known_rules())
    whole = {rule.id: rule.controls for rule in known_rules()}
    assert {"cis-gcp-5.0:6.7", "nist-800-53:SC-7", *SQL.controls} <= set(whole[SQL.id])
    assert "hipaa:164.308(a)(7)(i)" in whole["sql-backup-enabled"]
