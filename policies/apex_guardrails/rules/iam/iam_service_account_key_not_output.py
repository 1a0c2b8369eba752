"""No stack output and no environment variable holds a service account's private key."""

import re
from collections.abc import Iterator

from apex_guardrails.model import UNKNOWN, Resource, Stack, Violation, case, rule
from apex_guardrails.model.value import unwrap

KEY = "gcp:serviceaccount/key:Key"
# What has a key for an input has it in these, and nothing else of a key is of use there.
PLAIN = {
    "gcp:cloudfunctions/function:Function": ("environmentVariables", "buildEnvironmentVariables"),
    "gcp:cloudfunctionsv2/function:Function": ("serviceConfig", "buildConfig"),
    "gcp:cloudrun/service:Service": ("template",),
    "gcp:cloudrunv2/job:Job": ("template",),
    "gcp:cloudrunv2/service:Service": ("template",),
    "gcp:cloudrunv2/workerPool:WorkerPool": ("template",),
    "gcp:compute/instance:Instance": ("metadata", "metadataStartupScript"),
    "gcp:compute/instanceTemplate:InstanceTemplate": ("metadata", "metadataStartupScript"),
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate": (
        "metadata",
        "metadataStartupScript",
    ),
}
# Nobody says in a preview what an output is made from, so that its name has to tell.
NAMED = re.compile(r"private_?key|credential|(?:account|sa)_?key|key_?(?:json|file)", re.IGNORECASE)


@rule(
    severity="critical",
    on=KEY,
    scope="stack",
    when=lambda stack: any(stack.of_type(KEY)),
    fix="Remove the export; hand the key on through Secret Manager, or do without it.",
)
def iam_service_account_key_not_output(stack: Stack) -> Iterator[Violation]:
    """Whoever may read the stack's outputs, or a workload's settings, owns the account."""
    keys = list(stack.of_type(KEY))
    for workload in stack.of_type(*PLAIN):
        for name in PLAIN[workload.type.token]:
            for key in workload.referred(name, KEY):
                yield workload.fail(f"is handed the key {key.name} in plain text", at=name)
    for leaf in stack.outputs.leaves() if stack.outputs is not None else ():
        is_unknown_key = leaf.value is UNKNOWN and NAMED.search(leaf.path)
        if is_unknown_key or any(_is_private(key, leaf.value) for key in keys):
            yield stack.fail("the output shows a service account's private key", at=leaf.path)


def _is_private(key: Resource, value: object) -> bool:
    """Whether a value is the private key of a key that exists already."""
    private = unwrap((key.outputs or {}).get("privateKey"))
    return isinstance(private, str) and value == private


def _handed(token: str, name: str, source: str) -> list[case.CaseResource]:
    return [
        case.CaseResource(token, {name: case.output_of(source)}),
        case.resource(KEY, "key", serviceAccountId="api"),
        case.resource("gcp:serviceaccount/account:Account", "account", accountId="api"),
    ]


CASES = [
    case.not_applicable(_outputs={"private_key": case.UNKNOWN}),
    case.passes(case.resource(KEY)),
    case.passes(
        case.resource(KEY),
        case.resource("gcp:secretmanager/secretVersion:SecretVersion", secretData=case.UNKNOWN),
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
        case.resource("gcp:compute/instance:Instance", description=case.output_of("key")),
        case.resource(KEY, "key", serviceAccountId="api"),
    ),
    case.fails(
        case.resource(
            "gcp:compute/instance:Instance",
            metadata={"a": case.output_of("account"), "b": case.output_of("key")},
        ),
        *_handed("gcp:compute/instance:Instance", "metadata", "account")[1:],
    ),
    *(
        case.fails(case.resource(KEY), _outputs={name: case.UNKNOWN})
        for name in ("private_key", "privateKey", "ci-credentials", "ACCOUNT_KEY", "sa_key")
    ),
    case.fails(case.resource(KEY), _outputs={"keys": {"key.json": 1, "key_json": case.UNKNOWN}}),
    case.fails(case.resource(KEY), _outputs={"key_file": case.secret(case.UNKNOWN)}),
    # Once the key is there, its value tells, whatever the output is called.
    case.fails(case.resource(KEY, _outputs={"privateKey": "the key"}), _outputs={"a": "the key"}),
    case.passes(
        case.resource(KEY, _outputs={"privateKey": "the key"}), _outputs={"a": "another", "b": 3}
    ),
]
