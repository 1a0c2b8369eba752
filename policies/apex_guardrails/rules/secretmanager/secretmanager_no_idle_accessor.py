"""Service accounts that can read a secret run a workload that uses it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from apex_guardrails.gcp.grant_types import is_grant
from apex_guardrails.gcp.run import ACCOUNT_PATHS, WORKLOADS, make_example
from apex_guardrails.gcp.types import (
    CLOUDRUNV2_SERVICE,
    COMPUTE_INSTANCE,
    SECRETMANAGER_REGIONAL_SECRET,
    SECRETMANAGER_REGIONAL_SECRET_IAM_BINDING,
    SECRETMANAGER_REGIONAL_SECRET_IAM_MEMBER,
    SECRETMANAGER_REGIONAL_SECRET_VERSION,
    SECRETMANAGER_SECRET,
    SECRETMANAGER_SECRET_IAM_BINDING,
    SECRETMANAGER_SECRET_IAM_MEMBER,
    SECRETMANAGER_SECRET_VERSION,
    SERVICEACCOUNT_ACCOUNT,
    SERVICEACCOUNT_IAM_BINDING,
    SERVICEACCOUNT_IAM_MEMBER,
    SERVICEACCOUNT_IAM_POLICY,
)
from apex_guardrails.model import Resource, Stack, Violation, case, rule
from apex_guardrails.model.view import DependenciesUnknownError

SECRETS = (SECRETMANAGER_SECRET, SECRETMANAGER_REGIONAL_SECRET)
VERSIONS = (SECRETMANAGER_SECRET_VERSION, SECRETMANAGER_REGIONAL_SECRET_VERSION)
GRANTS = (
    SECRETMANAGER_SECRET_IAM_MEMBER,
    SECRETMANAGER_SECRET_IAM_BINDING,
    SECRETMANAGER_REGIONAL_SECRET_IAM_MEMBER,
    SECRETMANAGER_REGIONAL_SECRET_IAM_BINDING,
)
# Whoever these name acts as the account, from outside the stack.
ACTORS = (SERVICEACCOUNT_IAM_MEMBER, SERVICEACCOUNT_IAM_BINDING, SERVICEACCOUNT_IAM_POLICY)
IN_PATH = re.compile(r"/secrets/([^/]+)")
ACCESSOR = "roles/secretmanager.secretAccessor"


@rule(
    severity="medium",
    on=(*GRANTS, SERVICEACCOUNT_ACCOUNT, *SECRETS, *VERSIONS, *ACTORS, *WORKLOADS),
    scope="stack",
    fix="Remove the grant, or refer to the secret in the workload that needs it.",
)
def secretmanager_no_idle_accessor(stack: Stack) -> Iterator[Violation]:
    """A grant that nobody needs is one more way to get at the secret."""
    grants = [given for given in stack.of_type(*GRANTS) if given.peek("role") == ACCESSOR]
    if not grants:
        return
    users, workloads = _users(stack), Workloads(stack)
    acted = {
        account.urn
        for actor in stack.of_type(*ACTORS)
        for account in actor.referred("serviceAccountId", SERVICEACCOUNT_ACCOUNT)
    }
    for grant in grants:
        path = "members" if grant.type.token.endswith("Binding") else "member"
        for secret in grant.referred("secretId", *SECRETS):
            readers = _readers(secret, users, workloads)
            for account in grant.referred(path, SERVICEACCOUNT_ACCOUNT):
                if (
                    account.urn not in acted
                    and readers
                    and _is_idle(readers, [*users.get(account.urn, ()), *workloads.run_as(account)])
                ):
                    yield grant.fail(
                        f"lets {account.name} read {secret.name}, but none of its workloads does",
                        at=path,
                    )


def _users(stack: Stack) -> dict[str, list[Resource]]:
    """The resources with an input made from an output, by the URN of the output's resource."""
    users: defaultdict[str, list[Resource]] = defaultdict(list)
    for resource in stack:
        if not resource.custom or is_grant(resource.type):
            continue
        if resource.property_dependencies is None:
            raise DependenciesUnknownError
        for urn in {urn for urns in resource.property_dependencies.values() for urn in urns}:
            users[urn].append(resource)
    return users


class Workloads:
    """The workloads, by what their inputs name."""

    def __init__(self, stack: Stack) -> None:
        self._by_secret: defaultdict[str, set[str]] = defaultdict(set)
        self._by_account: defaultdict[str, list[Resource]] = defaultdict(list)
        for workload in stack.of_type(*WORKLOADS):
            email = str(workload.peek(ACCOUNT_PATHS[workload.type.token]))
            self._by_account[email.partition("@")[0]].append(workload)
            for leaf in workload.leaves():
                if isinstance(leaf.value, str):
                    for name in (leaf.value, *IN_PATH.findall(leaf.value)):
                        self._by_secret[name].add(workload.urn)

    def naming(self, secret: Resource) -> set[str]:
        """The URNs of those that name a secret by its id."""
        name = secret.peek("secretId")
        return self._by_secret.get(name, set()) if isinstance(name, str) else set()

    def run_as(self, account: Resource) -> list[Resource]:
        """Those that name a service account by its address."""
        return self._by_account.get(str(account.peek("accountId")), [])


def _readers(secret: Resource, users: dict[str, list[Resource]], workloads: Workloads) -> set[str]:
    """The resources that name a secret, or a version of it."""
    found = set(workloads.naming(secret))
    for user in users.get(secret.urn, ()):
        named = users.get(user.urn, ()) if user.type.token in VERSIONS else [user]
        found |= {reader.urn for reader in named}
    return found


def _is_idle(readers: set[str], runs: Iterable[Resource]) -> bool:
    """Whether all that an account runs is seen to read nothing of a secret."""
    # What a machine or a cluster reads is not in the program.
    return all(run.type.token in WORKLOADS and run.urn not in readers for run in runs)


KEY = case.resource(SECRETS[0], "key", secretId="api-key")
VERSION = case.resource(VERSIONS[0], "version", secret=case.output_of("key"))
API, WEB = (case.resource(SERVICEACCOUNT_ACCOUNT, name, accountId=name) for name in ("api", "web"))


def _runs(
    name: str, account: Any, *secrets: Any, token: str = CLOUDRUNV2_SERVICE
) -> case.CaseResource:
    envs = [
        {"name": "KEY", "valueSource": {"secretKeyRef": {"secret": secret}}} for secret in secrets
    ]
    path = ACCOUNT_PATHS[token].split(".")
    template = make_example(token, {"envs": envs}) if envs else make_example(token)
    inner: Any = template
    for step in path[1:-1]:
        inner = inner[step]
    inner[path[-1]] = account
    return case.resource(token, name, template=template)


def _grant(member: Any, token: str = GRANTS[0], **inputs: Any) -> case.CaseResource:
    path = "members" if token.endswith("Binding") else "member"
    given = {"secretId": case.output_of("key"), "role": ACCESSOR, path: member, **inputs}
    return case.resource(token, "grant", **given)


OUT_KEY, OUT_API, OUT_WEB = (case.output_of(name) for name in ("key", "api", "web"))
READER = _runs("reader", OUT_API, OUT_KEY)
STACK = (KEY, API, WEB, READER)
CASES = [
    case.passes(*STACK, _grant(OUT_API)),
    case.passes(*STACK, _grant([OUT_API], GRANTS[1])),
    case.passes(*STACK, _grant(OUT_WEB, role="roles/secretmanager.viewer")),
    case.passes(*STACK, _grant(OUT_WEB, role=case.UNKNOWN)),
    case.passes(*STACK, _grant(OUT_WEB, secretId="another")),
    case.passes(*STACK, _grant(case.UNKNOWN)),
    case.passes(*STACK, _grant("group:a@example.org")),
    case.passes(*STACK, _grant(OUT_WEB), _runs("w", OUT_WEB, OUT_KEY)),
    case.passes(*STACK, _grant(OUT_WEB), _runs("w", "web@p.iam.gserviceaccount.com", OUT_KEY)),
    case.passes(*STACK, VERSION, _grant(OUT_WEB), _runs("w", OUT_WEB, case.output_of("version"))),
    case.passes(*STACK, _grant(OUT_WEB), _runs("w", OUT_WEB, "api-key")),
    case.passes(*STACK, _grant(OUT_WEB), _runs("w", OUT_WEB, "projects/p/secrets/api-key")),
    # What else reads it, and as whom, is not seen.
    case.passes(KEY, WEB, _grant(OUT_WEB)),
    case.passes(KEY, VERSION, WEB, _grant(OUT_WEB)),
    case.passes(
        *STACK,
        _grant(OUT_WEB),
        case.resource(COMPUTE_INSTANCE, "vm", serviceAccount={"email": OUT_WEB}),
    ),
    case.passes(
        *STACK, _grant(OUT_WEB), case.resource(ACTORS[0], "actor", serviceAccountId=OUT_WEB)
    ),
    # No name is no part of any other.
    case.passes(
        case.resource(SECRETS[0], "key", secretId=""),
        *(API, WEB, _runs("r", OUT_API, "projects/p/secrets/another"), _grant(OUT_WEB)),
    ),
    case.passes(_outputs={}),
    case.fails(*STACK, _grant(OUT_WEB)),
    case.fails(*STACK, _grant([OUT_API, OUT_WEB], GRANTS[1])),
    case.fails(*STACK, _grant(OUT_WEB), _runs("w", OUT_WEB)),
    case.fails(*STACK, _grant(OUT_WEB), _runs("w", OUT_WEB, token=WORKLOADS[1])),
    case.fails(*STACK, _grant(OUT_WEB), _runs("w", OUT_WEB, "another-api-key")),
    case.fails(
        *STACK, _grant(OUT_WEB), case.resource(ACTORS[0], "actor", serviceAccountId=OUT_API)
    ),
    case.fails(
        KEY, VERSION, API, WEB, _runs("r", OUT_API, case.output_of("version")), _grant(OUT_WEB)
    ),
    case.fails(KEY, API, WEB, _runs("r", OUT_API, "api-key"), _grant(OUT_WEB)),
]
