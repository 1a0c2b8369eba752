"""What a rule's page says."""

from __future__ import annotations

from policies.controls import controls
from policies.reports.rule_pages import rule_pages
from policies.rules import all_rules


def test_a_control_has_its_title_and_another_tools_check_has_none() -> None:
    [rule] = [rule for rule in all_rules() if rule.id == "sql-no-public-ip"]
    page = rule_pages([rule])["sql-no-public-ip.md"]
    [line] = [line for line in page.splitlines() if line.startswith("| evidence for |")]
    shown = line.removeprefix("| evidence for |").removesuffix("|").strip().split("<br>")
    assert f"cis-gcp-4.0:6.6 {controls()['cis-gcp-4.0:6.6'].title}" in shown
    assert "checkov:CKV_GCP_60" in shown
    assert len(shown) == len(rule.controls)
