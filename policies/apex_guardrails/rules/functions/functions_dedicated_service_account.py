"""Cloud Functions run as their own service account."""

from collections.abc import Iterator

from apex_guardrails.gcp.accounts import account_at, is_default_account
from apex_guardrails.gcp.functions import ACCOUNT_PATHS, FUNCTIONS
from apex_guardrails.gcp.types import CLOUDFUNCTIONS_FUNCTION, CLOUDFUNCTIONSV2_FUNCTION
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=FUNCTIONS,
    fix="Set service_account_email, of the second generation in service_config, to an account "
    "made for it.",
)
def functions_dedicated_service_account(function: Resource) -> Iterator[Violation]:
    """The default account of App Engine or Compute Engine is usually Editor on the project."""
    path = ACCOUNT_PATHS[function.type.token]
    # Omitted: the default account of Compute Engine, of the first generation that of App Engine
    # (Cloud Functions documentation, "Function identity", 2026-11).
    email = account_at(function, path, omitted="")
    if not email or is_default_account(email):
        yield function.fail("runs as a default service account", at=path)


OWN = "thumbnails@p.iam.gserviceaccount.com"


def _second(email: object) -> case.CaseResource:
    return case.resource(CLOUDFUNCTIONSV2_FUNCTION, serviceConfig={"serviceAccountEmail": email})


CASES = [
    case.passes(_second(OWN)),
    case.passes(_second(case.UNKNOWN)),
    case.fails(_second("")),
    case.fails(_second("1-compute@developer.gserviceaccount.com")),
    case.fails(_second(case.concat(case.UNKNOWN, "-compute@developer.gserviceaccount.com"))),
    case.fails(case.resource(CLOUDFUNCTIONSV2_FUNCTION)),
    case.passes(case.resource(CLOUDFUNCTIONS_FUNCTION, serviceAccountEmail=OWN)),
    case.fails(
        case.resource(CLOUDFUNCTIONS_FUNCTION, serviceAccountEmail="p@appspot.gserviceaccount.com")
    ),
    case.fails(case.resource(CLOUDFUNCTIONS_FUNCTION)),
]
