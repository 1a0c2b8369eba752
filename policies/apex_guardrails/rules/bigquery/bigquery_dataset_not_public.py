"""BigQuery datasets are shared with named members only."""

from collections.abc import Iterator

from apex_guardrails.gcp.datasets import SHARES
from apex_guardrails.gcp.everybody import PUBLIC, everybody
from apex_guardrails.gcp.grant_types import is_grant
from apex_guardrails.gcp.types import BIGQUERY_DATASET, BIGQUERY_DATASET_ACCESS
from apex_guardrails.model import Resource, View, Violation, case, rule
from apex_guardrails.model.case import Case
from apex_guardrails.rules.families.exposure import EXPOSURES
from apex_guardrails.rules.families.grant_cases import public_entry_cases, public_list_cases
from apex_guardrails.rules.families.public_members import public_member_cases, public_members

GRANTS = EXPOSURES["bigquery-dataset-not-public"]


@rule(
    severity="critical",
    on=(BIGQUERY_DATASET, BIGQUERY_DATASET_ACCESS, *GRANTS),
    controls=["cis-gcp-4.0:7.1", "checkov:CKV_GCP_15", "trivy:GCP-0046"],
    fix="Share with a group (group_by_email), or with an organization (domain).",
    why="Anyone with a Google account can read the tables.",
)
def bigquery_dataset_not_public(share: Resource) -> Iterator[Violation]:
    """Looks for everybody in the list of a dataset, and among the members of grants."""
    if is_grant(share.type):
        yield from public_members(share)
    elif share.type.token == BIGQUERY_DATASET:
        # Omitted: the project's own people (BigQuery API, datasets, access, 2026-11).
        yield from share.stack.each(share.each("accesses"), _entry)
    else:
        yield from _entry(share)


def _entry(entry: View) -> Iterator[Violation]:
    for path in SHARES:
        if everybody(entry.peek(path)):
            yield entry.fail(f"shares with {everybody(entry.peek(path))}", at=path)
    for path in SHARES:
        entry.get(path)


READER = {"role": "READER"}
GOOD: list[dict[str, object]] = [
    {**READER, "specialGroup": "projectOwners"},
    {**READER, "iamMember": "principal://iam.googleapis.com/projects/1/subject/allUsers"},
    {**READER, "domain": "example.org"},
    {**READER, "groupByEmail": "allUsers@example.org"},
    {"view": {"projectId": "p", "datasetId": "d", "tableId": PUBLIC[0]}},
]


def _cases() -> Iterator[Case]:
    bad = [{**READER, path: public} for path in SHARES for public in PUBLIC]
    yield from public_list_cases(BIGQUERY_DATASET, "accesses", bad=bad, good=GOOD)
    for good in GOOD:
        yield case.passes(case.CaseResource(BIGQUERY_DATASET_ACCESS, good))
    for path, other in (SHARES, SHARES[::-1]):
        yield from public_entry_cases(BIGQUERY_DATASET_ACCESS, path, "projectReaders", **READER)
        unknown = {**READER, path: case.UNKNOWN}
        yield case.undecided(case.resource(BIGQUERY_DATASET, accesses=[unknown]))
        yield case.fails(case.resource(BIGQUERY_DATASET, accesses=[unknown, bad[0]]))
        yield case.fails(case.CaseResource(BIGQUERY_DATASET_ACCESS, {**unknown, other: PUBLIC[0]}))


CASES = [*_cases(), *public_member_cases(GRANTS)]
