"""Cloud Functions run on a runtime that Google supports."""

from collections.abc import Iterator

from apex_guardrails.gcp.functions import FUNCTIONS
from apex_guardrails.gcp.runtimes import UNSUPPORTED_SINCE
from apex_guardrails.gcp.types import CLOUDFUNCTIONS_FUNCTION, CLOUDFUNCTIONSV2_FUNCTION
from apex_guardrails.model import Resource, Violation, case, rule

PATHS = {CLOUDFUNCTIONSV2_FUNCTION: "buildConfig.runtime", CLOUDFUNCTIONS_FUNCTION: "runtime"}


@rule(
    severity="low",
    on=FUNCTIONS,
    fix="Choose a newer version of the language.",
)
def functions_runtime_supported(function: Resource) -> Iterator[Violation]:
    """It gets no security updates, and half a year later the function cannot be deployed."""
    path = PATHS[function.type.token]
    runtime = str(function.get(path))
    since = UNSUPPORTED_SINCE.get(runtime)
    if since is not None:
        yield function.fail(f"runs on {runtime}, which is unsupported since {since}", at=path)


CASES = [
    case.passes(buildConfig={"runtime": "python313"}),
    case.passes(buildConfig={}),
    case.passes(case.resource(CLOUDFUNCTIONS_FUNCTION, runtime="nodejs22")),
    case.fails(buildConfig={"runtime": "python39"}),
    case.fails(case.resource(CLOUDFUNCTIONS_FUNCTION, runtime="nodejs16")),
    case.undecided(buildConfig={"runtime": case.UNKNOWN}),
    case.passes(case.resource(CLOUDFUNCTIONS_FUNCTION)),
    case.undecided(case.resource(CLOUDFUNCTIONS_FUNCTION, runtime=case.UNKNOWN)),
]
