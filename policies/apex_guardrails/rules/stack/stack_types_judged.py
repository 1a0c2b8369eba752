"""Every resource of a non-Google provider has a type that a rule covers."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.types import DNS_RECORD_SET
from apex_guardrails.model import (
    ANY_TYPE,
    Looser,
    Parameters,
    Resource,
    Stack,
    Violation,
    case,
    rule,
)
from apex_guardrails.model.reach import GOOGLE

HARMLESS = frozenset({"archive", "null", "random", "time", "tls"})
"""Providers whose resources are in the state alone: nothing of them can be reached."""


class Types(Parameters):
    """Which types may be there without a rule."""

    allowed: Annotated[tuple[str, ...], Looser.MORE] = Field(
        (),
        description="Types that are deployed as they are, or patterns such as kubernetes:core/*.",
    )
    google: Annotated[bool, Looser.LESS] = Field(
        False,  # noqa: FBT003 the field's default
        description="Whether Google types without a rule of their own count, too.",
    )


@rule(
    severity="medium",
    on=ANY_TYPE,
    scope="stack",
    fix="Install or write rules about the type, waive it, name it in the rule's parameter allowed, "
    "or set not_evaluated: note in policy-pack.yaml to deploy it as it is.",
    # Most programs have something of another provider: the setting not_evaluated sets the level.
    level="disabled",
    parameters=Types,
)
def stack_types_judged(stack: Stack, settings: Types) -> Iterator[Violation]:
    """What no rule covers could be anything, even a database open to the internet."""
    found: dict[str, list[Resource]] = {}
    for resource in stack.deployed():
        package, token = resource.type.package, resource.type.token
        counts = settings.google if package == GOOGLE else package not in HARMLESS
        same = resource.equivalent or resource
        if not counts or resource.is_read:
            continue
        if any(map(stack.is_evaluated, {resource.type, same.type})):
            continue
        if not any(fnmatchcase(token, pattern) for pattern in settings.allowed):
            found.setdefault(token, []).append(resource)
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
    case.passes(case.resource(SERVICE), _parameters={"allowed": ["kubernetes:core/*"]}),
    case.fails(case.resource(SERVICE), _parameters={"allowed": ["kubernetes:apps/*"]}),
    case.fails(case.resource(DNS_RECORD_SET, name="r"), _parameters={"google": True}),
]
