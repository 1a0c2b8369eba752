"""Service agent roles are not managed by an authoritative binding."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule


@rule(
    severity="high",
    on="gcp:projects/iAMBinding:IAMBinding",
    fix="Use IAMMember.",
)
def iam_no_agent_binding_override(binding: Resource) -> Iterator[Complaint]:
    """The Google service agent loses its role."""
    role = str(binding.get("role", omitted=""))
    if role.lower().endswith("serviceagent"):
        yield binding.fail(f"takes {role} from whoever else has it", at="role")


CASES = [
    case.passes(role="roles/run.viewer"),
    case.passes(),
    case.fails(role="roles/run.serviceAgent"),
    case.undecided(role=case.UNKNOWN),
]
