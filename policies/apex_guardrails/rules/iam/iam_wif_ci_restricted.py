"""Identity providers with a shared issuer accept only your own tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from apex_guardrails.gcp.federation import (
    GITHUB_ISSUER,
    ISSUERS,
    Issuer,
    admits_strangers,
    issuer_of,
    providers_of,
)
from apex_guardrails.gcp.types import IAM_WORKLOAD_IDENTITY_POOL_PROVIDER
from apex_guardrails.model import Resource, Rule, Violation, case, rule
from apex_guardrails.model.case import Case

GITHUB = {GITHUB_ISSUER: ISSUERS[GITHUB_ISSUER]}
OTHERS = {host: issuer for host, issuer in ISSUERS.items() if host not in GITHUB}


def _rule(  # noqa: PLR0913 a row of the table, by keyword
    *,
    id: str,  # noqa: A002 what settings call it
    title: str,
    why: str,
    fix: str,
    issuers: Mapping[str, Issuer],
    controls: Sequence[str] = (),
    cases: Iterator[Case],
) -> Rule:
    def check(provider: Resource) -> Iterator[Violation]:
        issuer = issuers[issuer_of(provider)]
        if admits_strangers(provider, issuer):
            names = ", ".join(sorted(issuer.claims))
            yield provider.fail(
                f"accepts other tenants: no condition compares {names} with a constant",
                at="attributeCondition",
            )

    return rule(
        severity="critical",
        on=IAM_WORKLOAD_IDENTITY_POOL_PROVIDER,
        when=providers_of(issuers),
        controls=controls,
        fix=fix,
        module=__name__,
        id=id,
        title=title,
        why=why,
        cases=list(cases),
    )(check)


def _cases(issuer: str, claim: str, tenant: str) -> Iterator[Case]:
    """All cases of an issuer, one of its claims, and the tenant's name as a prefix of that."""
    oidc = {"issuerUri": f"https://{issuer}"}
    whole, term = f"{tenant}it", f"assertion.{claim} == '{tenant}it'"
    mapping = {"google.subject": "assertion.sub", "attribute.ours": f" assertion.{claim} "}
    for good in (
        term,
        f'"{whole}"==assertion["{claim}"]',
        f"assertion['{claim}'] in ['{whole}' , \"x\"]",
        f"assertion.{claim}.startsWith('{tenant}')",
        f"assertion.{claim}.matches('^{tenant}.*$')",
        f"assertion.ref == 'a && b || (c' && ({term})",
        f"({term} && x == 'y') || ('{whole}' == assertion.{claim})",
        f"attribute.ours == '{whole}' && (assertion.ref == 'a' || assertion.ref == 'b')",
    ):
        yield case.passes(oidc=oidc, attributeCondition=good, attributeMapping=mapping)
    for bad in (
        "",
        "true",
        "assertion.ref == 'refs/heads/main'",
        f"assertion.{claim} != '{whole}'",
        f"assertion.{claim} == ''",
        f"assertion.{claim} == '{tenant}*'",
        f"assertion.{claim} in ['{whole}', '*']",
        f"assertion.{claim}.startsWith('{tenant[:-1]}')",
        f"assertion.ref.startsWith('{tenant}')",
        f"assertion.{claim}.matches('{tenant}.*')",
        f"assertion.{claim}.matches('^{tenant}.*|.*')",
        f"assertion.{claim}.matches('^.*/')",
        f"{term} || assertion.ref == 'a'",
        f"!({term})",
        f"[{term}]",
        f"x == 'y' ? {term} : a == 'b' && {term}",
        f"(a == 'b' && {term}) == (c == 'd' && {term})",
        f"attribute.theirs == '{whole}'",
    ):
        yield case.fails(oidc=oidc, attributeCondition=bad, attributeMapping=mapping)
    yield case.fails(oidc={"issuerUri": f"https://{issuer.upper()}/"}, attributeCondition="true")
    yield case.fails(oidc=oidc)
    yield case.not_applicable(oidc={"issuerUri": "https://issuer.example.org"})
    yield case.not_applicable(oidc={})
    yield case.not_applicable(aws={"accountId": "123456789012"})
    yield case.passes(oidc=oidc, attributeCondition=term, attributeMapping=case.UNKNOWN)
    yield case.undecided(oidc=oidc, attributeCondition="x == 'y'", attributeMapping=case.UNKNOWN)
    yield case.undecided(oidc=oidc, attributeCondition=case.UNKNOWN)
    yield case.undecided(oidc={"issuerUri": case.UNKNOWN}, attributeCondition="true")
    yield from _partly_known(oidc, claim, tenant)


def _partly_known(oidc: Mapping[str, str], claim: str, tenant: str) -> Iterator[Case]:
    """The cases of conditions and issuers that are put together from what is not known yet."""
    for good in (
        case.concat(f"assertion.{claim} == '{tenant}", case.UNKNOWN, "'"),
        case.concat(f"assertion.{claim} in ['", case.UNKNOWN, "', '", case.UNKNOWN, "']"),
        case.concat(f"assertion.{claim}.startsWith('{tenant}", case.UNKNOWN, "')"),
    ):
        yield case.passes(oidc=oidc, attributeCondition=good)
    for unclear in (
        case.concat(f"assertion.{claim}.startsWith('", case.UNKNOWN, "')"),
        case.concat("assertion.ref == '", case.UNKNOWN, "'"),
        case.concat(f"assertion.{claim} == '{tenant}it' || ", case.UNKNOWN),
        case.concat(case.UNKNOWN, " && assertion.ref == 'a'"),
    ):
        yield case.undecided(oidc=oidc, attributeCondition=unclear)
    own = case.concat("https://issuer.example.org/", case.UNKNOWN)
    yield case.not_applicable(oidc={"issuerUri": own})
    for host in (
        case.concat("https://", case.UNKNOWN),
        case.concat("https://issuer.", case.UNKNOWN, "/oidc"),
        case.concat(case.UNKNOWN, "/oidc/tenant"),
    ):
        yield case.undecided(oidc={"issuerUri": host}, attributeCondition="true")


def _prefix_cases(issuer: str, claim: str, tenant: str) -> Iterator[Case]:
    """Those that differ by the claim: how a prefix of it must begin."""
    oidc, claimed = {"issuerUri": f"https://{issuer}"}, f"assertion.{claim}"
    for good in (
        f"{claimed}.startsWith('{tenant}')",
        f"{claimed}.matches('^{tenant}.*$')",
        case.concat(f"{claimed}.startsWith('{tenant}", case.UNKNOWN, "')"),
    ):
        yield case.passes(oidc=oidc, attributeCondition=good)
    for bad in (f"{claimed}.startsWith('{tenant[:-1]}')", f"{claimed}.matches('^.*/')"):
        yield case.fails(oidc=oidc, attributeCondition=bad)


def _issuer_cases(issuers: Mapping[str, Issuer]) -> Iterator[Case]:
    """A case for each claim of each issuer that it is one."""
    for host, issuer in issuers.items():
        oidc = {"issuerUri": f"https://{host}"}
        yield case.fails(oidc=oidc, attributeCondition="assertion.ref == 'main'")
        for claim, prefix in issuer.claims.items():
            yield case.passes(oidc=oidc, attributeCondition=f"assertion['{claim}'] == '1'")
            if prefix is None:
                start = f"assertion['{claim}'].startsWith('a/b:c:d:')"
                yield case.fails(oidc=oidc, attributeCondition=start)
        outcome = case.passes if issuer.audience_is_tenant else case.fails
        for audiences in (["acme"], case.UNKNOWN, [case.UNKNOWN]):
            yield outcome(oidc={**oidc, "allowedAudiences": audiences})
        yield case.fails(oidc={**oidc, "allowedAudiences": []})


def _ways_around(host: str, *conditions: str) -> Iterator[Case]:
    """Conditions on claims that strangers have as well."""
    for condition in conditions:
        oidc = {"issuerUri": f"https://{host}"}
        yield case.fails(oidc=oidc, attributeCondition=condition)


def _size_cases() -> Iterator[Case]:
    """The longest condition that Google takes, and the deepest that is followed."""
    oidc = {"issuerUri": f"https://{GITHUB_ISSUER}"}
    term = "assertion.repository_owner_id == '1'"
    for condition, outcome in (
        ("(" * 50 + term + ")" * 50, case.passes),
        ("(" * 51 + term + ")" * 51, case.fails),
        (term.ljust(4096), case.passes),
        (term.ljust(4097), case.fails),
    ):
        yield outcome(oidc=oidc, attributeCondition=condition)


RULES = [
    _rule(
        id="iam-wif-github-restricted",
        title="GitHub identity providers accept only your repository or its owner",
        why="Any repository on GitHub can assume the identity.",
        fix="Set attribute_condition=\"assertion.repository == 'org/repo'\".",
        issuers=GITHUB,
        controls=("checkov:CKV_GCP_118", "checkov:CKV_GCP_125", "trivy:GCP-0068"),
        cases=(
            example
            for cases in (
                _cases(GITHUB_ISSUER, "repository", "my.org/"),
                _prefix_cases(GITHUB_ISSUER, "sub", "repo:org/"),
                _prefix_cases(GITHUB_ISSUER, "sub", "repo:org@123/"),
                _prefix_cases(GITHUB_ISSUER, "workflow_ref", "org/"),
                _size_cases(),
                _issuer_cases(GITHUB),
                _ways_around(
                    GITHUB_ISSUER,
                    "assertion.actor == 'octocat'",
                    "assertion.job_workflow_ref == 'org/repo/.github/workflows/a.yml@main'",
                    "assertion.aud == 'https://github.com/org'",
                ),
            )
            for example in cases
        ),
    ),
    _rule(
        id="iam-wif-gitlab-restricted",
        title="GitLab and other shared CI identity providers accept only your tenant",
        why="Any project on the shared issuer can assume the identity.",
        fix="Compare one of the issuer's claims in attribute_condition, such as"
        " \"assertion.namespace_id == '1'\" for GitLab; for Pulumi Cloud, set"
        " oidc.allowed_audiences=[the organization's name].",
        issuers=OTHERS,
        controls=("checkov:CKV_GCP_118", "trivy:GCP-0068"),
        cases=(
            example
            for cases in (
                _cases("gitlab.com", "namespace_path", "group/"),
                _prefix_cases("gitlab.com", "project_path", "group/"),
                _prefix_cases("gitlab.com", "sub", "project_path:group/"),
                _prefix_cases("agent.buildkite.com", "sub", "organization:a:"),
                _prefix_cases("app.terraform.io", "sub", "organization:a:"),
                _prefix_cases("app.terraform.io", "terraform_full_workspace", "organization:a:"),
                _prefix_cases("api.pulumi.com/oidc", "sub", "pulumi:deploy:org:a:"),
                _prefix_cases(
                    "api.pulumi.com/oidc", "sub", "pulumi:environments:pulumi.organization.login:a:"
                ),
                _prefix_cases("oidc.vercel.com", "sub", "owner:a:"),
                _issuer_cases(OTHERS),
                _ways_around("gitlab.com", "assertion.user_login == 'a'", "assertion.aud == 'a'"),
            )
            for example in cases
        ),
    ),
]
