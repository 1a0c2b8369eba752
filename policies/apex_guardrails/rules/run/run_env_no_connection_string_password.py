"""Environment variables contain no URLs with passwords."""

from collections.abc import Iterator

from apex_guardrails.gcp.run import WORKLOADS, make_example, require_known
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.rules.families.shown_inputs import RUN_ADDRESS, find_violations

ADDRESS = "postgresql://app:" + "example" + "@db:5432/x"


@rule(
    severity="critical",
    on=WORKLOADS,
    fix="Set host and user in plain text, and the password as a reference to a secret.",
)
def run_env_no_connection_string_password(workload: Resource) -> Iterator[Violation]:
    """Anyone who can view the revision can read the password."""
    yield from find_violations(workload, RUN_ADDRESS)
    require_known(workload)


CASES = [
    case.passes(
        template={
            "containers": [{"envs": [{"name": "URL", "value": "postgresql://app@db:5432/x"}]}]
        }
    ),
    case.passes(template={"containers": [{"envs": [{"name": "URL", "value": case.UNKNOWN}]}]}),
    case.passes(template={"containers": [{"envs": [{"name": "URL"}]}]}),
    # No provider takes it, but a program may write it.
    case.passes(template={"containers": [{"envs": False}]}),
    case.passes(),
    *(
        case.fails(template={"containers": [{"envs": [{"name": "URL", "value": value}]}]})
        for value in (
            case.secret(ADDRESS),
            case.concat("postgresql://app:", case.UNKNOWN, "@10.0.0.3/app"),
        )
    ),
    *(
        outcome(case.resource(token, template=make_example(token, *containers)))
        for token in WORKLOADS
        for outcome, containers in (
            (case.passes, []),
            (case.passes, [{}]),
            (case.passes, [{"envs": []}]),
            (case.passes, [{"envs": [{}]}]),
            (case.passes, [{"envs": [{"value": "redis://cache:6379"}]}]),
            (case.fails, [{"envs": [{"value": ADDRESS}]}]),
            (case.fails, [{"envs": [case.UNKNOWN, {"value": ADDRESS}]}]),
            (case.undecided, [{"envs": case.UNKNOWN}]),
            (case.undecided, [{"envs": [case.UNKNOWN]}]),
            (case.undecided, [case.UNKNOWN]),
        )
    ),
    *(case.passes(case.resource(token)) for token in WORKLOADS),
    *(case.undecided(case.resource(token, template=case.UNKNOWN)) for token in WORKLOADS),
]
