"""A log sink exports audit logs."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import (
    LOGGING_BILLING_ACCOUNT_SINK,
    LOGGING_FOLDER_SINK,
    LOGGING_ORGANIZATION_SINK,
    LOGGING_PROJECT_SINK,
)
from apex_guardrails.model import Resource, Stack, UndecidedError, Violation, case, rule

SINKS = (
    LOGGING_PROJECT_SINK,
    LOGGING_FOLDER_SINK,
    LOGGING_ORGANIZATION_SINK,
    LOGGING_BILLING_ACCOUNT_SINK,
)


@rule(
    severity="medium",
    on=SINKS,
    scope="stack",
    controls=[
        "cis-gcp-4.0:2.2",
        "cis-gcp-5.0:2.3",
        "pci-dss-4.0:10.5.1",
        "pci-dss-4.0:11.5.2",
        "pci-dss-4.0:12.10.5",
        "pci-dss-4.0:A3.3.1",
        "pci-dss-4.0:A3.5.1",
        "iso-27001:A.8.15",
        "iso-27001:A.8.16",
        "soc2:CC2.1",
        "soc2:CC5.2",
        "soc2:CC7.2",
        "soc2:A1.2",
        "soc2:PI1.2",
        "hipaa:164.308(a)(1)(ii)(D)",
        "hipaa:164.308(a)(5)(ii)(C)",
        "hipaa:164.308(a)(6)(ii)",
        "hipaa:164.312(b)",
        "hipaa:164.312(e)(2)(i)",
    ],
    fix="Create logging.ProjectSink.",
    # Sinks are mostly the organisation's, in a stack of their own.
    level="disabled",
)
def logging_sink_exists(stack: Stack) -> Iterator[Violation]:
    """Logs expire after 30 days."""
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
