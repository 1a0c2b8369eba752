"""The interactive serial port is disabled."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES, PROJECT_METADATA, is_true, metadata_flag
from apex_guardrails.gcp.types import (
    COMPUTE_INSTANCE_FROM_MACHINE_IMAGE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_PROJECT_METADATA,
    COMPUTE_PROJECT_METADATA_ITEM,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
)
from apex_guardrails.model import Resource, Violation, case, rule

KEY = "serial-port-enable"


def _may_set_it(item: Resource) -> bool:
    """Whether it is a machine, all of a project's metadata, or that key of it."""
    return item.type.token != COMPUTE_PROJECT_METADATA_ITEM or item.get("key") == KEY


@rule(
    severity="medium",
    on=(*MACHINES, *PROJECT_METADATA),
    when=_may_set_it,
    controls=["cis-gcp-4.0:4.5", "checkov:CKV_GCP_35", "trivy:GCP-0032"],
    fix="Remove serial-port-enable.",
)
def compute_no_serial_port(machine: Resource) -> Iterator[Violation]:
    """It cannot be restricted by IP address, and asks for no second factor."""
    if machine.type.token == COMPUTE_PROJECT_METADATA_ITEM:
        if is_true(machine.get("value")):
            yield machine.fail("enables the serial port on every VM", at="value")
    # Omitted: off, unless the project's own metadata switches it on.
    elif metadata_flag(machine, KEY):
        yield machine.fail("enables the serial port", at='metadata["serial-port-enable"]')


CASES = [
    case.passes(metadata={"serial-port-enable": "FALSE"}),
    case.passes(metadata={"serial-port-enable": "0"}),
    case.passes(metadata={}),
    case.passes(),
    case.fails(metadata={"serial-port-enable": "TRUE"}),
    case.fails(metadata={"serial-port-enable": "1"}),
    case.undecided(metadata={"serial-port-enable": case.UNKNOWN}),
    case.undecided(metadata=case.UNKNOWN),
    case.fails(
        case.resource(
            COMPUTE_INSTANCE_FROM_TEMPLATE,
            metadata={"serial-port-enable": "true"},
        )
    ),
    case.fails(case.resource(COMPUTE_INSTANCE_TEMPLATE, metadata={"serial-port-enable": "true"})),
    case.fails(
        case.resource(
            COMPUTE_REGION_INSTANCE_TEMPLATE,
            metadata={"serial-port-enable": "true"},
        )
    ),
    case.passes(case.resource(COMPUTE_PROJECT_METADATA, metadata={})),
    case.fails(case.resource(COMPUTE_PROJECT_METADATA, metadata={"serial-port-enable": "1"})),
    case.passes(case.resource(COMPUTE_PROJECT_METADATA_ITEM, key="serial-port-enable", value="0")),
    case.passes(case.resource(COMPUTE_PROJECT_METADATA_ITEM, key="serial-port-enable")),
    case.fails(case.resource(COMPUTE_PROJECT_METADATA_ITEM, key="serial-port-enable", value="Yes")),
    case.not_applicable(
        case.resource(COMPUTE_PROJECT_METADATA_ITEM, key="enable-oslogin", value="TRUE")
    ),
    case.not_applicable(case.resource(COMPUTE_PROJECT_METADATA_ITEM, value="TRUE")),
    case.undecided(
        case.resource(COMPUTE_PROJECT_METADATA_ITEM, key="serial-port-enable", value=case.UNKNOWN)
    ),
    case.undecided(case.resource(COMPUTE_PROJECT_METADATA_ITEM, key=case.UNKNOWN, value="TRUE")),
    case.fails(
        case.resource(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE, metadata={"serial-port-enable": "true"})
    ),
    case.passes(case.resource(COMPUTE_INSTANCE_FROM_MACHINE_IMAGE)),
]
