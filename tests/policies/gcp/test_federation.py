"""A condition admits whom it names, and a strange one is no error."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.gcp.attribute_conditions import is_restricted
from apex_guardrails.gcp.federation import GITHUB_ISSUER, ISSUERS, is_shared

CLAIMS = ISSUERS[GITHUB_ISSUER].claims
PIECES = [
    "assertion.repository == 'a/b'",
    "assertion.ref == 'x'",
    *("&&", "||", "(", ")", "!", "?", ":", "[", "]", "'", '"', "\\", " "),
]


@given(st.lists(st.sampled_from(PIECES)).map("".join) | st.text())
def test_no_condition_raises(condition: str) -> None:
    is_restricted(condition, CLAIMS, {})


@given(st.lists(st.sampled_from(PIECES[1:])).map("".join))
def test_what_names_no_claim_of_a_tenant_restricts_nothing(condition: str) -> None:
    assert not is_restricted(condition, CLAIMS, {})


@given(st.lists(st.sampled_from(PIECES[:2]), min_size=1, max_size=4))
def test_one_term_is_enough_and_each_alternative_needs_one(terms: list[str]) -> None:
    named = [term == PIECES[0] for term in terms]
    assert is_restricted(" && ".join(terms), CLAIMS, {}) is any(named)
    assert is_restricted(" || ".join(terms), CLAIMS, {}) is all(named)


def test_the_issuers_that_many_share() -> None:
    assert all(is_shared(f"https://{issuer}") for issuer in ISSUERS)
    assert not is_shared("https://issuer.example.org")
    assert not is_shared(None)
    assert not is_shared("https://gitlab.example.org")
    assert not is_shared("https://token.actions.githubusercontent.com/acme-enterprise")
    assert not is_shared("https://oidc.circleci.com/org/1")
    assert is_shared(" HTTPS://GitLab.com/ ")
