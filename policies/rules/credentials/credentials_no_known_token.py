"""No input holds a credential of a known format."""

from collections.abc import Iterator
from typing import Any

from policies.model import Complaint, Resource, case, rule
from policies.model.credentials import may_hold_token, token_format


@rule(
    severity="critical",
    on="*",
    fix="Revoke the credential, put a new one into Secret Manager, and refer to it from there.",
)
def credentials_no_known_token(resource: Resource) -> Iterator[Complaint]:
    """Whoever reads the source, the state or the console can use it."""
    data = resource.serialized
    if data is not None and not may_hold_token(data):
        return
    secret_config = resource.stack.secret_config
    for leaf in resource.leaves():
        text = leaf.value if isinstance(leaf.value, str) else getattr(leaf.value, "text", None)
        if not text:
            continue
        name = token_format(text)
        # What secret config brings is no literal, and may well be a token: it has its own rules.
        if name and not (leaf.is_secret and secret_config.occurs_in(text)):
            yield resource.fail(f"holds a value in the form of a {name}", at=leaf.path)


JOB = "gcp:cloudrunv2/job:Job"


def _env(value: Any) -> dict[str, Any]:
    return {"template": {"template": {"containers": [{"envs": [{"name": "K", "value": value}]}]}}}


# Assembled here, so that nothing in this file has the form of a credential.
CASES = [
    case.passes(case.resource(JOB, **_env("a sentence about sk- and eyJ and AKIA"))),
    case.passes(case.resource(JOB, **_env("disk-" + "a1" * 24))),
    case.passes(case.resource(JOB, **_env(case.UNKNOWN))),
    case.passes(case.resource(JOB, **_env(case.secret(case.SECRET_CONFIG)))),
    case.passes(case.resource(JOB)),
    *(
        case.fails(case.resource(JOB, **_env(token)))
        for token in (
            "sk-" + "a1" * 24,
            "sk-" + "proj-" + "a1" * 24,
            "sk-" + "ant-" + "api03-" + "a1" * 24,
            "AKI" + "A" + "Z9" * 8,
            "key=AIz" + "a" + "Z" * 35,
            "-----BEGIN " + "PRIVATE KEY-----\nMII",
            "-----BEGIN RSA " + "PRIVATE KEY-----\nMII",
            "eyJ" + "hbGciOiJI" + ".eyJ" + "zdWIiOiIx" + ".c2lnbmF0dXJl",
            '{"type": "service_' + 'account", "private_key": "x"}',
            "gh" + "p_" + "a1" * 18,
            "xox" + "b-" + "1" * 24,
        )
    ),
    case.fails(case.resource(JOB, **_env(case.secret("sk-" + "a1" * 24)))),
    case.fails(case.resource("gcp:compute/instance:Instance", metadata={"k": "sk-" + "a1" * 24})),
]
