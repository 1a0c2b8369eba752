"""Workload identity users are bound to an attribute or subject, not the whole pool."""

import re
from collections.abc import Iterator

from apex_guardrails.gcp.grant_types import LEVEL_GRANTS, grant_types, is_grant
from apex_guardrails.gcp.iam import ACCOUNTS, Grant, read_grants
from apex_guardrails.gcp.types import (
    IAM_WORKFORCE_POOL,
    IAM_WORKLOAD_IDENTITY_POOL,
    IAM_WORKLOAD_IDENTITY_POOL_PROVIDER,
    LOGGING_PROJECT_SINK,
    SERVICEACCOUNT_IAM_BINDING,
    SERVICEACCOUNT_IAM_MEMBER,
    STORAGE_BUCKET_IAM_MEMBER,
)
from apex_guardrails.model import UNKNOWN, Resource, UndecidedError, Violation, case, rule
from apex_guardrails.model.case import Case
from apex_guardrails.model.value import KnownParts
from apex_guardrails.rules.families.grant_cases import grant_cases

# Where a pool's identities get in. Elsewhere they can be members, too, but hardly ever are.
USUAL = (*grant_types("serviceaccount/iAM"), *LEVEL_GRANTS)
HOLE = "\0"
BEGINNING = "principalSet://"
WHOLE_POOL = re.compile(BEGINNING + r".*/workloadIdentityPools/[^/]+/\*")
# IAM documentation, "Principal identifiers", 2026-11.
PART_OF_POOL = re.compile(r"/(?:attribute\.[^/]+|group|subject|namespace|kubernetes\.[^/]+)/")


@rule(
    severity="high",
    on=is_grant,
    # Through the engine a member that is made from the pool's name is not known before the pool is:
    # to block would block all that follow the fix. `pulumi up` asks again when it is known.
    undecided="advisory",
    fix="Use principalSet://.../attribute.repository/org/repo.",
)
def iam_wif_binding_not_whole_pool(grant: Resource) -> Iterator[Violation]:
    """Every identity in the pool can act as the account."""
    unknown = None
    for given in read_grants(grant):
        is_whole = _is_whole_pool(grant, given)
        if is_whole:
            yield grant.fail("admits every identity in a workload identity pool", at=given.path)
        elif is_whole is None:
            unknown = given.path
    if unknown is not None:
        raise UndecidedError(unknown)


def _is_whole_pool(grant: Resource, given: Grant) -> bool | None:
    """Whether a member is a whole pool; `None` where that is not known."""
    if given.given_member is not UNKNOWN:
        return WHOLE_POOL.fullmatch(given.member.strip()) is not None
    types = {source.type.token for source in grant.sources(given.path)}
    if given.known_parts is not None:
        return _may_be_whole_pool(given.known_parts, is_workforce=IAM_WORKFORCE_POOL in types)
    if types.isdisjoint((IAM_WORKLOAD_IDENTITY_POOL, IAM_WORKLOAD_IDENTITY_POOL_PROVIDER)) and (
        types or grant.type.token not in USUAL
    ):
        return False  # an account, an agent: an output that is no pool's
    return None


def _may_be_whole_pool(parts: KnownParts, *, is_workforce: bool) -> bool | None:
    """The same of a member of which parts are known, such as all but the pool's name."""
    text = HOLE.join("" if part is None else part for part in parts)
    start = text.partition(HOLE)[0]
    is_a_set = start.startswith(BEGINNING) or BEGINNING.startswith(start)
    if not is_a_set or is_workforce or PART_OF_POOL.search(text):
        return False
    if text.endswith("/*"):
        return True
    return None if text.endswith(HOLE) else False


POOL_NAME = f"{BEGINNING}iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci"
ROLE = "roles/iam.workloadIdentityUser"


def _made(
    member: object, token: str = SERVICEACCOUNT_IAM_MEMBER, source: str = IAM_WORKLOAD_IDENTITY_POOL
) -> list[case.CaseResource]:
    given = {"members": [member]} if token == SERVICEACCOUNT_IAM_BINDING else {"member": member}
    return [case.CaseResource(token, {"role": ROLE, **given}), case.resource(source, "source")]


def _cases() -> Iterator[Case]:
    name, host = case.output_of("source"), f"{BEGINNING}iam.googleapis.com/"
    for token in (SERVICEACCOUNT_IAM_MEMBER, SERVICEACCOUNT_IAM_BINDING, STORAGE_BUCKET_IAM_MEMBER):
        for good in (
            case.concat(host, name, "/attribute.repository/org/repo"),
            case.concat(host, name, "/attribute.repository/", case.UNKNOWN),
            case.concat(host, name, "/attribute.repository/*"),
            case.concat(host, name, "/group/", case.UNKNOWN),
            case.concat(host, name, "/subject/", case.UNKNOWN),
            case.concat(host, name, "/namespace/", case.UNKNOWN),
            case.concat(host, name, "/kubernetes.cluster/", case.UNKNOWN),
            case.concat(host, name, "/other"),
            case.concat("principal://iam.googleapis.com/", name, "/subject/", case.UNKNOWN),
            case.concat("serviceAccount:", name),
        ):
            yield case.passes(*_made(good, token))
        for bad in (
            case.concat(host, name, "/*"),
            case.concat(name, "/*"),
            case.concat(POOL_NAME[:-2], name, "/*"),
        ):
            yield case.fails(*_made(bad, token))
        for unclear in (name, case.concat(host, name), case.concat("principal", name)):
            yield case.undecided(*_made(unclear, token))
        yield case.passes(*_made(case.concat(host, name, "/*"), token, IAM_WORKFORCE_POOL))
        yield case.passes(*_made(name, token, LOGGING_PROJECT_SINK))
    yield case.undecided(
        *_made(name, SERVICEACCOUNT_IAM_MEMBER, IAM_WORKLOAD_IDENTITY_POOL_PROVIDER)
    )
    yield case.passes(*_made(case.UNKNOWN, STORAGE_BUCKET_IAM_MEMBER))
    # An account beside it makes no account of it.
    account = case.concat("serviceAccount:", case.output_of("account"))
    beside = [account, case.concat(host, name, "/*")]
    yield case.fails(
        case.resource(SERVICEACCOUNT_IAM_BINDING, role=ROLE, members=beside),
        case.resource(IAM_WORKLOAD_IDENTITY_POOL, "source"),
        case.resource(ACCOUNTS[0], "account", accountId="a"),
    )
    known_first = [case.concat(host, case.UNKNOWN), f"{POOL_NAME}/*"]
    yield case.fails(case.resource(SERVICEACCOUNT_IAM_BINDING, role=ROLE, members=known_first))
    several = [case.concat(host, case.UNKNOWN), case.concat(host, case.UNKNOWN, "/*")]
    yield case.fails(case.resource(SERVICEACCOUNT_IAM_BINDING, role=ROLE, members=several))


CASES = [
    *grant_cases(
        USUAL,
        good=[
            (ROLE, f"{POOL_NAME}/attribute.repository/org/repo"),
            (ROLE, f"{POOL_NAME}/attribute.repository/*"),
            (ROLE, f"{BEGINNING}iam.googleapis.com/locations/global/workforcePools/staff/*"),
            (ROLE, "serviceAccount:api@p.iam.gserviceaccount.com"),
        ],
        bad=[
            (ROLE, f"{POOL_NAME}/*"),
            (ROLE, f"{POOL_NAME}/* "),
            ("roles/run.viewer", f"{POOL_NAME}/*"),
        ],
        needs=["member"],
    ),
    *_cases(),
]
