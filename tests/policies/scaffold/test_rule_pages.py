"""What a rule's page says."""

from __future__ import annotations

from apex_guardrails.controls import controls, frameworks
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.scaffold.rule_pages import rule_pages


def test_a_control_has_its_title_and_another_tools_check_has_none() -> None:
    [rule] = [rule for rule in known_rules() if rule.id == "sql-no-public-ip"]
    page = rule_pages([rule])["sql-no-public-ip.md"]
    [line] = [line for line in page.splitlines() if line.startswith("| evidence for |")]
    shown = line.removeprefix("| evidence for |").removesuffix("|").strip().split("<br>")
    assert f"cis-gcp-4.0:6.6 {controls()['cis-gcp-4.0:6.6'].title}" in shown
    assert "checkov:CKV_GCP_60" in shown
    assert len(shown) == len(rule.controls)


def test_the_page_of_controls_has_every_control_with_its_rules() -> None:
    named = ("sql-no-public-ip", "firewall-rdp-not-public", "firewall-ssh-not-public")
    rules = [rule for rule in known_rules() if rule.id in named]
    page = rule_pages(rules)["controls.md"]
    rows = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(rows) == len(controls()) + len(frameworks())
    title = controls()["cis-gcp-4.0:6.6"].title
    assert f"| 6.6 | {title} | [sql-no-public-ip](sql-no-public-ip.md) |" in rows
    unseen = controls()["cis-gcp-4.0:1.3"]
    assert f"| 1.3 | {unseen.title} | cannot be seen: {unseen.unseen} |" in rows
    assert f"| 5.1 | {controls()['cis-gcp-4.0:5.1'].title} | none yet |" in rows
    both = [row for row in rows if "(firewall-rdp-not-public.md), [firewall-ssh-not" in row]
    assert both
    assert all(row.endswith(".md) |") for row in both)
