"""VMs run until somebody stops them."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES, is_preemptible
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="low",
    on=MACHINES,
    fix='Remove scheduling.preemptible=True, and provisioning_model="SPOT".',
    # For what may be repeated they are the better choice.
    opt_in=True,
)
def compute_not_preemptible(machine: Resource) -> Iterator[Violation]:
    """Google stops a Spot VM whenever it needs the room, and with it whoever it serves."""
    if is_preemptible(machine):
        yield machine.fail("may be stopped by Google at any time", at="scheduling")


CASES = [
    case.passes(scheduling={"preemptible": False, "provisioningModel": "STANDARD"}),
    case.passes(),
    case.fails(scheduling={"preemptible": True}),
    case.fails(scheduling={"provisioningModel": "SPOT"}),
    case.fails(scheduling={"provisioningModel": "spot"}),
    case.fails(scheduling={"provisioningModel": "FLEX_START"}),
    *(case.fails(case.resource(token, scheduling={"preemptible": True})) for token in MACHINES[1:]),
    case.undecided(scheduling={"preemptible": case.UNKNOWN}),
    case.undecided(scheduling={"provisioningModel": case.UNKNOWN}),
]
