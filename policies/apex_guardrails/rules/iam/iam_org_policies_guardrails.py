"""Organization policies prevent the worst mistakes in the stack's folders and projects."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.org_policies import OLDER, constraint_of, is_older
from apex_guardrails.gcp.types import (
    ORGANIZATIONS_FOLDER,
    ORGANIZATIONS_PROJECT,
    ORGPOLICY_POLICY,
)
from apex_guardrails.model import (
    UNKNOWN,
    Looser,
    Parameters,
    Resource,
    Stack,
    UndecidedError,
    Violation,
    case,
    rule,
)


class Guardrails(Parameters):
    """What must be forbidden."""

    constraints: Annotated[tuple[str, ...], Looser.LESS] = Field(
        (
            "iam.disableServiceAccountKeyCreation",
            "compute.vmExternalIpAccess",
            "sql.restrictPublicIp",
            "storage.publicAccessPrevention",
            "compute.requireOsLogin",
        ),
        description="The constraints that must be in force; a managed one counts as its like.",
    )


@rule(
    severity="low",
    on=(ORGANIZATIONS_PROJECT, ORGANIZATIONS_FOLDER, ORGPOLICY_POLICY, *OLDER),
    scope="stack",
    when=lambda stack: any(stack.of_type(ORGANIZATIONS_FOLDER, ORGANIZATIONS_PROJECT)),
    # Most organizations set them at the top, where a project's stack does not see them.
    level="disabled",
    fix="Create orgpolicy.Policy for each, with a rule that enforces it.",
    parameters=Guardrails,
)
def iam_org_policies_guardrails(stack: Stack, settings: Guardrails) -> Iterator[Violation]:
    """Without them, nothing stops external addresses, keys or public buckets."""
    owned = next(stack.of_type(ORGANIZATIONS_FOLDER, ORGANIZATIONS_PROJECT))
    in_force = set()
    unknown: UndecidedError | None = None
    for policy in stack.of_type(ORGPOLICY_POLICY, *OLDER):
        try:
            constraint = constraint_of(policy)
            if constraint in settings.constraints and _is_in_force(policy):
                in_force.add(constraint)
        except UndecidedError as undecided:
            unknown = undecided
    missing = [name for name in settings.constraints if name not in in_force]
    if missing and unknown is not None:
        raise unknown  # it may be the one
    if missing:
        yield owned.fail(f"is not covered by an organization policy for {', '.join(missing)}")


def _is_in_force(policy: Resource) -> bool:
    if is_older(policy):
        return (
            policy.get("booleanPolicy.enforced", omitted=False) is True
            or policy.get("listPolicy.deny.all", omitted=False) is True
            or any(policy.peek(f"listPolicy.{kind}.values") for kind in ("allow", "deny"))
        )
    return any(
        "true" in (str(entry.get(name)).lower() for name in ("enforce", "denyAll"))
        or any(entry.peek(f"values.{kind}Values") for kind in ("allowed", "denied"))
        for entry in policy.each("spec.rules")
    )


def _enforced(name: str) -> case.CaseResource:
    return _policy({"enforce": "TRUE"}, name=f"projects/p/policies/{name}")


def _policy(*rules: object, name: object = "projects/p/policies/a.b") -> case.CaseResource:
    return case.resource(ORGPOLICY_POLICY, name=name, spec={"rules": list(rules)})


OURS = case.resource(ORGANIZATIONS_PROJECT, projectId="p")
NAMES = (
    "iam.disableServiceAccountKeyCreation",
    "compute.vmExternalIpAccess",
    "sql.restrictPublicIp",
    "storage.publicAccessPrevention",
    "compute.requireOsLogin",
)
A_B = {"constraints": ["a.b"]}
NOT_IN_FORCE: list[list[object]] = [
    [],
    [{}],
    [{"enforce": "FALSE"}],
    [{"denyAll": "FALSE"}],
    [{"allowAll": "TRUE"}],
    [{"values": {"allowedValues": [], "deniedValues": []}}],
]
BOOLEAN = {"booleanPolicy": {"enforced": True}}
CASES = [
    case.not_applicable(_policy({"enforce": "FALSE"})),
    case.fails(OURS),
    case.fails(case.resource(ORGANIZATIONS_FOLDER, displayName="f")),
    case.passes(
        OURS,
        _enforced("iam.managed.disableServiceAccountKeyCreation"),
        *(_enforced(name) for name in NAMES[1:]),
    ),
    case.fails(OURS, _policy({"enforce": "TRUE"})),
    *(case.fails(OURS, *(_enforced(other) for other in NAMES if other != name)) for name in NAMES),
    case.fails(
        OURS, _policy({"enforce": UNKNOWN}, name="projects/p/policies/a.c"), _parameters=A_B
    ),
    *(
        case.passes(OURS, _policy({"condition": {}}, rule), _parameters=A_B)
        for rule in (
            {"enforce": "true"},
            {"denyAll": "TRUE"},
            {"values": {"deniedValues": ["x"]}},
            {"values": {"allowedValues": UNKNOWN}},
        )
    ),
    *(case.fails(OURS, _policy(*rules), _parameters=A_B) for rules in NOT_IN_FORCE),
    case.fails(
        OURS, case.resource(ORGPOLICY_POLICY, name="projects/p/policies/a.b"), _parameters=A_B
    ),
    case.fails(OURS, _policy({"enforce": "TRUE"}, name="a.c"), _parameters=A_B),
    case.fails(OURS, case.resource(ORGPOLICY_POLICY, spec={"rules": []}), _parameters=A_B),
    *(
        case.passes(OURS, case.CaseResource(token, {"constraint": name, **rule}), _parameters=A_B)
        for token in OLDER
        for name in ("constraints/a.b", "a.b")
        for rule in (
            BOOLEAN,
            {"listPolicy": {"deny": {"all": True}}},
            {"listPolicy": {"deny": {"values": ["x"]}}},
            {"listPolicy": {"allow": {"values": ["x"]}}},
        )
    ),
    *(
        case.fails(
            OURS, case.CaseResource(OLDER[0], {"constraint": "a.b", **rule}), _parameters=A_B
        )
        for rule in (
            {},
            {"booleanPolicy": {"enforced": False}},
            {"listPolicy": {"deny": {"all": False}}},
            {"listPolicy": {"allow": {"all": True, "values": []}, "deny": {"values": []}}},
        )
    ),
    case.fails(OURS, case.CaseResource(OLDER[0], BOOLEAN), _parameters=A_B),
    case.passes(OURS, _policy({"enforce": "TRUE"}), _policy(name=UNKNOWN), _parameters=A_B),
    *(
        case.undecided(OURS, policy, _parameters=A_B)
        for policy in (
            _policy({"enforce": "TRUE"}, name=UNKNOWN),
            _policy({"enforce": UNKNOWN}),
            _policy({"denyAll": UNKNOWN}),
            case.resource(ORGPOLICY_POLICY, name="a.b", spec={"rules": UNKNOWN}),
            case.CaseResource(OLDER[0], {"constraint": UNKNOWN, **BOOLEAN}),
            case.resource(OLDER[0], constraint="a.b", booleanPolicy={"enforced": UNKNOWN}),
            case.resource(OLDER[0], constraint="a.b", listPolicy={"deny": {"all": UNKNOWN}}),
        )
    ),
]
