"""What is said once of labels and regions that no settings ask for."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.model import UNKNOWN, Stack
from apex_guardrails.model.resource import Resource
from apex_guardrails.provider import resource_type
from apex_guardrails.rules import all_rules
from apex_guardrails.settings import SETTINGS_FILE, HouseStyle, load

TODAY = date(2026, 11, 29)

BUCKET, SQL = "gcp:storage/bucket:Bucket", "gcp:sql/databaseInstance:DatabaseInstance"
SERVICE_V1, NETWORK = "gcp:cloudrun/service:Service", "gcp:compute/network:Network"

LABELS = "no labels are required, and {} resources have none (labels-required-keys.keys)"
REGIONS = "any region is allowed for {} (locations-allowed-regions.regions)"
NEXT = "`apex init` writes a policy-pack.yaml to fill in"


def said(tmp_path: Path, content: str, *resources: tuple[str, dict[str, Any]]) -> list[str]:
    stack = Stack("dev", "shop")
    for number, (token, inputs) in enumerate(resources):
        urn = f"urn:pulumi:dev::shop::{token}::r{number}"
        stack.add(Resource(urn, resource_type(token), inputs, stack))
    path = tmp_path / SETTINGS_FILE
    path.write_text(content)
    return HouseStyle(load(path, all_rules(), TODAY), all_rules(), "dev").advice(stack)


def test_what_has_no_label_and_what_may_be_anywhere_is_counted_in_one_line(tmp_path: Path) -> None:
    found = said(
        tmp_path,
        "",
        (BUCKET, {}),
        (BUCKET, {"labels": {"owner": "", "app": None}}),
        (BUCKET, {"labels": {"owner": "team"}}),
        (BUCKET, {"labels": UNKNOWN}),
        (SQL, {"settings": {"userLabels": {"owner": "team"}}}),
        (SQL, {"settings": {}}),
        (SERVICE_V1, {"metadata": {"labels": {"owner": "team"}}}),
        (NETWORK, {}),
    )

    assert found == [f"{LABELS.format('3 of 7')}; {REGIONS.format('7 resources')}; {NEXT}"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("rules: {labels-required-keys: {parameters: {keys: [owner]}}}", "any region is allowed"),
        ("rules: {locations-allowed-regions: disabled}", "no labels are required"),
        ("services: {labels: disabled, locations: disabled}", None),
        ("stacks: {d*: {rules: {labels-required-keys: advisory}}}", "any region is allowed"),
    ],
)
def test_what_settings_name_is_not_spoken_of(
    tmp_path: Path, content: str, expected: str | None
) -> None:
    found = said(tmp_path, content, (BUCKET, {}))

    assert len(found) == (expected is not None)
    for line in found:
        assert line.startswith(str(expected))
        assert line.count(";") == 1


@pytest.mark.parametrize("resources", [[], [(NETWORK, {})], [("aws:s3/bucket:Bucket", {})]])
def test_nothing_is_said_where_there_is_nothing_to_ask(
    tmp_path: Path, resources: list[tuple[str, dict[str, Any]]]
) -> None:
    assert said(tmp_path, "", *resources) == []


def test_one_resource_with_labels(tmp_path: Path) -> None:
    [line] = said(tmp_path, "", (BUCKET, {"labels": {"app": "shop"}}))

    assert line == f"{REGIONS.format('1 resource')}; {NEXT}"
