"""Service agent roles are not managed by an authoritative binding."""

from collections.abc import Iterator

from apex_guardrails.gcp.custom_roles import CUSTOM_ROLES, custom_roles
from apex_guardrails.gcp.types import PROJECTS_IAM_BINDING
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=PROJECTS_IAM_BINDING,
    fix="Use IAMMember, which adds to the existing grants.",
)
def iam_no_agent_binding_override(binding: Resource) -> Iterator[Violation]:
    """An authoritative binding can take the role from Google's service agent."""
    # A custom role of the stack is no agent's.
    if any(custom_roles(binding, binding.peek("role"))):
        return
    role = str(binding.get("role", omitted=""))
    if role.lower().endswith("serviceagent"):
        yield binding.fail(f"takes {role} away from everyone else who has it", at="role")


CASES = [
    case.passes(role="roles/run.viewer"),
    case.passes(),
    case.fails(role="roles/run.serviceAgent"),
    case.undecided(role=case.UNKNOWN),
    case.passes(
        case.resource(role=case.output_of("role")),
        case.resource(CUSTOM_ROLES[0], "role", permissions=["run.services.get"]),
    ),
    case.passes(
        case.resource(role="projects/p/roles/deployServiceAgent"),
        case.resource(CUSTOM_ROLES[0], "role", roleId="deployServiceAgent", project="p"),
    ),
]
