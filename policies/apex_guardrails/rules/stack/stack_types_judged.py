"""Every resource of a non-Google provider has a type that a rule covers."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import DNS_RECORD_SET
from apex_guardrails.model import ANY_TYPE, Resource, Stack, Violation, case, rule
from apex_guardrails.model.reach import GOOGLE

HARMLESS = frozenset({"archive", "null", "random", "time", "tls"})
"""Providers whose resources are in the state alone: nothing of them can be reached."""


@rule(
    severity="medium",
    on=ANY_TYPE,
    scope="stack",
    fix="Install or write rules about the type, waive the type, or set not_evaluated: note in "
    "policy-pack.yaml to deploy it as it is.",
    # Most programs have something of another provider: the setting not_evaluated sets the level.
    level="disabled",
)
def stack_types_judged(stack: Stack) -> Iterator[Violation]:
    """What no rule covers could be anything, even a database open to the internet."""
    found: dict[str, list[Resource]] = {}
    for resource in stack.deployed():
        package = resource.type.package
        is_foreign = package != GOOGLE and package not in HARMLESS
        if is_foreign and not resource.is_read and not stack.is_evaluated(resource.type):
            found.setdefault(resource.type.token, []).append(resource)
    for token in sorted(found):
        first = min(found[token], key=lambda item: item.urn)
        yield Violation(
            first.urn,
            f"has a type that no rule covers (resources of this type: {len(found[token]):,})",
        )


SERVICE = "kubernetes:core/v1:Service"
CASES = [
    case.passes(case.resource(DNS_RECORD_SET, name="r")),
    case.passes(case.resource("random:index/randomPassword:RandomPassword")),
    case.passes(case.resource("pulumi:providers:kubernetes")),
    case.passes(_outputs={}),
    case.fails(case.resource(SERVICE)),
    case.fails(*(case.resource(SERVICE, f"s{number}") for number in range(5))),
    case.fails(case.resource("google-native:storage/v1:Bucket")),
    case.fails(case.resource("pulumi-python:dynamic:Resource")),
]
