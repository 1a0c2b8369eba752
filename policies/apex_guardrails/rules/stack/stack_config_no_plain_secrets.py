"""The stack's plain config contains no credentials."""

import re
from collections.abc import Iterator

from apex_guardrails.gcp.credential_inputs import PROVIDER_CREDENTIALS
from apex_guardrails.model import STACK_TYPE, Stack, Violation, case, rule
from apex_guardrails.model.credentials import has_password, token_format
from apex_guardrails.model.value import from_json, join_path, leaves, parse_path

CALLED = re.compile(
    r"(?:password|passwd|passphrase|token|api_?key|private_?key|client_?secret|secret_?key"
    r"|access_?key)$",
    re.IGNORECASE,
)
NO_CREDENTIAL = re.compile(
    r"|true|false|null|\d+|(?:projects/|gs://|https?://|~?/|\./).*", re.IGNORECASE
)
"""Switches and numbers, and names of where the credential is."""

# Those of the provider are inputs of a resource, whose rule says so.
PROVIDER_KEYS = frozenset(f"gcp:{name}" for name in PROVIDER_CREDENTIALS)


@rule(
    severity="critical",
    on=STACK_TYPE,
    scope="stack",
    fix="Revoke the credential, and set a new one: pulumi config set --secret KEY.",
)
def stack_config_no_plain_secrets(stack: Stack) -> Iterator[Violation]:
    """Everyone who can read the repository can read Pulumi.STACK.yaml."""
    for key, text in stack.config.items():
        if key in stack.secret_config.values or key in PROVIDER_KEYS:
            continue
        at = join_path("config", key)
        token = token_format(text)
        if token is not None:
            yield stack.fail(f"contains a credential: {token}", at=at)
        elif has_password(text):
            yield stack.fail("contains a URL with a password", at=at)
        else:
            for leaf in leaves(_parsed(text), at):
                name = str(parse_path(leaf.path)[-1]).replace("-", "_")
                is_text = isinstance(leaf.value, str) and not NO_CREDENTIAL.fullmatch(leaf.value)
                if is_text and CALLED.search(name):
                    yield stack.fail(
                        "is plain text, although its name says it is a credential", at=leaf.path
                    )


def _parsed(text: str) -> object:
    """What a config value is: objects and arrays come as JSON."""
    try:
        return from_json(text) if text[:1] in ("{", "[") else text
    except ValueError:
        return text


# Assembled here, so that nothing in this file has the form of a credential.
TOKEN = "sk-" + "a1" * 24
CASES = [
    case.passes(_outputs={}),
    *(
        case.passes(_outputs={}, _config=config)
        for config in (
            {"gcp:project": "a-project"},
            {"p:password": case.secret("correct horse")},
            {"p:token": case.secret(TOKEN)},
            {"p:password": ""},
            {"p:require-token": "true"},
            {"p:token": "3600"},
            {"p:api-key": "projects/p/secrets/s"},
            {"p:private-key": "/run/key.pem"},
            {"p:private-key": "~/key.pem"},
            {"p:private-key": "./key.pem"},
            {"p:token": "https://example.org/token"},
            {"p:access-key": "gs://bucket/key"},
            {"p:secrets-version": "one"},
            {"p:password-policy": "strong"},
            {"p:settings": '{"password": 3, "on": true}'},
            {"p:broken": '{"password": "correct horse"'},
            {"gcp:credentials": '{"type": "service_' + 'account", "private_key": ""}'},
            {"gcp:accessToken": TOKEN},
        )
    ),
    *(
        case.fails(_outputs={}, _config=config)
        for config in (
            {"p:anything": TOKEN},
            {"p:anything": '{"type": "service_' + 'account", "private_key": ""}'},
            {"p:address": "postgresql://app:" + "example" + "@db:5432/x"},
            {"p:db-password": "correct horse"},
            {"p:dbPassword": "correct horse"},
            {"p:passwd": "correct horse"},
            {"p:passphrase": "correct horse"},
            {"p:github-token": "correct horse"},
            {"p:openai-api-key": "correct horse"},
            {"p:apikey": "correct horse"},
            {"p:private_key": "correct horse"},
            {"p:client-secret": "correct horse"},
            {"p:jwt-secret-key": "correct horse"},
            {"p:aws-access-key": "correct horse"},
            {"p:settings": '{"db": [{"password": "correct horse"}]}'},
        )
    ),
]
