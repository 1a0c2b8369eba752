"""An estimate as a document, and what differs between two."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.cost import (
    Amounts,
    FixedLine,
    StackCost,
    Usage,
    estimate,
    packaged_prices,
)
from apex_guardrails.cost.difference import Difference, DifferenceKind, find_differences
from apex_guardrails.cost.document import (
    CostDocument,
    Figures,
    PricedEntry,
    format_plain,
    make_document,
    read_document,
)
from apex_guardrails.cost.reasons import find_reasons
from apex_guardrails.judgement.texts import Texts
from apex_guardrails.model import UNKNOWN, case
from apex_guardrails.model.case import CaseResource
from apex_guardrails.support.errors import UsageError
from tests.policies.cost.stacks import IDLE, cost_of, stack_of

DISK = "gcp:compute/disk:Disk"


def disk(name: str, gib: int) -> CaseResource:
    return case.resource(DISK, name, size=gib, zone="us-central1-a")


def documented(cost: StackCost, stack: str = "case") -> CostDocument:
    return make_document(cost, "cases", stack, {})


def sized(*resources: CaseResource, **figures: Any) -> CostDocument:
    """An estimate with the inputs that decide it, as every report has it."""
    stack = stack_of(*resources)
    usage = Usage.model_validate({**IDLE.given(), **figures})
    return Texts(str, Path()).cost(estimate(stack, packaged_prices(), usage), stack)


def why(before: CostDocument, after: CostDocument) -> dict[str, tuple[str, ...]]:
    return {item.name: item.reasons for item in find_differences(before, after)}


def changes(before: StackCost, after: StackCost) -> list[tuple[str, str, Decimal]]:
    return [
        (item.change, item.name, item.monthly.expected)
        for item in find_differences(documented(before), documented(after))
    ]


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "0"), ("10", "10"), ("1.50", "1.5"), ("100.00", "100"), ("1E-8", "0.00000001")],
)
def test_an_amount_is_written_plainly(amount: str, text: str) -> None:
    assert format_plain(Decimal(amount)) == text


def test_what_is_written_is_read_back_exactly(tmp_path: Path) -> None:
    stack = stack_of(
        disk("data", 7),
        case.resource("gcp:spanner/instance:Instance", "spanner"),
        case.resource("gcp:compute/network:Network", "vpc"),
    )
    cost = estimate(
        stack, packaged_prices(), IDLE, [FixedLine("Temporal", Amounts.of("100.333333333333"))]
    )
    written = documented(cost)
    path = tmp_path / "base.json"
    path.write_text(written.text(), "utf-8")

    assert read_document(path) == written
    # A judgement holds one, too.
    path.write_text(json.dumps({"verdict": "allowed", "cost": json.loads(written.text())}), "utf-8")
    assert read_document(path) == written
    path.write_text('{"verdict": "incomplete", "cost": null}', "utf-8")
    with pytest.raises(UsageError, match=r"base\.json: is a judgement without a cost"):
        read_document(path)
    content = json.loads(written.text())
    assert content["monthly"]["expected"] == "100.613333333333"
    assert content["resources"][0]["components"][0]["usd"] == "0.04"
    assert content["resources"][1]["unpriced"] == [
        "there is no price for the type gcp:spanner/instance:Instance"
    ]
    assert content["free"] == ["urn:pulumi:case::cases::gcp:compute/network:Network::vpc"]


def test_the_same_stack_differs_in_nothing() -> None:
    cost = cost_of(disk("data", 10))

    assert changes(cost, cost) == []


def test_what_is_new_gone_and_changed() -> None:
    before = cost_of(disk("same", 10), disk("gone", 20), disk("grown", 30))
    after = cost_of(disk("same", 10), disk("new", 40), disk("grown", 130))

    assert sorted(changes(before, after)) == [
        (DifferenceKind.CHANGED, "grown", Decimal("4.00")),
        (DifferenceKind.GONE, "gone", Decimal("-0.80")),
        (DifferenceKind.NEW, "new", Decimal("1.60")),
    ]


def test_a_resource_that_loses_its_price_has_changed() -> None:
    before = cost_of(disk("data", 10))
    after = cost_of(case.resource(DISK, "data", size=10, zone="mars-north1-a"))

    found = find_differences(documented(before), documented(after))
    assert [(item.change, item.unpriced) for item in found] == [(DifferenceKind.CHANGED, True)]


MACHINE = "gcp:compute/instance:Instance"


def boot(gib: int) -> dict[str, Any]:
    return {"initializeParams": {"size": gib}}


def machine(name: str, **inputs: Any) -> CaseResource:
    return case.resource(MACHINE, name, **{"zone": "us-central1-a", **inputs})


@pytest.mark.parametrize(
    ("before", "after", "reasons"),
    [
        (
            {"machineType": "e2-small"},
            {"machineType": "zones/us-central1-a/machineTypes/e2-standard-2"},
            ("machine type from e2-small to e2-standard-2",),
        ),
        (
            {"machineType": "e2-standard-2"},
            {"machineType": "e2-standard-2", "scheduling": {"provisioningModel": "SPOT"}},
            ("provisioning model set to SPOT",),
        ),
        (
            {"machineType": "e2-standard-2", "scheduling": {"preemptible": True}},
            {"machineType": "e2-standard-2", "scratchDisks": [{}, {}]},
            ("preemptible no longer set, was yes", "local SSDs set to 2"),
        ),
        (
            {"machineType": "e2-standard-2", "bootDisk": {"initializeParams": {"size": 20.0}}},
            {"machineType": "e2-standard-2", "bootDisk": {"initializeParams": {"size": 50}}},
            ("boot disk size from 20 to 50",),
        ),
    ],
)
def test_the_inputs_that_made_the_cost_another_one_are_named(
    before: dict[str, Any], after: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    old, new = sized(machine("vm", **before)), sized(machine("vm", **after))

    found = why(old, new)["vm"]
    assert tuple(sorted(found)) == tuple(sorted(reasons))


def test_a_groups_reasons_are_its_templates_and_its_autoscalers() -> None:
    def group(machine_type: str, most: int, size: int | None) -> CostDocument:
        template = case.resource(
            "gcp:compute/instanceTemplate:InstanceTemplate",
            "template",
            machineType=machine_type,
            disks=[{"diskSizeGb": 10}],
        )
        manager = case.resource(
            "gcp:compute/instanceGroupManager:InstanceGroupManager",
            "group",
            zone="us-central1-a",
            versions=[{"instanceTemplate": case.output_of("template")}],
            targetSize=size,
        )
        scaler = case.resource(
            "gcp:compute/autoscaler:Autoscaler",
            "scaler",
            zone="us-central1-a",
            target=case.output_of("group"),
            autoscalingPolicy={"minReplicas": 1, "maxReplicas": most},
        )
        return sized(template, manager, *([scaler] if size is None else []))

    assert why(group("e2-small", 2, None), group("e2-medium", 5, None)) == {
        "group": ("machine type from e2-small to e2-medium", "most machines from 2 to 5")
    }
    assert why(group("e2-small", 0, 2), group("e2-small", 0, 4)) == {
        "group": ("machines from 2 to 4",)
    }


def test_what_no_input_explains_is_explained_by_what_is_billed() -> None:
    # As a base that was written before inputs were written down.
    before = documented(cost_of(machine("vm", machineType="e2-small")))
    after = documented(
        cost_of(machine("vm", machineType="e2-standard-4", zone="us-central1-b", scratchDisks=[{}]))
    )
    assert why(before, after)["vm"] == (
        "from e2-small to e2-standard-4",
        "local SSD is new",
        "vCPU from 365 to 2920 vCPU-hour",
        "memory from 1460 to 11680 GiB-hour",
    )
    assert "local SSD is gone" in why(after, before)["vm"]


def test_another_use_and_another_price_are_reasons() -> None:
    vm = machine("vm", machineType="e2-small")
    half = why(sized(vm), sized(vm, active_hours=365))["vm"]
    assert half == (
        "vCPU from 365 to 182.5 vCPU-hour",
        "memory from 1460 to 730 GiB-hour",
    )
    dear = json.loads(sized(disk("data", 10)).text())
    (entry,) = dear["resources"]
    entry["components"][0]["usd"] = "0.08"
    entry["monthly"] = dict.fromkeys(("low", "expected", "high"), "0.8")
    now = CostDocument.model_validate(dear)
    assert why(sized(disk("data", 10)), now) == {
        "data": ("the price of disk from 0.04 to 0.08 USD for each GiB-month",)
    }


def test_a_price_that_is_lost_or_found_is_a_reason() -> None:
    there = sized(disk("data", 10))
    lost = sized(case.resource(DISK, "data", size=10, zone="mars-north1-a"))

    assert why(there, lost)["data"] == (
        "zone from us-central1-a to mars-north1-a",
        "no price any more: there is no price for pd-standard.gib_month in mars-north1",
    )
    assert why(lost, there)["data"][-1] == "all of it has a price now"


def test_the_free_tier_that_another_resource_takes_is_a_reason() -> None:
    secret = "gcp:secretmanager/secretVersion:SecretVersion"

    def secrets(number: int) -> CostDocument:
        return sized(
            *(case.resource(secret, f"s{place}", secret="x") for place in range(number)),
            case.resource(secret, "z", secret="x"),
        )

    assert why(secrets(4), secrets(6))["z"] == (
        "free tier of version from 1 to 0 active version x location",
    )


def test_what_is_not_known_or_not_shown_is_said_to_be_so() -> None:
    odd = machine("vm", machineType=case.secret("e2-small"), desiredStatus="x" * 101)
    unknown = machine("other", machineType=case.UNKNOWN, bootDisk=7)

    found = {item.urn.rpartition("::")[2]: item.sizing for item in sized(odd, unknown).resources}
    assert found["vm"] == {
        "zone": "us-central1-a",
        "machine type": "not shown",
        "status": "not shown",
    }
    assert found["other"] == {
        "zone": "us-central1-a",
        "machine type": "not known before deployment",
    }
    lost = why(
        sized(machine("vm", machineType="e2-small")), sized(machine("vm", machineType=UNKNOWN))
    )
    assert lost["vm"][0] == "machine type from e2-small to not known before deployment"


def test_a_cause_that_no_input_explains_is_told_beside_the_inputs() -> None:
    before = sized(machine("vm", machineType="e2-small", bootDisk=boot(20)), disk("d", 10))
    after = sized(machine("vm", machineType="e2-small", bootDisk=boot(50)), active_hours=365)

    assert why(before, after)["vm"] == (
        "boot disk size from 20 to 50",
        "vCPU from 365 to 182.5 vCPU-hour",
        "memory from 1460 to 730 GiB-hour",
    )
    moved = sized(machine("vm", machineType="e2-small", bootDisk=boot(50), zone="us-east1-b"))
    assert why(before, moved)["vm"][:2] == (
        "zone from us-central1-a to us-east1-b",
        "boot disk size from 20 to 50",
    )
    assert not any("region" in said or "vCPU from" in said for said in why(before, moved)["vm"])


def test_another_place_that_no_input_says_is_told() -> None:
    entry = sized(disk("data", 10)).resources[0]
    moved = entry.components[0].model_copy(update={"region": "us-east1"})
    new = entry.model_copy(
        update={"components": (moved,), "sizing": {**entry.sizing, "size": "11"}}
    )

    assert find_reasons(entry, new) == ("size from 10 to 11", "region from us-central1 to us-east1")


def test_a_small_change_and_one_of_another_case_are_told_with_digits_and_unit() -> None:
    entry = sized(disk("data", 10)).resources[0]

    def of(low: str, expected: str, high: str) -> PricedEntry:
        quantity = Figures(low=Decimal(low), expected=Decimal(expected), high=Decimal(high))
        part = entry.components[0].model_copy(update={"quantity": quantity})
        return entry.model_copy(update={"components": (part,)})

    usual = of("0.001", "0.001", "0.001")
    assert find_reasons(usual, of("0.001", "0.00123456", "0.001")) == (
        "disk from 0.001 to 0.001235 GiB-month",
    )
    assert find_reasons(usual, of("0.001", "0.001", "7")) == (
        "disk from 0.001 to 7 GiB-month in the high case",
    )
    assert find_reasons(usual, of("0", "0.001", "0.001")) == (
        "disk from 0.001 to 0 GiB-month in the low case",
    )
    assert find_reasons(of("1", "1000.0001", "1"), of("1", "1000.0002", "1")) == (
        "disk from 1000.0001 to 1000.0002 GiB-month",
    )


def test_two_inputs_of_a_resource_have_words_of_their_own() -> None:
    service = case.resource(
        "gcp:cloudrunv2/service:Service",
        "api",
        location="us-central1",
        scaling={"minInstanceCount": 3},
        template={"scaling": {"minInstanceCount": 1}, "containers": [{}]},
    )
    found = sized(service).resources[0].sizing
    assert found["fewest instances"] == "1"
    assert found["fewest instances of the service"] == "3"

    template = "gcp:compute/instanceTemplate:InstanceTemplate"
    versions = [{"instanceTemplate": case.output_of(name)} for name in ("old", "new")]
    group = case.resource(
        "gcp:compute/instanceGroupManager:InstanceGroupManager",
        "group",
        zone="us-central1-a",
        versions=versions,
    )
    both = sized(
        case.resource(template, "old", machineType="e2-small"),
        case.resource(template, "new", machineType="e2-medium"),
        group,
    )
    (sizing,) = (item.sizing for item in both.resources if item.urn.endswith("::group"))
    assert sizing["machine type of old"] == "e2-small"
    assert sizing["machine type of new"] == "e2-medium"


def test_many_reasons_are_counted() -> None:
    old = sized(disk("data", 10)).resources[0]
    new = old.model_copy(update={"sizing": {f"input {number}": "1" for number in range(9)}})

    found = find_reasons(old, new)
    assert len(found) == 7
    assert found[-1] == "5 more"


def test_fixed_lines_are_compared_by_name() -> None:
    def fixed(**lines: int) -> CostDocument:
        made = [FixedLine(name, Amounts.of(amount)) for name, amount in lines.items()]
        return documented(StackCost((), tuple(made)))

    found = find_differences(fixed(a=1, b=2, c=3), fixed(b=2, c=4, d=5))
    assert [(item.change, item.name, item.monthly.low) for item in found] == [
        (DifferenceKind.GONE, "a", Decimal(-1)),
        (DifferenceKind.CHANGED, "c", Decimal(1)),
        (DifferenceKind.NEW, "d", Decimal(5)),
    ]


def test_two_stacks_of_a_program_can_be_compared() -> None:
    cost = cost_of(disk("data", 10), log_gib=100)
    text = (
        documented(cost).text().replace(":case::", ":other::").replace("cases-case", "cases-other")
    )
    other = CostDocument.model_validate_json(text).model_copy(update={"stack": "other"})

    assert find_differences(other, documented(cost)) == []


def test_a_difference_is_a_part_of_the_document() -> None:
    entry = Difference(
        DifferenceKind.NEW, "n", DISK, "c", Amounts.of(0), Amounts.of("1.5"), unpriced=False
    ).entry()

    assert entry["change"] == "new"
    assert entry["after"] == {"low": "1.5", "expected": "1.5", "high": "1.5"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not valid JSON"),
        ("[]", "expected keys and values"),
        ("{}", "project: is missing"),
        ('{"version": 2}', "version: expected 1"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_something_else_is_no_document(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "base.json"
    path.write_text(content, "utf-8")

    with pytest.raises(UsageError, match=message) as caught:
        read_document(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "`apex cost --format json` writes such a file" in str(caught.value)


def test_a_document_with_amounts_that_cannot_be_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    content = json.loads(documented(cost_of(disk("data", 10))).text())
    content["monthly"]["low"] = "NaN"
    path.write_text(json.dumps(content), "utf-8")

    with pytest.raises(UsageError, match=r"monthly\.low: expected a finite number"):
        read_document(path)


def test_a_missing_document_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"base\.json: the file does not exist"):
        read_document(tmp_path / "base.json")
