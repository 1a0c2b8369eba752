"""Whose a stack is, and whose settings count for it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.policies.fleet.backends import backend, checkpoint, put, rows
from tests.policies.judged import SOON, Apex, write
from tests.policies.state_files import resource

pytestmark = pytest.mark.usefixtures("unproven")

BUCKET = "gcp:storage/bucket:Bucket"
OWNERS = """
# The last one that fits counts.
*                    platform
payments-*           payments
*/prod               operations   # whatever project
"""


def labelled(folder: Path, project: str, *teams: str) -> None:
    """A stack with a bucket for each team's label."""
    buckets = [
        resource(
            *(BUCKET, f"b{number}", {"location": "EU", "labels": {"team": team}}),
            _project=project,
        )
        for number, team in enumerate(teams)
    ]
    put(folder, f"{project}/dev.json", json.dumps(checkpoint(project, "dev", *buckets)).encode())


def owners(folder: Path, table: str = "stacks") -> dict[str, str]:
    """The owner of each stack."""
    return dict(rows(folder / "out", table, "project || '/' || stack, owner"))


def test_a_file_of_patterns_says_whose_stacks_are(apex: Apex, tmp_path: Path) -> None:
    backend(tmp_path / "states", "payments-api/dev", "payments-api/prod", "web/dev")
    put(tmp_path / "states", "web/prod.json", b"{")
    (tmp_path / "OWNERS").write_text(OWNERS)
    apex.writing(
        tmp_path, *("fleet", "audit", "states", "--results", "out", "--owners", "OWNERS")
    ).expect(2)
    assert owners(tmp_path) == {
        "payments-api/dev": "payments",
        "payments-api/prod": "operations",
        "web/dev": "platform",
    }
    for table in ("findings", "resources", "controls"):
        assert owners(tmp_path, table).items() <= owners(tmp_path).items()
    assert owners(tmp_path, "errors") == {"web/prod": "operations"}


def test_a_pattern_may_be_of_a_backend(apex: Apex, tmp_path: Path) -> None:
    backend(tmp_path / "a", "shop/dev")
    backend(tmp_path / "b", "web/dev")
    (tmp_path / "OWNERS").write_text(f"* all\n{tmp_path}/a/ research\n")
    apex.writing(tmp_path, *("fleet", "audit", "a", "b", "--results", "out", "--owners", "OWNERS"))
    assert owners(tmp_path) == {"shop/dev": "research", "web/dev": "all"}


def test_a_stacks_tag_counts_before_the_labels_of_its_resources(apex: Apex, tmp_path: Path) -> None:
    states = tmp_path / "states"
    labelled(states, "shop", "shop", "checkout", "shop")
    labelled(states, "web", "frontend")
    labelled(states, "odd", "frontend")
    backend(states, "bare/dev")
    put(states, "web/dev.pulumi-tags", json.dumps({"version": 1, "tags": {"team": "w"}}).encode())
    put(states, "odd/dev.pulumi-tags", b"no tags")
    arguments = ("fleet", "audit", "states", "--results", "out")
    apex.writing(tmp_path, *arguments, "--owner-tag", "team", "--owner-label", "team")
    found = rows(tmp_path / "out", "stacks", "project, owner, owner_from", "ORDER BY ALL")
    assert found == [
        ("bare", "", ""),
        ("odd", "frontend", "label"),
        ("shop", "shop", "label"),
        ("web", "w", "tag"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [("payments-*\n", "OWNERS:1: expected a pattern and one owner"), (None, "cannot be read")],
)
def test_a_file_of_owners_that_is_wrong_is_one_clear_message(
    apex: Apex, tmp_path: Path, text: str | None, said: str
) -> None:
    backend(tmp_path / "states", "shop/dev")
    if text is not None:
        (tmp_path / "OWNERS").write_text(text)
    apex(
        tmp_path, *("fleet", "audit", "states", "--results", "out", "--owners", "OWNERS")
    ).expect_only(2, said)


def test_a_projects_own_settings_count_before_the_fleets(apex: Apex, tmp_path: Path) -> None:
    backend(tmp_path / "states", "shop/dev", "web/dev", "broken/dev")
    rule = "firewall-no-all-ports-from-anywhere"
    write(
        tmp_path,
        {
            "fleet.yaml": f"rules: {{{rule}: disabled}}\n",
            "checkouts/shop/Pulumi.yaml": "name: shop\nruntime: python\n",
            "checkouts/shop/policy-pack.yaml": f"""
            waivers:
            - policy: {rule}
              resource: fw
              reason: It was agreed by the team.
              owner: sec
              expires: {SOON}
            """,
            "checkouts/web/Pulumi.yaml": "name: web\nruntime: python\n",
            "checkouts/broken/Pulumi.yaml": "name: broken\nruntime: python\n",
            "checkouts/broken/policy-pack.yaml": "ruls: {}\n",
        },
    )
    arguments = ("fleet", "audit", "states", "--results", "out", "--settings", "fleet.yaml")
    apex.writing(tmp_path, *arguments, "--checkouts", "checkouts").expect(2, "1 settings")
    results = tmp_path / "out"
    stacks = rows(results, "stacks", "project, settings, settings_file", "ORDER BY ALL")
    own = str(tmp_path / "checkouts/shop/policy-pack.yaml")
    assert [stack[:2] for stack in stacks] == [("shop", "project"), ("web", "fleet")]
    assert Path(stacks[0][2]).name == Path(own).name
    assert rows(results, "waivers", "project, rule, waiver_owner, findings, state") == [
        ("shop", rule, "sec", 1, "used")
    ]
    assert rows(results, "findings", "project, status", f"WHERE rule = '{rule}'") == [
        ("shop", "waived")
    ]
    ((project, kind, message),) = rows(results, "errors", "project, kind, message")
    assert (project, kind) == ("broken", "settings")
    assert "policy-pack.yaml:1" in message


def test_waivers_count_by_the_day_that_is_given(apex: Apex, tmp_path: Path) -> None:
    backend(tmp_path / "states", "shop/dev")
    rule = "firewall-no-all-ports-from-anywhere"
    waiver = {
        "policy": rule,
        "resource": "fw",
        "reason": "It was agreed by the team.",
        "owner": "sec",
        "expires": SOON,
    }
    write(tmp_path, {"fleet.yaml": json.dumps({"waivers": [waiver]})})
    audit = ("fleet", "audit", "states", "--settings", "fleet.yaml", "--results")
    ended = (date.fromisoformat(SOON) + timedelta(days=1)).isoformat()
    for folder, options, status, state in (
        ("now", (), "waived", "used"),
        ("then", ("--date", ended), "open", "expired"),
    ):
        apex.writing(tmp_path, *audit, folder, *options)
        found = rows(tmp_path / folder, "findings", "status", f"WHERE rule = '{rule}'")
        assert found == [(status,)]
        assert rows(tmp_path / folder, "waivers", "state") == [(state,)]
