"""The interactive serial port is off."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.machines import FROM_IMAGE, MACHINES, metadata_flag


@rule(
    severity="medium",
    on=MACHINES,
    controls=[
        "cis-gcp-4.0:4.5",
        "cis-gcp-5.0:4.5",
        "soc2:CC6.6",
        "checkov:CKV_GCP_35",
        "trivy:GCP-0032",
    ],
    fix="Remove serial-port-enable.",
)
def compute_no_serial_port(machine: Resource) -> Iterator[Complaint]:
    """It has no address restriction and no second factor."""
    # Omitted: off, unless the project's own metadata switches it on.
    if metadata_flag(machine, "serial-port-enable"):
        yield machine.fail("opens the serial port", at='metadata["serial-port-enable"]')


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
            "gcp:compute/instanceFromTemplate:InstanceFromTemplate",
            metadata={"serial-port-enable": "true"},
        )
    ),
    case.fails(
        case.resource(
            "gcp:compute/instanceTemplate:InstanceTemplate", metadata={"serial-port-enable": "true"}
        )
    ),
    case.fails(
        case.resource(
            "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
            metadata={"serial-port-enable": "true"},
        )
    ),
    case.fails(case.resource(FROM_IMAGE, metadata={"serial-port-enable": "true"})),
    case.passes(case.resource(FROM_IMAGE)),
]
