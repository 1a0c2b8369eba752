"""TPU machines have no external address."""

from collections.abc import Iterator

from apex_guardrails.model import Resource, View, Violation, case, rule
from apex_guardrails.model.value import is_true

# One network is given by itself, several in a list.
ONE, SEVERAL = "networkConfig", "networkConfigs"
EXTERNAL = "enableExternalIps"


@rule(
    severity="high",
    on="gcp:tpu/v2Vm:V2Vm",
    controls=["checkov:CKV2_GCP_32"],
    fix="Remove enable_external_ips=True, and use Cloud NAT.",
)
def tpu_no_external_ip(machine: Resource) -> Iterator[Violation]:
    """An external address exposes the machine and its ports to the internet."""
    yield from machine.stack.each([machine.at(ONE)], _check)
    yield from machine.stack.each(machine.each(SEVERAL), _check)


def _check(network: View) -> Iterator[Violation]:
    # Omitted: none (Cloud TPU API, NetworkConfig, 2026-11).
    if is_true(network.get(EXTERNAL, omitted=False)):
        yield network.fail("has an external address", at=EXTERNAL)


CASES = [
    case.passes(networkConfig={EXTERNAL: False}),
    case.passes(networkConfig={}, networkConfigs=[{}]),
    case.passes(),
    case.fails(networkConfig={EXTERNAL: True}),
    case.fails(networkConfigs=[{EXTERNAL: False}, {EXTERNAL: True}]),
    case.undecided(networkConfig={EXTERNAL: case.UNKNOWN}),
    case.undecided(networkConfigs=[{EXTERNAL: case.UNKNOWN}]),
    case.undecided(networkConfigs=case.UNKNOWN),
]
