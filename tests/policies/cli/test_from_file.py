"""`--from` of `apex cost` and `apex baseline`: a file of another tool in the program's place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.policies.judged import Apex, write
from tests.policies.sources.plan.plans import Item, plan
from tests.policies.sources.previews.files import digest, events, step
from tests.policies.state_files import FIREWALL, OPEN

DISK = {"size": 100, "zone": "us-central1-a", "name": "d"}
OPEN_PLAN = {"name": "x", "allow": [{"protocol": "tcp"}], "source_ranges": ["0.0.0.0/0"]}
FILES = {
    "preview.json": json.dumps(
        digest(step("gcp:compute/disk:Disk", "data", DISK), step(FIREWALL, "open", OPEN))
    ),
    "events.json": "\n".join(
        map(
            json.dumps,
            events(step("gcp:compute/disk:Disk", "data", DISK), step(FIREWALL, "open", OPEN)),
        )
    ),
    "plan.json": json.dumps(
        plan(
            Item("google_compute_disk.data", DISK), Item("google_compute_firewall.open", OPEN_PLAN)
        )
    ),
}
EVERY = pytest.mark.parametrize("name", FILES)


@EVERY
def test_the_cost_of_what_is_foreseen(apex: Apex, tmp_path: Path, name: str) -> None:
    write(tmp_path, {**FILES, "policy-pack.yaml": "cost: {budget: 3}\n"})
    given = ["--from", name, "--settings", "policy-pack.yaml"]
    done = apex(tmp_path, "cost", *given, "--format", "json").expect(5)
    document = json.loads(done.out)
    assert document["monthly"]["expected"] == "4"
    write(tmp_path, {"base.json": done.out})
    apex(tmp_path, "cost", *given, "--against", "base.json").expect(
        5, ", stack dev: US dollars a month\n", "over the budget of 3.00"
    )
    apex.preview(tmp_path, "--from", name, "--settings", "policy-pack.yaml").expect(
        1, "cost: 4.00 USD a month expected"
    )


@EVERY
def test_what_is_foreseen_is_recorded(apex: Apex, tmp_path: Path, name: str) -> None:
    write(tmp_path, {**FILES, "policy-pack.yaml": "{}\n"})
    given = ["--from", name, "--settings", "policy-pack.yaml"]
    apex.preview(tmp_path, *given).expect(1)
    apex.writing(tmp_path, "baseline", "create", *given).expect(
        0, "  critical: firewall-no-all-ports-from-anywhere on ", "recorded 1 finding of dev"
    )
    apex.preview(tmp_path, *given).expect(0, "known: 1 finding that the baseline records\n")
    apex(tmp_path, "baseline", "check", *given).expect(0, "1 finding of dev")
    write(tmp_path, {"none.json": json.dumps(plan() if name == "plan.json" else digest())})
    gone = ["--from", "none.json", "--settings", "policy-pack.yaml"]
    apex(tmp_path, "baseline", "check", *gone).expect(1, "no longer occurs: firewall-no-all-")
    apex.writing(tmp_path, "baseline", "update", *gone).expect(0, "0 findings of dev")


def test_of_a_part_nothing_is_said(apex: Apex, tmp_path: Path) -> None:
    part = digest(step(FIREWALL, "open", OPEN), changeSummary={"same": 2, "create": 1})
    write(tmp_path, {"part.json": json.dumps(part)})
    apex(tmp_path, "cost", "--from", "part.json").expect_only(
        3, "part.json: does not tell everything", "2 resources that the update leaves as it is"
    )
    apex(tmp_path, "baseline", "create", "--from", "part.json").expect_only(
        3, "not everything that would be deployed was seen, so nothing is recorded"
    )


@pytest.mark.parametrize("command", [("cost",), ("baseline", "create"), ("baseline", "check")])
def test_names_that_are_not_the_files(apex: Apex, tmp_path: Path, command: tuple[str, ...]) -> None:
    write(tmp_path, FILES)
    apex(tmp_path, *command, "--from", "preview.json", "--stack", "x").expect_only(
        2, "preview.json: is of dev, not of x (--stack)"
    )
    apex(tmp_path, *command, "--project", "x").expect_only(2, "--project: is for --from")
