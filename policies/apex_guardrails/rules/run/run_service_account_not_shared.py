"""No two Cloud Run workloads, and no workload and VM, share a service account."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from apex_guardrails.gcp.accounts import MACHINE_ACCOUNT, is_default_account
from apex_guardrails.gcp.iam import ACCOUNTS
from apex_guardrails.gcp.machines import MACHINES
from apex_guardrails.gcp.run import ACCOUNT_PATHS, WORKLOADS
from apex_guardrails.gcp.types import CLOUDRUNV2_JOB, CLOUDRUNV2_SERVICE, SERVICEACCOUNT_ACCOUNT
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

# Besides the catalogue's. VMs that share one among themselves are often one group of machines.
PATHS: Mapping[str, str] = ACCOUNT_PATHS | dict.fromkeys(MACHINES, MACHINE_ACCOUNT)


class SharedAccounts(Parameters):
    """Accounts that may be shared."""

    allowed: Annotated[tuple[str, ...], Looser.MORE] = Field(
        (), description="Account ids or e-mail addresses that several workloads may run as."
    )


@rule(
    severity="low",
    on=tuple(PATHS),
    scope="stack",
    fix="Create one serviceaccount.Account for each workload.",
    parameters=SharedAccounts,
)
def run_service_account_not_shared(stack: Stack, settings: SharedAccounts) -> Iterator[Violation]:
    """An attacker in one can read the secrets of the other."""
    for account, users in _users(stack).items():
        names = _names(stack, account)
        if any(name in settings.allowed for name in names):
            continue
        # It is told once, of a workload.
        for first in [user for user in users if user.type.token in WORKLOADS][:1]:
            others = sorted({user.name for user in users if not _is_one(user, first)})
            if others:
                yield first.fail(
                    f"runs as {names[0]}, as does {', '.join(others)}",
                    at=PATHS[first.type.token],
                )


def _users(stack: Stack) -> Mapping[str, Sequence[Resource]]:
    """The workloads that run as an account, by its address, or the URN of one of the stack's."""
    users: defaultdict[str, list[Resource]] = defaultdict(list)
    for workload in stack.of_type(*PATHS):
        path = PATHS[workload.type.token]
        email = workload.peek(path)
        if email is UNKNOWN:
            ours = list(workload.referred(path, *ACCOUNTS))
            if len(ours) == 1:  # of several it cannot be told which
                users[ours[0].urn].append(workload)
        elif isinstance(email, str) and email and not is_default_account(email):
            users[email].append(workload)
    return users


def _names(stack: Stack, account: str) -> list[str]:
    """What the settings may call an account: by the name of its resource, its id or its address."""
    ours = stack.resources.get(account)
    if ours is None:
        return [account, account.partition("@")[0]]
    return [ours.name, str(ours.peek("accountId"))]


def _is_one(user: Resource, other: Resource) -> bool:
    """Whether two are one workload, in two regions."""
    name = user.peek("name")
    is_same = user is other or (
        name is not UNKNOWN and name is not None and name == other.peek("name")
    )
    return is_same and user.type == other.type


def _runs(token: str, label: str, account: object, /, **inputs: object) -> case.CaseResource:
    given = case.inputs_at(PATHS[token], account)
    return case.CaseResource(token, {**given, **inputs}, label)


OURS = case.resource(SERVICEACCOUNT_ACCOUNT, "ours", accountId="shared-id")
THEIRS = case.resource(SERVICEACCOUNT_ACCOUNT, "theirs", accountId="b")
API = _runs(CLOUDRUNV2_SERVICE, "api", case.output_of("ours"))
BOTH = (API, _runs(CLOUDRUNV2_JOB, "job", case.output_of("ours")), OURS)
TWO_OUTPUTS = case.resource(
    CLOUDRUNV2_SERVICE,
    "both",
    template={
        "serviceAccount": case.output_of("ours"),
        "encryptionKey": case.output_of("theirs"),
    },
)
EMAIL = "shared@p.iam.gserviceaccount.com"
BY_EMAIL = (_runs(CLOUDRUNV2_SERVICE, "api", EMAIL), _runs(CLOUDRUNV2_JOB, "job", EMAIL))
CASES = [
    case.passes(API, OURS),
    case.passes(API, _runs(CLOUDRUNV2_JOB, "job", case.output_of("theirs")), OURS, THEIRS),
    case.passes(
        _runs(CLOUDRUNV2_SERVICE, "api", EMAIL),
        _runs(CLOUDRUNV2_JOB, "job", "b@p.iam.gserviceaccount.com"),
    ),
    *(case.fails(API, _runs(token, "other", case.output_of("ours")), OURS) for token in PATHS),
    *(
        case.fails(_runs(token, "api", EMAIL), _runs(MACHINES[0], "vm", EMAIL))
        for token in WORKLOADS
    ),
    case.fails(*BY_EMAIL),
    case.passes(_runs(MACHINES[0], "one", EMAIL), _runs(MACHINES[0], "two", EMAIL)),
    # Accounts of which another rule tells, or none.
    *(
        case.passes(
            _runs(CLOUDRUNV2_SERVICE, "api", account), _runs(CLOUDRUNV2_JOB, "job", account)
        )
        for account in ("1-compute@developer.gserviceaccount.com", "", 7, UNKNOWN, None)
    ),
    # Of several outputs it cannot be told which it is.
    case.passes(API, TWO_OUTPUTS, OURS, THEIRS),
    # One service in two regions.
    case.passes(
        _runs(CLOUDRUNV2_SERVICE, "us", EMAIL, name="api"),
        _runs(CLOUDRUNV2_SERVICE, "europe", EMAIL, name="api"),
    ),
    case.fails(
        _runs(CLOUDRUNV2_SERVICE, "us", EMAIL, name="api"),
        _runs(CLOUDRUNV2_SERVICE, "b", EMAIL, name="b"),
    ),
    case.fails(
        _runs(CLOUDRUNV2_SERVICE, "us", EMAIL, name="api"),
        _runs(CLOUDRUNV2_JOB, "job", EMAIL, name="api"),
    ),
    case.fails(
        _runs(CLOUDRUNV2_SERVICE, "us", EMAIL, name=UNKNOWN),
        _runs(CLOUDRUNV2_SERVICE, "b", EMAIL, name=UNKNOWN),
    ),
    case.fails(_runs(CLOUDRUNV2_SERVICE, "us", EMAIL), _runs(CLOUDRUNV2_SERVICE, "b", EMAIL)),
    case.fails(*BOTH, _parameters={"allowed": ["api"]}),
    *(case.passes(*BOTH, _parameters={"allowed": [name]}) for name in ("ours", "shared-id")),
    *(case.passes(*BY_EMAIL, _parameters={"allowed": [name]}) for name in (EMAIL, "shared")),
]
