"""Projects do not create the default network."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import ORGANIZATIONS_PROJECT
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="medium",
    on=ORGANIZATIONS_PROJECT,
    controls=["cis-gcp-4.0:3.1", "checkov:CKV_GCP_27", "trivy:GCP-0010"],
    fix="Set auto_create_network=False.",
)
def vpc_no_default_network_created(project: Resource) -> Iterator[Violation]:
    """It comes with permissive firewall rules."""
    # Omitted: a network named default is made: the provider's default.
    if project.get("autoCreateNetwork", omitted=True) is not False:
        yield project.fail(
            "gets a default network with open firewall rules", at="autoCreateNetwork"
        )


CASES = [
    case.passes(autoCreateNetwork=False),
    case.fails(autoCreateNetwork=True),
    case.fails(),
    case.undecided(autoCreateNetwork=case.UNKNOWN),
]
