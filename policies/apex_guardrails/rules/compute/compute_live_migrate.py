"""VMs run on while their host is maintained."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES, is_preemptible
from apex_guardrails.model import Resource, Violation, case, rule

PATH = "scheduling.onHostMaintenance"


def _may_move(machine: Resource) -> bool:
    """Whether Google could move it to another host while it runs.

    Source: Compute Engine documentation, "Live migration process during maintenance events",
    2026-11. Which machine types it cannot move is no part of this.
    """
    return not (
        machine.is_set("guestAccelerators[0]")
        or machine.is_set("confidentialInstanceConfig")
        or is_preemptible(machine)
    )


@rule(
    severity="low",
    on=MACHINES,
    when=_may_move,
    fix='Remove scheduling.on_host_maintenance="TERMINATE".',
    opt_in=True,
)
def compute_live_migrate(machine: Resource) -> Iterator[Violation]:
    """Every maintenance of the host stops the machine."""
    # Omitted: it is moved (Compute Engine API, instances, 2026-11).
    if str(machine.get(PATH, omitted="MIGRATE")).upper() == "TERMINATE":
        yield machine.fail("is stopped when its host is maintained", at=PATH)


STOPS = {"onHostMaintenance": "TERMINATE"}
CASES = [
    case.passes(scheduling={"onHostMaintenance": "MIGRATE"}),
    case.passes(),
    case.fails(scheduling=STOPS),
    case.fails(scheduling={"onHostMaintenance": "terminate"}),
    case.fails(scheduling=STOPS, guestAccelerators=[]),
    *(case.fails(case.resource(token, scheduling=STOPS)) for token in MACHINES[1:]),
    case.undecided(scheduling={"onHostMaintenance": case.UNKNOWN}),
    case.undecided(scheduling={"preemptible": case.UNKNOWN}),
    case.undecided(scheduling={"provisioningModel": case.UNKNOWN}),
    case.not_applicable(scheduling={**STOPS, "preemptible": True}),
    case.not_applicable(scheduling={**STOPS, "provisioningModel": "SPOT"}),
    case.not_applicable(scheduling=STOPS, guestAccelerators=[{"type": "nvidia-l4", "count": 1}]),
    case.not_applicable(
        scheduling=STOPS, confidentialInstanceConfig={"enableConfidentialCompute": True}
    ),
]
