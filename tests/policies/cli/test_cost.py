"""`apex cost`: the table, the JSON, the comparison, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import apex_guardrails.runs.preview
from apex_guardrails.model import Stack, Violation
from apex_guardrails.rules import all_rules
from tests.policies.judged import GCP, RAW, SOON, Apex, judged, write
from tests.policies.state_files import exported, resource, root, written

DISKS = (
    RAW
    + """
    Raw("data", "gcp:compute/disk:Disk", {"size": 100, "zone": "us-central1-a"})
    Raw("vpc", "gcp:compute/network:Network", {})
    Raw("spanner", "gcp:spanner/instance:Instance", {"config": "c", "displayName": "d"})
"""
)
INPUTS = {"size": 100, "zone": "us-central1-a"}
SETTINGS = """
    cost:
      budget: 30
      usage: {log_gib: 10}
      fixed: {Grafana: 19}
"""


def test_the_table_shows_each_resource_and_what_it_rests_on(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path, DISKS, files={"policy-pack.yaml": SETTINGS})

    outcome = apex(folder, "cost").expect(
        1,
        "judged, stack dev: US dollars a month\n",
        "unpriced, and not in the total: 1\n",
        "  gcp:spanner/instance:Instance spanner: there is no price for the type ",
        "  log_gib: 10  GiB of the stack's other logs.\n",
        "free: 1 resources cost nothing, whatever their use\n",
        "dev costs 23.00 USD a month, between 23.00 and 23.00\n"
        "  cannot be decided before deployment: no full price for 1 of its "
        "resources (spanner), which are not in the total; the rest costs 23.00, and the budget "
        "is 30.00 "
        "(cost-within-budget, mandatory)\n",
    )
    rows = [line.split() for line in outcome.out.splitlines()]
    assert ["(no", "component)", "data", "compute.Disk", "4.00", "4.00", "4.00"] in rows
    assert ["(paid", "elsewhere)", "Grafana", "19.00", "19.00", "19.00"] in rows
    assert ["total", "23.00", "23.00", "23.00"] in rows
    assert outcome.err == ""


def test_a_stack_over_its_budget_is_said_to_be(apex: Apex, tmp_path: Path) -> None:
    settings = SETTINGS.replace("30", "20")
    folder = judged(tmp_path, DISKS, files={"policy-pack.yaml": settings})

    apex(folder, "cost").expect(
        5,
        "dev costs 23.00 USD a month, between 23.00 and 23.00\n"
        "  the expected cost is 3.00 over the budget of 20.00; most of it: data 4.00 "
        "(cost-within-budget, mandatory)\n",
    )
    apex(folder, "cost", "--format", "json").expect(5, '"expected": "23"')


def test_a_stack_within_its_budget_is_said_to_be(apex: Apex, tmp_path: Path) -> None:
    priced = DISKS[: DISKS.index('    Raw("spanner"')]
    folder = judged(tmp_path, priced, files={"policy-pack.yaml": SETTINGS})
    apex(folder, "cost").expect(
        0,
        "dev costs 23.00 USD a month, between 23.00 and 23.00; "
        "the expected cost is within the budget of 30.00\n",
    )


def test_json_can_be_compared_with(apex: Apex, tmp_path: Path) -> None:
    before = judged(tmp_path / "before", DISKS)
    after = judged(tmp_path / "after", DISKS.replace("100", "200"))
    base = apex(before, "cost", "--format", "json").expect(0).out
    content = json.loads(base)
    assert content["differences"] is None
    assert content["monthly"]["expected"] == "4"
    write(tmp_path, {"base.json": base})

    outcome = apex(after, "cost", "--against", str(tmp_path / "base.json")).expect(
        0, "against judged, stack dev:\n"
    )
    rows = [line.split() for line in outcome.out.splitlines()]
    assert ["changed", "data", "compute.Disk", "+4.00", "+4.00", "+4.00"] in rows
    assert "\nwhy:\n  data: size from 100 to 200\n" in outcome.out

    same = apex(before, "cost", "--against", str(tmp_path / "base.json"))
    same.expect(0, "  nothing differs\n")
    compared = apex(after, "cost", "--format", "json", "--against", str(tmp_path / "base.json"))
    (change,) = json.loads(compared.out)["differences"]
    assert (change["change"], change["name"], change["after"]["low"]) == ("changed", "data", "8")
    assert change["reasons"] == ["size from 100 to 200"]


def test_many_resources_of_a_type_are_one_row(apex: Apex, tmp_path: Path) -> None:
    program = RAW + "".join(
        f'    Raw("data-{number}", "gcp:compute/disk:Disk", {INPUTS})\n' for number in range(4)
    )

    outcome = apex(judged(tmp_path, program), "cost").expect(0, "(4 resources)")
    rows = [line.split() for line in outcome.out.splitlines()]
    assert [
        "(no",
        "component)",
        "(4",
        "resources)",
        "compute.Disk",
        "16.00",
        "16.00",
        "16.00",
    ] in rows


def test_the_cost_of_a_program_that_fails_is_not_shown(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path, DISKS + "    raise SystemError('half way')\n")

    outcome = apex(folder, "cost").expect(3, "the program failed, so no cost is shown", "half way")
    assert outcome.out == ""


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (("--against", "nothing.json"), "", "nothing.json: the file does not exist"),
        (("--against", "policy-pack.yaml"), "", "policy-pack.yaml: not valid JSON"),
        ((), "cost: {budget: -1}", "policy-pack.yaml:1: cost.budget: expected at least"),
    ],
)
def test_what_is_not_valid_is_refused_before_anything_is_run(
    apex: Apex, tmp_path: Path, arguments: tuple[str, ...], settings: str, message: str
) -> None:
    folder = judged(tmp_path, "raise SystemError", files={"policy-pack.yaml": settings})

    apex(folder, "cost", *arguments).expect_only(2, message)


def test_secrets_are_not_shown(apex: Apex, tmp_path: Path) -> None:
    program = RAW + (
        '    key = pulumi.Config().require("key")\n'
        '    Raw(f"disk-{key}", "gcp:compute/disk:Disk", {"size": 1, "zone": "us-central1-a"})\n'
    )
    project = "config:\n  key:\n    type: string\n    secret: true\n"
    folder = judged(tmp_path, program, project=project)

    # What must hold for every run is that no stand-in of a secret is shown.
    apex(folder, "cost").expect(0, "disk-")
    apex(folder, "cost", "--format", "json").expect(0, "disk-")


def test_a_limit_is_enforced_as_the_rule_s_settings_say(apex: Apex, tmp_path: Path) -> None:
    limits = "cost: {budget: 3, max_share: 0.5, machine_types: [e2-small]}\n"
    over = "the expected cost is 1.00 over the budget of 3.00; most of it: data 4.00"
    folder = judged(tmp_path, DISKS, files={"policy-pack.yaml": limits})
    apex(folder, "cost").expect(
        5,
        f"  {over} (cost-within-budget, mandatory)\n",
        "  data: has 100% of the expected cost, but at most 50% is allowed "
        "(cost-share-within-limit, mandatory)\n",
    )

    rules = "rules: {cost-within-budget: advisory, cost-share-within-limit: disabled}\n"
    write(folder, {"policy-pack.yaml": limits + rules})
    outcome = apex(folder, "cost").expect(0, f"  {over} (cost-within-budget, advisory)\n")
    assert "cost-share" not in outcome.out

    waiver = f"reason: It is a test., owner: team, expires: {SOON}"
    waivers = "".join(
        f"  - {{policy: {rule}, resource: {resource}, {waiver}}}\n"
        for rule, resource in (
            ("cost-within-budget", "judged-dev"),
            ("cost-share-within-limit", "data"),
        )
    )
    write(folder, {"policy-pack.yaml": f"{limits}waivers:\n{waivers}"})
    apex(folder, "cost").expect(0, f"  {over} (cost-within-budget, waived by team until {SOON})\n")


def test_an_increase_over_its_limit_is_said(apex: Apex, tmp_path: Path) -> None:
    before = judged(tmp_path / "before", DISKS)
    limits = {"policy-pack.yaml": "cost: {max_increase: 3}"}
    after = judged(tmp_path / "after", DISKS.replace("100", "200"), files=limits)
    base = write(tmp_path, {"base.json": apex(before, "cost", "--format", "json").out})

    apex(after, "cost").expect(0)
    apex(after, "cost", "--against", str(base / "base.json")).expect(
        5, "the expected cost rises by 4.00, but only 3.00 is allowed (cost-increase-within-limit"
    )
    outcome = apex(after, "preview", "--cost-base", str(base / "base.json")).expect(
        5,
        "the expected cost rises by 4.00, but only 3.00 is allowed\n",
        "note: the cost is +4.00 USD a month against the base, stack dev of judged\n",
    )
    assert "another stack" not in outcome.said
    write(after, {"Pulumi.prod.yaml": GCP})
    apex(after, "preview", "--stack", "prod", "--cost-base", str(base / "base.json")).expect(
        5, "note: the base of the cost is another stack's: stack dev of judged\n"
    )
    apex(after, "preview", "--cost-base", "none.json").expect_only(
        2, "none.json: the file does not exist"
    )


def test_the_base_may_be_named_in_the_settings(apex: Apex, tmp_path: Path) -> None:
    limits = "stacks: {dev: {cost: {usage: {log_gib: 0}, max_increase: 3, base: costs/dev.json}}}"
    folder = judged(tmp_path / "judged", DISKS, files={"policy-pack.yaml": limits})
    apex(folder, "preview").expect_only(2, "costs/dev.json: the file does not exist")

    # The command that writes the base does without.
    base = apex(folder, "cost", "--format", "json").expect(0).out
    write(folder, {"costs/dev.json": base, "__main__.py": DISKS.replace("100", "1000")})
    rises = "the expected cost rises by 36.00, but only 3.00 is allowed\n"
    apex(folder, "preview").expect(5, rises)
    inputs = {"size": 1000, "zone": "us-central1-a"}
    written(tmp_path / "dev.json", exported(root(), resource("gcp:compute/disk:Disk", "d", inputs)))
    apex(folder, "audit", "../dev.json").expect(5, rises)
    # What is asked for counts before it.
    write(tmp_path, {"other.json": base.replace('"4"', '"40"')})
    apex(folder, "preview", "--cost-base", "../other.json").expect(0)
    apex(folder, "audit", "../dev.json", "--cost-base", "../other.json").expect(0)

    write(folder, {"costs/dev.json": "{"})
    apex(folder, "preview").expect_only(2, "costs/dev.json: not valid JSON")
    apex(folder, "audit", "../dev.json").expect_only(2, "costs/dev.json: not valid JSON")
    (folder / "costs/dev.json").unlink()
    (folder / "costs/dev.json").symlink_to(tmp_path / "other.json")
    apex(folder, "preview").expect_only(2, "costs/dev.json: is outside the project; cost.base")
    apex(folder, "audit", "-", "../dev.json", "--cost-base", "b").expect_only(2, "is of one stack")


@pytest.mark.usefixtures("unproven")
def test_a_rule_that_raises_is_no_verdict(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Stack) -> Iterator[Violation]:
        raise ZeroDivisionError

    rules = [
        replace(rule, check=broken) if rule.id == "cost-within-budget" else rule
        for rule in all_rules()
    ]
    monkeypatch.setattr(apex_guardrails.runs.preview, "known_rules", lambda: rules)
    folder = judged(tmp_path, DISKS, files={"policy-pack.yaml": SETTINGS})

    outcome = apex(folder, "cost").expect(4, "the rule cost-within-budget raised:")
    assert outcome.out == ""


def test_savings_and_the_billing_currency_are_shown_where_settings_ask_for_them(
    apex: Apex, tmp_path: Path
) -> None:
    program = (
        RAW
        + f"""
    Raw("data", "gcp:compute/disk:Disk", {INPUTS})
"""
    )
    asked = "cost: {savings: true, currency: {code: EUR, rate: 0.5}, usage: {log_gib: 0}}"
    folder = judged(tmp_path / "a", program, files={"policy-pack.yaml": asked})
    plainly = {"policy-pack.yaml": "cost: {usage: {log_gib: 0}}"}
    before = judged(tmp_path / "b", program.replace("100", "50"), files=plainly)
    base = apex(before, "cost", "--format", "json").expect(0).out
    write(tmp_path, {"base.json": base})

    outcome = apex(folder, "cost", "--against", str(tmp_path / "base.json")).expect(
        0,
        "could cost less, each by itself; US dollars a month expected:\n"
        "  -4.00  data: nothing in the stack attaches the disk: keep a snapshot of it, and delete "
        "it (-2.00 EUR, converted)\n",
        "note: amounts in EUR are converted at 0.5 EUR for a US dollar (cost.currency)\n",
        "dev costs 4.00 USD a month, between 4.00 and 4.00; no budget is set\n"
        "  2.00 EUR a month (2.00 to 2.00), converted at 0.5 EUR for a US dollar\n",
    )
    rows = [line.split() for line in outcome.out.splitlines()]
    assert ["total", "in", "EUR,", "converted", "2.00", "2.00", "2.00"] in rows
    assert ["total", "in", "EUR,", "converted", "+1.00", "+1.00", "+1.00"] in rows
    apex(folder, "preview").expect(0, "  2.00 EUR a month (2.00 to 2.00), converted at 0.5 EUR")

    # Neither is there unless it is asked for.
    plain = apex(before, "cost").expect(0).out
    assert "could cost less" not in plain
    assert "converted" not in plain


def test_an_empty_program_costs_nothing_and_that_is_said(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path, "import pulumi\n")

    outcome = apex(folder, "cost").expect(
        0,
        "  there is nothing that costs anything\n",
        "dev has no resources, so it costs nothing; no budget is set\n",
    )
    assert "total" not in outcome.out
    assert json.loads(apex(folder, "cost", "--format", "json").out)["monthly"]["high"] == "0"
