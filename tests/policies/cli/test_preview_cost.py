"""`apex preview`: what the stack would cost, and whether it may."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policies.judged import RAW, SOON, Apex, judged, write

DISKS = (
    RAW
    + """
    Raw("data", "gcp:compute/disk:Disk", {"size": 100, "zone": "us-central1-a"})
    Raw("vm", "gcp:compute/instance:Instance", {
        "machineType": "n2-standard-8", "zone": "us-central1-a", "bootDisk": {},
        "networkInterfaces": [{"network": "vpc"}],
    })
    Raw("spanner", "gcp:spanner/instance:Instance", {"config": "c", "displayName": "d"})
"""
)
DISK = RAW + '\n    Raw("data", "gcp:compute/disk:Disk", {"size": 100, "zone": "us-central1-a"})\n'
OPEN = """
    Raw("open", "gcp:compute/firewall:Firewall", {
        "network": "vpc", "allows": [{"protocol": "tcp"}], "sourceRanges": ["0.0.0.0/0"],
    })
"""
FIXED = "fixed: {T: {low: 1, expected: 2, high: 9}}"
IDLE = "usage: {log_gib: 0}"


@pytest.mark.parametrize(
    ("cost", "shown"),
    [
        (IDLE, "4.00 USD a month expected (4.00 to 4.00), no budget, 0 unpriced"),
        (f"{IDLE}, budget: 4", "4.00 USD a month expected (4.00 to 4.00), budget 4.00, 0 unpriced"),
        (
            f"{IDLE}, budget: 9, counts: low, {FIXED}",
            "6.00 USD a month expected (5.00 to 13.00), budget 9.00 for the low figure, 0 unpriced",
        ),
    ],
)
def test_the_cost_is_shown_below_what_would_be_deployed(
    apex: Apex, tmp_path: Path, cost: str, shown: str
) -> None:
    settings = {"policy-pack.yaml": f"cost: {{{cost}}}"}
    outcome = apex.preview(judged(tmp_path, DISK, files=settings)).expect(0, f"\ncost: {shown}\n")

    lines = outcome.out.splitlines()
    assert lines.index(f"cost: {shown}") < lines.index(f"{lines[-1]}")
    assert lines[lines.index(f"cost: {shown}") - 1] == "1 resource of 1 type"


def test_a_stack_over_its_budget_may_not_be_deployed(apex: Apex, tmp_path: Path) -> None:
    settings = f"cost: {{{IDLE}, budget: 3.5}}"
    folder = judged(tmp_path, DISK, files={"policy-pack.yaml": settings})

    outcome = apex.preview(folder).expect(
        5,
        "medium violation: The stack's monthly cost is within its budget\n"
        "  pulumi:pulumi:Stack judged-dev\n"
        "  the expected cost is 0.50 over the budget of 3.50; most of it: data 4.00\n"
        "  why: ",
        "  rule: cost-within-budget\n",
    )
    assert outcome.out.splitlines()[-1].startswith("dev may not be deployed: 1 mandatory finding (")


def test_each_limit_is_a_rule(apex: Apex, tmp_path: Path) -> None:
    limits = "max_unpriced: 0, max_share: 0.9, machine_types: [e2-*]"
    folder = judged(tmp_path, DISKS, files={"policy-pack.yaml": f"cost: {{{limits}}}"})

    outcome = apex.preview(folder).expect(
        5,
        " has no full price for 1 of its resources (spanner); the limit is 0",
        "  __main__.py:9\n  gcp:compute/instance:Instance vm\n  has 9",
        "% of the expected cost, but at most 90% is allowed\n",
        "  __main__.py:9 (set at __main__.py:10)\n  gcp:compute/instance:Instance vm\n"
        "  n2-standard-8 is not an allowed machine type for this stack (machineType)\n",
    )
    assert "rule: cost-within-budget" not in outcome.out


def test_what_else_is_wrong_comes_before_the_cost(apex: Apex, tmp_path: Path) -> None:
    over = f"cost: {{{IDLE}, budget: 1}}\n"
    folder = judged(tmp_path, DISK, files={"policy-pack.yaml": over})
    apex.preview(folder).expect(5, "rule: cost-within-budget")

    write(folder, {"__main__.py": DISK + OPEN})
    apex.preview(folder).expect(1, "rule: cost-within-budget", "rule: firewall-no-all-ports")
    write(folder, {"policy-pack.yaml": over + "services: {firewall: advisory}\n"})
    apex.preview(folder).expect(5, "rule: firewall-no-all-ports")

    write(folder, {"__main__.py": DISK + "    raise SystemError('half way')\n"})
    outcome = apex.preview(folder).expect(3, "half way")
    # Of a part of a stack no cost is shown.
    assert "\ncost: " not in outcome.out

    write(folder, {"policy-pack.yaml": "cost: {budget: -1}\n"})
    apex.preview(folder).expect_only(2, "policy-pack.yaml:1: cost.budget: ")


def test_the_rules_are_enforced_as_settings_and_waivers_say(apex: Apex, tmp_path: Path) -> None:
    over = f"cost: {{{IDLE}, budget: 1}}\n"
    waiver = (
        "{policy: cost-within-budget, resource: judged-dev, reason: It is a test., owner: team, "
    )
    folder = judged(tmp_path, DISK)
    for settings, code, shown in (
        ("rules: {cost-within-budget: advisory}\n", 0, "medium violation, advice: The stack's"),
        ("services: {cost: disabled}\n", 0, "may be deployed"),
        (f"waivers: [{waiver}expires: {SOON}}}]\n", 0, "1 waived"),
        (f"waivers: [{waiver}expires: 2020-12-31}}]\n", 5, "expired on 2020-12-31"),
        ("stacks: {dev: {cost: {budget: 4}}}\n", 0, "may be deployed"),
    ):
        write(folder, {"policy-pack.yaml": over + settings})
        apex.preview(folder).expect(code, shown)


def test_a_budget_is_undecided_where_something_has_no_price(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path, DISKS, files={"policy-pack.yaml": "cost: {budget: 10000}\n"})
    apex.preview(folder).expect(
        1,
        "medium undecided: The stack's monthly cost is within its budget\n",
        "  cannot be decided before deployment: no full price for 1 of its "
        "resources (spanner), which are not in the total; the rest costs ",
        "  fix: Give the estimate what it needs, or a price (apex cost says what is missing), or "
        "set the rule's `undecided` level in policy-pack.yaml.\n",
        "dev may not be deployed: 1 mandatory finding (",
    )
    write(
        folder,
        {
            "policy-pack.yaml": "cost: {budget: 10000}\n"
            "rules: {cost-within-budget: {undecided: advisory}}\n"
        },
    )
    apex.preview(folder).expect(0, "medium undecided, advice: The stack's monthly cost")
    # A limit that is exceeded is one, whatever else cannot be told.
    write(folder, {"policy-pack.yaml": "cost: {budget: 10000, max_unpriced: 0}\n"})
    apex.preview(folder).expect(5, "rule: cost-unpriced-within-limit", "rule: cost-within-budget")


def test_what_settings_price_at_next_to_nothing_stands_beside_the_cost(
    apex: Apex, tmp_path: Path
) -> None:
    usage = "usage: {resources: {v*: {active_hours: 0.0001}}}"
    settings = f"cost: {{budget: 100, fixed: {{Temporal: 0}}, {usage}}}\n"
    program = DISKS[: DISKS.index('    Raw("spanner"')]
    folder = judged(tmp_path / "program", program, files={"policy-pack.yaml": settings})
    outcome = apex.writing(folder, "preview", "--output-dir", "../out").expect(0)
    lines = outcome.out.splitlines()
    (cost,) = [number for number, line in enumerate(lines) if line.startswith("cost: ")]
    assumed, fixed = lines[cost + 1 : cost + 3]
    assert assumed.startswith("  assumes active_hours 0.0001 of vm, for ")
    assert assumed.endswith(" USD a month by the defaults")
    assert fixed == "  assumes that Temporal, paid elsewhere, costs nothing"
    for file in (tmp_path / "out").iterdir():
        # It has a place for findings alone.
        if file.name == "judged.dev.codequality.json":
            continue
        text = file.read_text("utf-8").replace("&#95;", "_")
        assert "assumes active_hours 0.0001 of vm, for " in text, file.name
        assert "assumes that Temporal, paid elsewhere, costs nothing" in text, file.name
    apex(folder, "cost").expect(0, f" cost is within the budget of 100.00\n{assumed}\n{fixed}\n")


def test_an_empty_stack_has_no_line_about_cost(apex: Apex, tmp_path: Path) -> None:
    outcome = apex.preview(judged(tmp_path)).expect(0)

    assert "cost: " not in outcome.out


def test_a_rule_about_cost_is_explained(apex: Apex, tmp_path: Path) -> None:
    apex(tmp_path, "explain", "cost-within-budget").expect(
        0, "The stack's monthly cost is within its budget.\n", "cost.budget in policy-pack.yaml"
    )
