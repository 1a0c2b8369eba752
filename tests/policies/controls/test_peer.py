"""Other tools' checks: the files about them, the record of what is covered, and the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from apex_guardrails.controls import Peer, PeerCheck, State, lost, peers, recorded
from apex_guardrails.controls.peer import grown
from apex_guardrails.model import Rule
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.rules import all_rules
from apex_guardrails.support.errors import PackError, UsageError
from scripts import peers as page_of_peers

RULES = {rule.id: rule for rule in all_rules()}
HEAD = 'name: N\nversion: "1"\nsource: https://example.com\n'


@pytest.fixture(scope="module")
def now() -> list[Peer]:
    return peers(known_rules())


def test_the_tools_are_these_and_each_is_known_by_its_source(now: list[Peer]) -> None:
    assert [peer.id for peer in now] == ["checkov", "prowler", "pulumi-packs", "trivy"]
    assert all(peer.source.startswith("https://") for peer in now)


def test_every_check_that_a_rules_file_names_is_listed(now: list[Peer]) -> None:
    listed = {f"{peer.id}:{check.id}" for peer in now for check in peer.checks}
    tools = {peer.id for peer in now}
    named = {control for rule in RULES.values() for control in rule.controls}
    assert {name for name in named if name.partition(":")[0] in tools} <= listed


def test_what_checkov_and_trivy_look_at_is_covered_or_has_a_reason(now: list[Peer]) -> None:
    still_open = {peer.id: peer.counts[State.OPEN] for peer in now}
    assert (still_open["checkov"], still_open["trivy"]) == (0, 0)


def test_nothing_that_was_covered_is_lost(now: list[Peer]) -> None:
    assert list(lost(now, recorded())) == []


def test_what_is_covered_is_recorded(now: list[Peer]) -> None:
    assert grown(now, recorded()) == recorded(), "run `make generated`"


def test_the_page_is_current(now: list[Peer]) -> None:
    assert page_of_peers.PAGE.read_text("utf-8") == page_of_peers.page(now), "run `make generated`"


def test_a_rule_that_goes_is_a_check_that_is_lost(now: list[Peer]) -> None:
    rule = RULES["compute-no-serial-port"]
    [trivy] = [peer for peer in now if peer.id == "trivy"]
    [check] = [check for check in trivy.checks if rule.id in check.rules]
    without = replace(trivy, checks=[replace(check, rules=())])
    found = list(lost([without], {"trivy": [check.id], "gone": ["X-1"]}))
    assert found == [
        "trivy: GCP-0032 was covered, and no rule is about it any more",
        "gone: X-1 was covered, and no rule is about it any more",
    ]
    # Nor does the record forget it.
    assert grown([without], {"trivy": [check.id]}) == {"trivy": [check.id]}


def read(folder: Path, text: str, *rules: Rule) -> Peer:
    (folder / "tool.yaml").write_text(HEAD + text, "utf-8")
    [peer] = peers(rules, folder)
    return peer


def test_a_check_is_covered_left_out_or_open(tmp_path: Path) -> None:
    one, two = RULES["sql-no-public-ip"], RULES["sql-ssl-enforced"]
    naming = replace(one, controls=("tool:A", "other:B"))
    peer = read(
        tmp_path,
        "checks: {A: first, B: second, C: third}\n"
        "rules: {A: [sql-ssl-enforced]}\nleft_out: [{why: it is gone, checks: [C]}]",
        naming,
        two,
    )
    assert peer.checks == (
        PeerCheck("A", "first", ("sql-no-public-ip", "sql-ssl-enforced"), ""),
        PeerCheck("B", "second", (), ""),
        PeerCheck("C", "third", (), "it is gone"),
    )
    assert [check.state for check in peer.checks] == [State.COVERED, State.OPEN, State.LEFT_OUT]
    assert peer.counts == {State.COVERED: 1, State.OPEN: 1, State.LEFT_OUT: 1}
    assert peer.covered == {"A"}


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("checks: [A]\nrules: {B: [sql-no-public-ip]}", PackError, "rules: there is no check B"),
        ("checks: [A]\nleft_out: [{why: w, checks: [B]}]", PackError, "there is no check B"),
        (
            "checks: [A]\nrules: {A: [sql-no-public]}",
            PackError,
            'rules.A: there is no rule sql-no-public, did you mean "sql-no-public-ip"?',
        ),
        (
            "checks: [A]\nrules: {A: [sql-no-public-ip]}\nleft_out: [{why: w, checks: [A]}]",
            PackError,
            "left_out: A is covered by sql-no-public-ip",
        ),
        ("checks: [A]\nunseen: []", UsageError, "unknown key"),
    ],
)
def test_a_file_that_is_wrong_is_told(
    tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=r"tool\.yaml") as caught:
        read(tmp_path, text, RULES["sql-no-public-ip"])
    assert message in str(caught.value)
