"""Whoever an issuer with many tenants vouches for is one of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from policies.model import Complaint, Resource, Rule, case, rule
from policies.model.case import Case
from policies.model.google.federation import (
    GITHUB,
    GITHUB_ISSUER,
    PROVIDER,
    SHARED,
    Claims,
    is_restricted,
    providers_of,
    tenants,
)


def _rule(  # noqa: PLR0913 a row of the table, by keyword
    *,
    id: str,  # noqa: A002 what settings call it
    title: str,
    why: str,
    fix: str,
    issuers: Mapping[str, Claims],
    controls: Sequence[str] = (),
    cases: Iterator[Case],
) -> Rule:
    def check(provider: Resource) -> Iterator[Complaint]:
        claims = tenants(provider, issuers)
        condition = str(provider.get("attributeCondition"))
        # What the mapping says is asked only where the condition needs it.
        if not is_restricted(condition, claims, {}) and not is_restricted(
            condition, claims, provider.mapping("attributeMapping")
        ):
            names = ", ".join(sorted(claims))
            yield provider.fail(
                f"admits strangers: no condition compares {names} with a constant",
                at="attributeCondition",
            )

    return rule(
        severity="critical",
        on=PROVIDER,
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
    """The cases of an issuer, one of its claims, and the tenant's name as a prefix of that."""
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


def _issuer_cases(issuers: Mapping[str, Claims]) -> Iterator[Case]:
    """A case for each claim of each issuer that it is one."""
    for issuer, claims in issuers.items():
        oidc = {"issuerUri": f"https://{issuer}"}
        yield case.fails(oidc=oidc, attributeCondition="assertion.ref == 'main'")
        for claim, prefix in claims.items():
            yield case.passes(oidc=oidc, attributeCondition=f"assertion.{claim} == '1'")
            if prefix is None:
                start = f"assertion.{claim}.startsWith('a/b:c:d:')"
                yield case.fails(oidc=oidc, attributeCondition=start)


RULES = [
    _rule(
        id="iam-wif-github-restricted",
        title="GitHub providers restrict the token to a repository or its owner",
        why="Any repository on GitHub can assume the identity.",
        fix="Set attribute_condition=\"assertion.repository == 'org/repo'\".",
        issuers=GITHUB,
        controls=("checkov:CKV_GCP_118", "checkov:CKV_GCP_125", "trivy:GCP-0068"),
        cases=(
            example
            for cases in (
                _cases(GITHUB_ISSUER, "repository", "my.org/"),
                _cases(GITHUB_ISSUER, "sub", "repo:org/"),
                _issuer_cases(GITHUB),
            )
            for example in cases
        ),
    ),
    _rule(
        id="iam-wif-gitlab-restricted",
        title="GitLab and other shared CI providers restrict the token to a tenant of theirs",
        why="Any project on the shared issuer can assume the identity.",
        fix="Set attribute_condition=\"assertion.namespace_id == '1'\", or the like.",
        issuers=SHARED,
        controls=("checkov:CKV_GCP_118", "trivy:GCP-0068"),
        cases=(
            example
            for cases in (
                _cases("gitlab.com", "namespace_path", "group/"),
                _cases("gitlab.com", "project_path", "group/"),
                _cases("gitlab.com", "sub", "project_path:group/"),
                _cases("agent.buildkite.com", "sub", "organization:a:"),
                _cases("app.terraform.io", "sub", "organization:a:"),
                _cases("app.terraform.io", "terraform_full_workspace", "organization:a:"),
                _cases("api.pulumi.com/oidc", "sub", "pulumi:deploy:org:a:"),
                _issuer_cases(SHARED),
            )
            for example in cases
        ),
    ),
]
