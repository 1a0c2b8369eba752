"""VMs have one network interface."""

from collections.abc import Iterator, Sequence

from apex_guardrails.gcp.machines import MACHINES
from apex_guardrails.model import Resource, Violation, case, rule

PATH = "networkInterfaces"


@rule(
    severity="low",
    on=MACHINES,
    fix="Remove all but one of network_interfaces.",
    # An appliance between two networks needs two.
    opt_in=True,
)
def compute_single_network_interface(machine: Resource) -> Iterator[Violation]:
    """A machine in two networks carries an intruder from one to the other, past any firewall."""
    # Omitted: one, or what the template has.
    given = machine.get(PATH, omitted=())
    if isinstance(given, Sequence) and not isinstance(given, str) and len(given) > 1:
        yield machine.fail(f"has {len(given)} network interfaces", at=PATH)


TWO = [{"network": "front"}, {"network": "back"}]
CASES = [
    case.passes(networkInterfaces=[{"network": "front"}]),
    case.passes(networkInterfaces=[]),
    case.passes(),
    case.fails(networkInterfaces=TWO),
    case.fails(networkInterfaces=[*TWO, {"network": "side"}]),
    case.fails(networkInterfaces=[case.UNKNOWN, case.UNKNOWN]),
    *(case.fails(case.resource(token, networkInterfaces=TWO)) for token in MACHINES[1:]),
    case.undecided(networkInterfaces=case.UNKNOWN),
]
