"""A log sink exports audit logs."""

from collections.abc import Iterator

from apex_guardrails.gcp.log_sinks import SINKS
from apex_guardrails.model import Resource, Stack, UndecidedError, Violation, case, rule


@rule(
    severity="medium",
    on=SINKS,
    scope="stack",
    controls=["cis-gcp-4.0:2.2"],
    fix="Create logging.ProjectSink.",
    # Sinks are mostly the organisation's, in a stack of their own.
    level="disabled",
)
def logging_sink_exists(stack: Stack) -> Iterator[Violation]:
    """Without a sink, logs expire after 30 days."""
    unknown: UndecidedError | None = None
    for sink in stack.of_type(*SINKS):
        try:
            if _exports(sink):
                return
        except UndecidedError as undecided:
            unknown = undecided
    if unknown is not None:
        raise unknown
    yield stack.fail("has no sink for the audit logs")


def _exports(sink: Resource) -> bool:
    # Omitted: in force, and every entry (Cloud Logging API, sinks, 2026-11).
    if sink.get("disabled", omitted=False) is True:
        return False
    text = str(sink.get("filter", omitted="")).strip()
    return not text or "cloudaudit.googleapis.com" in text


AUDIT = 'logName:"cloudaudit.googleapis.com"'
CASES = [
    case.passes(case.resource(SINKS[0])),
    case.passes(case.resource(SINKS[0], filter=" ", disabled=False)),
    case.passes(case.resource(SINKS[1], filter=AUDIT)),
    case.passes(case.resource(SINKS[2])),
    case.passes(case.resource(SINKS[3])),
    case.passes(case.resource(SINKS[0], filter=case.UNKNOWN), case.resource(SINKS[0])),
    case.passes(case.resource(SINKS[0], disabled=True), case.resource(SINKS[0])),
    case.fails(_outputs={}),
    case.fails(case.resource(SINKS[0], filter="severity>=ERROR")),
    case.fails(case.resource(SINKS[0], disabled=True)),
    case.undecided(case.resource(SINKS[0], filter=case.UNKNOWN)),
    case.undecided(case.resource(SINKS[0], disabled=case.UNKNOWN)),
]
