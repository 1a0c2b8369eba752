"""Buckets and their objects are shared with named members only."""

from collections.abc import Iterator

from apex_guardrails.gcp.everybody import PUBLIC, everybody
from apex_guardrails.gcp.grant_types import is_grant
from apex_guardrails.gcp.types import (
    STORAGE_BUCKET_ACCESS_CONTROL,
    STORAGE_BUCKET_ACL,
    STORAGE_DEFAULT_OBJECT_ACCESS_CONTROL,
    STORAGE_DEFAULT_OBJECT_ACL,
    STORAGE_OBJECT_ACCESS_CONTROL,
    STORAGE_OBJECT_ACL,
)
from apex_guardrails.model import Resource, Violation, case, rule
from apex_guardrails.model.case import Case
from apex_guardrails.rules.families.exposure import EXPOSURES
from apex_guardrails.rules.families.grant_cases import public_entry_cases, public_list_cases
from apex_guardrails.rules.families.public_members import public_member_cases, public_members

GRANTS = EXPOSURES["storage-bucket-not-public"]
ENTITIES = (
    STORAGE_BUCKET_ACCESS_CONTROL,
    STORAGE_DEFAULT_OBJECT_ACCESS_CONTROL,
    STORAGE_OBJECT_ACCESS_CONTROL,
)
# Besides what the catalogue has: the lists of objects, and what new objects get.
PREDEFINED = {
    STORAGE_BUCKET_ACL: ("predefinedAcl", "defaultAcl"),
    STORAGE_OBJECT_ACL: ("predefinedAcl",),
}
# Cloud Storage documentation, "Predefined ACLs", 2026-11.
PUBLIC_ACLS = ("publicRead", "publicReadWrite", "authenticatedRead")


@rule(
    severity="critical",
    on=(
        *GRANTS,
        *ENTITIES,
        STORAGE_BUCKET_ACL,
        STORAGE_OBJECT_ACL,
        STORAGE_DEFAULT_OBJECT_ACL,
    ),
    controls=["cis-gcp-4.0:5.1", "checkov:CKV_GCP_28", "trivy:GCP-0001"],
    # Cloud CDN documentation, "Configure private bucket access", 2026-11.
    fix="Remove the public member. For a backend bucket, grant roles/storage.objectViewer to the "
    "load balancer's service agent instead (Cloud CDN: Configure private bucket access).",
    why="Anyone can read or replace the objects.",
)
def storage_bucket_not_public(share: Resource) -> Iterator[Violation]:
    """Looks for everybody among the members of grants, and in lists of access."""
    if is_grant(share.type):
        yield from public_members(share)
    elif share.type.token in ENTITIES:
        if public := everybody(share.get("entity")):
            yield share.fail(f"shares with {public}", at="entity")
    else:
        yield from _list(share)


def _list(acl: Resource) -> Iterator[Violation]:
    for path in PREDEFINED.get(acl.type.token, ()):
        if acl.peek(path) in PUBLIC_ACLS:
            yield acl.fail(f"shares with everybody: {acl.peek(path)}", at=path)
    for entry in acl.each("roleEntities"):
        role, _, entity = str(entry.get("")).partition(":")
        if public := everybody(entity):
            yield entry.fail(f"makes {public} {role}")
    for path in PREDEFINED.get(acl.type.token, ()):
        acl.get(path)


def _acl_cases(token: str) -> Iterator[Case]:
    yield from public_list_cases(
        token,
        "roleEntities",
        bad=[f"READER:{public}" for public in PUBLIC],
        good=["OWNER:user-a@example.org", "OWNER:user-allUsers@example.org"],
    )
    for path in PREDEFINED.get(token, ()):
        for public in PUBLIC_ACLS:
            yield case.fails(case.CaseResource(token, {path: public}))
        yield case.passes(case.CaseResource(token, {path: "projectPrivate"}))
        yield case.undecided(case.CaseResource(token, {path: case.UNKNOWN}))
        partly = {path: case.UNKNOWN, "roleEntities": ["READER:allUsers"]}
        yield case.fails(case.CaseResource(token, partly))


CASES = [
    *public_member_cases(GRANTS),
    *(
        example
        for token in ENTITIES
        for example in public_entry_cases(token, "entity", "group-team@example.org")
    ),
    *(
        example
        for token in (STORAGE_BUCKET_ACL, STORAGE_OBJECT_ACL, STORAGE_DEFAULT_OBJECT_ACL)
        for example in _acl_cases(token)
    ),
]
