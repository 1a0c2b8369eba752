"""No stack output or environment variable contains a service account key."""

import re
from collections.abc import Iterator

from apex_guardrails.gcp.types import (
    CLOUDFUNCTIONS_FUNCTION,
    CLOUDFUNCTIONSV2_FUNCTION,
    CLOUDRUN_SERVICE,
    CLOUDRUNV2_JOB,
    CLOUDRUNV2_SERVICE,
    CLOUDRUNV2_WORKER_POOL,
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_TEMPLATE,
    COMPUTE_REGION_INSTANCE_TEMPLATE,
    SECRETMANAGER_SECRET_VERSION,
    SERVICEACCOUNT_ACCOUNT,
    SERVICEACCOUNT_KEY,
)
from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule
from apex_guardrails.model.value import unwrap

# What has a key for an input has it in these, and nothing else of a key is of use there.
PLAIN = {
    CLOUDFUNCTIONS_FUNCTION: ("environmentVariables", "buildEnvironmentVariables"),
    CLOUDFUNCTIONSV2_FUNCTION: ("serviceConfig", "buildConfig"),
    CLOUDRUN_SERVICE: ("template",),
    CLOUDRUNV2_JOB: ("template",),
    CLOUDRUNV2_SERVICE: ("template",),
    CLOUDRUNV2_WORKER_POOL: ("template",),
    COMPUTE_INSTANCE: ("metadata", "metadataStartupScript"),
    COMPUTE_INSTANCE_TEMPLATE: ("metadata", "metadataStartupScript"),
    COMPUTE_REGION_INSTANCE_TEMPLATE: (
        "metadata",
        "metadataStartupScript",
    ),
}
# Nobody says in a preview what an output is made from, so that its name has to tell.
NAMED = re.compile(r"private_?key|credential|(?:account|sa)_?key|key_?(?:json|file)", re.IGNORECASE)


@rule(
    severity="critical",
    on=SERVICEACCOUNT_KEY,
    scope="stack",
    when=lambda stack: any(stack.of_type(SERVICEACCOUNT_KEY)),
    fix="Remove the export; pass the key on through Secret Manager, or do without a key.",
)
def iam_service_account_key_not_output(stack: Stack) -> Iterator[Violation]:
    """Anyone who can read the stack's outputs or the workload's settings can use the account."""
    keys = list(stack.of_type(SERVICEACCOUNT_KEY))
    for workload in stack.of_type(*PLAIN):
        for name in PLAIN[workload.type.token]:
            for key in workload.referred(name, SERVICEACCOUNT_KEY):
                yield workload.fail(f"receives the key {key.name} in plain text", at=name)
    for leaf in stack.outputs.leaves() if stack.outputs is not None else ():
        is_unknown_key = leaf.value is UNKNOWN and NAMED.search(leaf.path)
        if is_unknown_key or any(_is_private(key, leaf.value) for key in keys):
            yield stack.fail("the output exposes a service account's private key", at=leaf.path)


def _is_private(key: Resource, value: object) -> bool:
    """Whether a value is the private key of a key that exists already."""
    private = unwrap((key.outputs or {}).get("privateKey"))
    return isinstance(private, str) and value == private


def _handed(token: str, name: str, source: str) -> list[case.CaseResource]:
    return [
        case.CaseResource(token, {name: case.output_of(source)}),
        case.resource(SERVICEACCOUNT_KEY, "key", serviceAccountId="api"),
        case.resource(SERVICEACCOUNT_ACCOUNT, "account", accountId="api"),
    ]


CASES = [
    case.not_applicable(_outputs={"private_key": case.UNKNOWN}),
    case.passes(case.resource(SERVICEACCOUNT_KEY)),
    case.passes(
        case.resource(SERVICEACCOUNT_KEY),
        case.resource(SECRETMANAGER_SECRET_VERSION, secretData=case.UNKNOWN),
        _outputs={"url": case.UNKNOWN, "key_json_path": "keys/a.json", "count": 3},
    ),
    *(
        case.passes(*_handed(token, name, "account"))
        for token, names in PLAIN.items()
        for name in names
    ),
    *(case.fails(*_handed(token, name, "key")) for token, names in PLAIN.items() for name in names),
    # The key's name tells nothing.
    case.passes(
        case.resource(COMPUTE_INSTANCE, description=case.output_of("key")),
        case.resource(SERVICEACCOUNT_KEY, "key", serviceAccountId="api"),
    ),
    case.fails(
        case.resource(
            COMPUTE_INSTANCE,
            metadata={"a": case.output_of("account"), "b": case.output_of("key")},
        ),
        *_handed(COMPUTE_INSTANCE, "metadata", "account")[1:],
    ),
    *(
        case.fails(case.resource(SERVICEACCOUNT_KEY), _outputs={name: case.UNKNOWN})
        for name in ("private_key", "privateKey", "ci-credentials", "ACCOUNT_KEY", "sa_key")
    ),
    case.fails(
        case.resource(SERVICEACCOUNT_KEY),
        _outputs={"keys": {"key.json": 1, "key_json": case.UNKNOWN}},
    ),
    case.fails(case.resource(SERVICEACCOUNT_KEY), _outputs={"key_file": case.secret(case.UNKNOWN)}),
    # Once the key is there, its value tells, whatever the output is called.
    case.fails(
        case.resource(SERVICEACCOUNT_KEY, _outputs={"privateKey": "the key"}),
        _outputs={"a": "the key"},
    ),
    case.passes(
        case.resource(SERVICEACCOUNT_KEY, _outputs={"privateKey": "the key"}),
        _outputs={"a": "another", "b": 3},
    ),
]
