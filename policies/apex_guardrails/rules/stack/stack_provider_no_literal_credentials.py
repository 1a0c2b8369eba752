"""The Google Cloud provider has no key or access token in the program."""

from collections.abc import Iterator

from apex_guardrails.gcp.credential_inputs import PROVIDER, PROVIDER_CREDENTIALS
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.rules.families.literal_credentials import literal


@rule(
    severity="critical",
    on=PROVIDER,
    fix="Leave it out and log in with workload identity or impersonate_service_account.",
)
def stack_provider_no_literal_credentials(provider: Resource) -> Iterator[Violation]:
    """Everyone who reads the repository can act as the account that deploys."""
    for name in PROVIDER_CREDENTIALS:
        value = provider.peek(name)
        # Besides a key file's content, `credentials` takes its path, which is none.
        if name == "credentials" and isinstance(value, str) and "{" not in value:
            continue
        yield from literal(provider, name)


CASES = [
    case.passes(),
    case.passes(project="a-project"),
    case.passes(credentials="", accessToken=""),
    case.passes(credentials=case.UNKNOWN, accessToken=case.UNKNOWN),
    case.passes(credentials="/run/credentials/key.json"),
    case.passes(credentials=case.secret(case.SECRET_CONFIG)),
    case.passes(accessToken=case.secret(case.SECRET_CONFIG)),
    case.fails(credentials='{"type": "a key file"}'),
    case.fails(credentials=case.secret('{"type": "a key file"}')),
    case.fails(accessToken="correct horse"),
    case.fails(credentials="/run/credentials/key.json", accessToken="correct horse"),
]
