"""VMs start again after a failure of their host."""

from collections.abc import Iterator

from apex_guardrails.gcp.machines import MACHINES, is_preemptible
from apex_guardrails.model import Resource, Violation, case, rule

PATH = "scheduling.automaticRestart"


@rule(
    severity="low",
    on=MACHINES,
    # What Google may stop at any time is not started again by Google.
    when=lambda machine: not is_preemptible(machine),
    fix="Remove scheduling.automatic_restart=False.",
)
def compute_automatic_restart(machine: Resource) -> Iterator[Violation]:
    """After a failure that is none of yours, the machine stays down until somebody sees it."""
    # Omitted: on (the provider's default).
    if machine.get(PATH, omitted=True) is False:
        yield machine.fail("stays down after a failure of its host", at=PATH)


CASES = [
    case.passes(scheduling={"automaticRestart": True}),
    case.passes(scheduling={"provisioningModel": "STANDARD", "preemptible": False}),
    case.passes(),
    case.fails(scheduling={"automaticRestart": False}),
    *(
        case.fails(case.resource(token, scheduling={"automaticRestart": False}))
        for token in MACHINES[1:]
    ),
    case.undecided(scheduling={"automaticRestart": case.UNKNOWN}),
    case.undecided(scheduling={"preemptible": case.UNKNOWN}),
    case.undecided(scheduling={"provisioningModel": case.UNKNOWN}),
    case.not_applicable(scheduling={"automaticRestart": False, "preemptible": True}),
    case.not_applicable(scheduling={"automaticRestart": False, "provisioningModel": "SPOT"}),
    case.not_applicable(scheduling={"automaticRestart": False, "provisioningModel": "FLEX_START"}),
]
