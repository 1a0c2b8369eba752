"""Pub/Sub pushes over HTTPS, with a token that says who pushes."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import PUBSUB_SUBSCRIPTION
from apex_guardrails.model import UNKNOWN, Resource, Violation, case, rule

ENDPOINT = "pushConfig.pushEndpoint"
ACCOUNT = "pushConfig.oidcToken.serviceAccountEmail"


@rule(
    severity="medium",
    on=PUBSUB_SUBSCRIPTION,
    when=lambda subscription: subscription.is_set(ENDPOINT),
    fix="Push to an https:// address; set push_config.oidc_token.service_account_email, and check "
    "the token at the endpoint.",
)
def pubsub_push_authenticated(subscription: Resource) -> Iterator[Violation]:
    """Anyone can send messages to an endpoint that checks no token, or read them on their way."""
    endpoint = subscription.peek(ENDPOINT)
    if isinstance(endpoint, str) and endpoint.strip().lower().startswith("http:"):
        yield subscription.fail("pushes without encryption", at=ENDPOINT)
    if not subscription.is_set(ACCOUNT):
        yield subscription.fail("pushes without a token", at=ACCOUNT)


def _push(endpoint: object, **config: object) -> case.CaseResource:
    return case.resource(None, pushConfig={"pushEndpoint": endpoint, **config})


TOKEN = {"serviceAccountEmail": UNKNOWN}
CASES = [
    case.passes(_push("https://shop.example/orders", oidcToken=TOKEN)),
    case.passes(_push(UNKNOWN, oidcToken=TOKEN)),
    case.fails(_push("https://shop.example/orders")),
    case.fails(_push(UNKNOWN, oidcToken={"serviceAccountEmail": ""})),
    case.fails(_push("HTTP://shop.example/orders", oidcToken=TOKEN)),
    case.not_applicable(),
    case.not_applicable(pushConfig={"pushEndpoint": ""}),
]
