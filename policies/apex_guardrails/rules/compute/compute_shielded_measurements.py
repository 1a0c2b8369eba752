"""Shielded VMs measure their boot, and compare it with a known good one."""

from collections.abc import Iterator
from typing import NamedTuple

from apex_guardrails.gcp.machines import MACHINES, is_left_open
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, sets
from apex_guardrails.model.case import Case
from apex_guardrails.model.policy import Check
from apex_guardrails.rules.families.table import RuleRow, RuleTable

# Compute Engine documentation, "Modify Shielded VM options", 2026-11.
STOPPED = "the VM must be stopped for it"


class Measurement(NamedTuple):
    """What is switched on by one field of `shieldedInstanceConfig`."""

    field: str
    name: str


def _check(measurement: Measurement) -> Check:
    path = f"shieldedInstanceConfig.{measurement.field}"

    def check(machine: Resource) -> Iterator[Violation]:
        if is_left_open(machine, path):
            return
        # Omitted: on in a block that is there; without one it depends on the image.
        is_there = machine.is_set("shieldedInstanceConfig")
        if not is_there or machine.get(path, omitted=True) is not True:
            yield machine.fail(f"has no {measurement.name}", at=path)

    return check


def _cases(measurement: Measurement) -> Iterator[Case]:
    field = measurement.field
    yield case.passes(shieldedInstanceConfig={field: True})
    yield case.passes(shieldedInstanceConfig={})
    yield case.fails(shieldedInstanceConfig={field: False})
    yield case.fails()
    yield case.undecided(shieldedInstanceConfig={field: case.UNKNOWN})
    yield case.undecided(shieldedInstanceConfig=case.UNKNOWN)
    yield case.fails(case.resource(COMPUTE_INSTANCE_TEMPLATE, canIpForward=False))
    yield case.fails(case.resource(COMPUTE_REGION_INSTANCE_TEMPLATE, canIpForward=False))
    for token in (COMPUTE_INSTANCE_FROM_TEMPLATE, COMPUTE_INSTANCE_FROM_MACHINE_IMAGE):
        yield case.passes(case.resource(token))
        yield case.fails(case.resource(token, shieldedInstanceConfig={field: False}))


RULES = RuleTable(
    on=MACHINES,
    check=_check,
    cases=_cases,
).rules(
    __name__,
    [
        RuleRow(
            id="compute-shielded-integrity-monitoring",
            about=Measurement("enableIntegrityMonitoring", "integrity monitoring"),
            severity="medium",
            title="Shielded VM integrity monitoring is enabled.",
            why="Without it, a tampered boot chain goes unnoticed.",
            fix="Set enable_integrity_monitoring=True.",
            remedy=sets(value=True, by_hand=STOPPED),
            controls=("cis-gcp-4.0:4.8", "checkov:CKV_GCP_39", "trivy:GCP-0045"),
        ),
        RuleRow(
            id="compute-shielded-vtpm",
            about=Measurement("enableVtpm", "virtual TPM"),
            severity="medium",
            title="Shielded VM vTPM is enabled.",
            why="Without a virtual TPM, boot measurements cannot be taken.",
            fix="Set shielded_instance_config.enable_vtpm=True.",
            remedy=sets(value=True, by_hand=STOPPED),
            controls=("cis-gcp-4.0:4.8", "checkov:CKV_GCP_39", "trivy:GCP-0041"),
        ),
    ],
)
