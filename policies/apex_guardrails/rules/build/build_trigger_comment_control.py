"""Builds of pull requests wait for somebody who may start them."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import CLOUDBUILD_TRIGGER
from apex_guardrails.model import Resource, View, Violation, case, rule

# Where a trigger says which pull requests start it.
PLACES = (
    "github.pullRequest",
    "repositoryEventConfig.pullRequest",
    "developerConnectEventConfig.pullRequest",
    "bitbucketServerTriggerConfig.pullRequest",
)
CONTROL = "commentControl"


@rule(
    severity="medium",
    on=CLOUDBUILD_TRIGGER,
    when=lambda trigger: any(trigger.is_set(place) for place in PLACES),
    fix='Set comment_control="COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY" in pull_request.',
)
def build_trigger_comment_control(trigger: Resource) -> Iterator[Violation]:
    """Whoever can open a pull request runs code with the rights of the build."""
    given = (trigger.at(place) for place in PLACES if trigger.is_set(place))
    yield from trigger.stack.each(given, _look)


def _look(request: View) -> Iterator[Violation]:
    # Omitted: no comment is needed (Cloud Build API, PullRequestFilter, 2026-11).
    if request.get(CONTROL, omitted="COMMENTS_DISABLED") == "COMMENTS_DISABLED":
        yield request.fail("builds the pull request of anybody", at=CONTROL)


def _at(place: str, **inputs: object) -> case.CaseResource:
    return case.resource(None, **case.inputs_at(place, {"branch": "^main$", **inputs}))


CASES = [
    case.passes(_at(PLACES[0], commentControl="COMMENTS_ENABLED")),
    case.passes(_at(PLACES[0], commentControl="COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY")),
    *(case.fails(_at(place)) for place in PLACES),
    *(case.fails(_at(place, commentControl="COMMENTS_DISABLED")) for place in PLACES),
    *(case.undecided(_at(place, commentControl=case.UNKNOWN)) for place in PLACES),
    case.not_applicable(github={"push": {"branch": "^main$"}}),
    case.not_applicable(),
]
