"""Secrets that workloads refer to are made by the stack, or declared."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated, Final

from pydantic import Field

from apex_guardrails.gcp.references import short_name
from apex_guardrails.gcp.types import (
    CLOUDFUNCTIONS_FUNCTION,
    CLOUDFUNCTIONSV2_FUNCTION,
    CLOUDRUN_SERVICE,
    CLOUDRUNV2_JOB,
    CLOUDRUNV2_SERVICE,
    CLOUDRUNV2_WORKER_POOL,
    SECRETMANAGER_REGIONAL_SECRET,
    SECRETMANAGER_SECRET,
)
from apex_guardrails.model import (
    UNKNOWN,
    Looser,
    Parameters,
    Resource,
    Stack,
    Violation,
    case,
    rule,
)

SECRETS: Final = (SECRETMANAGER_SECRET, SECRETMANAGER_REGIONAL_SECRET)

_RUN: Final = (
    "containers[].envs[].valueSource.secretKeyRef.secret",
    "volumes[].secret.secret",
)
REFERENCES: Final = {
    CLOUDRUNV2_SERVICE: tuple(f"template.{path}" for path in _RUN),
    CLOUDRUNV2_WORKER_POOL: tuple(f"template.{path}" for path in _RUN),
    CLOUDRUNV2_JOB: tuple(f"template.template.{path}" for path in _RUN),
    CLOUDRUN_SERVICE: (
        "template.spec.containers[].envs[].valueFrom.secretKeyRef.name",
        "template.spec.volumes[].secret.secretName",
    ),
    CLOUDFUNCTIONS_FUNCTION: (
        "secretEnvironmentVariables[].secret",
        "secretVolumes[].secret",
    ),
    CLOUDFUNCTIONSV2_FUNCTION: (
        "serviceConfig.secretEnvironmentVariables[].secret",
        "serviceConfig.secretVolumes[].secret",
    ),
}
"""Where each type names secrets."""


class Existing(Parameters):
    """Which secrets are there without the stack."""

    existing: Annotated[tuple[str, ...], Looser.MORE] = Field(
        (),
        description="Ids of secrets that another stack or a person makes, or patterns: shared-*.",
    )


@rule(
    severity="medium",
    on=tuple(REFERENCES),
    scope="stack",
    # A stack that makes none takes all of them from elsewhere.
    when=lambda stack: any(stack.of_type(*SECRETS)),
    fix="Refer to the output of the secret that the stack makes (secret.secret_id), or name the "
    "secret in the rule's parameter existing.",
    parameters=Existing,
)
def secretmanager_reference_exists(stack: Stack, settings: Existing) -> Iterator[Violation]:
    """A revision that refers to a secret which is not there does not start."""
    made = [secret.peek("secretId") for secret in stack.of_type(*SECRETS)]
    if UNKNOWN in made:
        return
    for resource in stack.of_type(*REFERENCES):
        for pattern in REFERENCES[resource.type.token]:
            for path in resource.paths(pattern):
                name = _name(resource, path)
                if not name or name in made:
                    continue
                if not any(fnmatchcase(name, known) for known in settings.existing):
                    yield resource.fail(f"refers to the secret {name}, which nobody makes", at=path)


def _name(resource: Resource, path: str) -> str:
    """The id of a secret that is written as text; "" for another resource's output."""
    given = resource.peek(path)
    return short_name(given) if isinstance(given, str) else ""


def _secret(name: object = "db-password") -> case.CaseResource:
    return case.resource(SECRETMANAGER_SECRET, "db", secretId=name)


def _reference(token: str, pattern: str, name: object) -> case.CaseResource:
    return case.CaseResource(token, case.inputs_at(pattern.replace("[]", "[0]"), name))


_FIRST: Final = CLOUDRUNV2_SERVICE, REFERENCES[CLOUDRUNV2_SERVICE][0]
CASES = [
    case.fails(_reference(*_FIRST, "db-pasword"), _secret()),
    case.passes(_reference(*_FIRST, "db-password"), _secret()),
    case.passes(_reference(*_FIRST, "projects/p/secrets/db-password"), _secret()),
    case.fails(_reference(*_FIRST, "projects/p/secrets/api-key"), _secret()),
    case.passes(_reference(*_FIRST, case.output_of("db")), _secret()),
    case.passes(
        _reference(*_FIRST, "shared-api-key"), _secret(), _parameters={"existing": ["shared-*"]}
    ),
    case.fails(_reference(*_FIRST, "api-key"), _secret(), _parameters={"existing": ["shared-*"]}),
    case.not_applicable(_reference(*_FIRST, "db-password")),
    case.passes(_reference(*_FIRST, "api-key"), _secret(case.UNKNOWN)),
    case.passes(_secret()),
    case.fails(
        _reference(*_FIRST, "x"), case.resource(SECRETMANAGER_REGIONAL_SECRET, secretId="y")
    ),
    *(
        expected(_reference(token, pattern, name), _secret())
        for token, patterns in REFERENCES.items()
        for pattern in patterns
        for expected, name in (
            (case.fails, "api-key"),
            (case.passes, "db-password"),
            (case.passes, case.UNKNOWN),
            (case.passes, ""),
        )
    ),
    *(case.passes(case.CaseResource(token, {}), _secret()) for token in REFERENCES),
]
