"""Passwords in secret config are not placeholders."""

import re
from collections.abc import Iterator

from apex_guardrails.gcp.credential_inputs import credential_paths, takes_credentials
from apex_guardrails.gcp.types import ALLOYDB_CLUSTER, ALLOYDB_USER, SQL_USER
from apex_guardrails.model import Origin, Resource, Violation, case, rule

# Among the most used of the lists of leaked passwords, and what templates leave to be filled in.
PLACEHOLDER = re.compile(
    r"(?:changeme|change_?me|changeit|replace_?me|fill_?me_?in|your_?password|insert_?here|todo"
    r"|tbd|dummy|example|sample|test|testing|password|passw0rd|p@ssw0rd|pass|secret|admin|root"
    r"|postgres|mysql|default|guest|user|welcome|letmein|qwerty|abc|none|null|foo|bar|xxx+)"
    r"[\d!@#$*._-]*|\d+|(.)\1+",
    re.IGNORECASE,
)


@rule(
    severity="high",
    on=takes_credentials,
    fix="Generate it: openssl rand -base64 32 | pulumi config set --secret KEY.",
)
def credentials_no_placeholder_password(resource: Resource) -> Iterator[Violation]:
    """Attackers try placeholders such as changeme first."""
    # One that is written in the program is another rule's. That it is long enough, which the
    # catalogue puts in here, is another fact.
    for path in credential_paths(resource):
        value = resource.peek(path)
        if not isinstance(value, str) or not PLACEHOLDER.fullmatch(value.replace("-", "_")):
            continue
        if resource.origin(path) in (Origin.SECRET_CONFIG, Origin.SECRET):
            yield resource.fail("is a placeholder that is easy to guess", at=path)


def _user(password: str) -> tuple[case.CaseResource, dict[str, object]]:
    return case.resource(SQL_USER, password=case.secret(password)), {"p:k": case.secret(password)}


CASES = [
    case.passes(case.resource(SQL_USER)),
    case.passes(case.resource(SQL_USER, password=case.secret(case.SECRET_CONFIG))),
    case.passes(case.resource(SQL_USER, password=case.UNKNOWN)),
    # Another rule says that it is written in the program.
    case.passes(case.resource(SQL_USER, password=case.secret("changeme"))),
    *(
        outcome(resource, _config=config)
        for outcome, password in (
            (case.fails, "changeme"),
            (case.fails, "CHANGE-ME"),
            (case.fails, "replace_me"),
            (case.fails, "Password123!"),
            (case.fails, "12345678"),
            (case.fails, "aaaaaaaa"),
            (case.passes, "changeme when you can"),
            (case.passes, "correct horse"),
        )
        for resource, config in (_user(password),)
    ),
    case.fails(
        case.resource(ALLOYDB_CLUSTER, initialUser=case.secret({"password": "changeme"})),
        _config={"p:k": case.secret("changeme")},
    ),
    case.fails(
        case.resource(ALLOYDB_USER, password=case.secret("changeme")),
        _config={"p:k": case.secret("changeme")},
    ),
    case.fails(
        case.resource("pulumi:providers:gcp", accessToken=case.secret("changeme")),
        _config={"p:k": case.secret("changeme")},
    ),
]
