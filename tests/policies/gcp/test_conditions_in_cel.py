"""Conditions as they are read here, held against what CEL makes of them."""

from __future__ import annotations

from typing import Final

import cel
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apex_guardrails.gcp.attribute_conditions import is_restricted

CLAIMS: Final = {"org": None, "path": r"[\w-]+/"}
MAPPING: Final = {"google.subject": "assertion.sub", "attribute.tenant": "assertion.org"}
OURS: Final = {"sub": "s", "org": "acme", "path": "acme/app", "ref": "main"}
STRANGERS: Final = [
    {"sub": "s", "org": "evil", "path": "evil/app", "ref": "main"},
    {"sub": "s", "org": "acme2", "path": "acme2/acme/app", "ref": "acme"},
    {"sub": "acme", "org": "", "path": "evil/acme/", "ref": "acme/app"},
]

names = st.sampled_from(
    [
        *(f"assertion.{claim}" for claim in OURS),
        *(f"assertion['{claim}']" for claim in OURS),
        *MAPPING,
    ]
)
texts = st.sampled_from(["'acme'", '"acme"', "'acme/'", "'acme/app'", "''", "'main'", r"'a\'b'"])
terms = st.one_of(
    st.builds("{} == {}".format, names, texts),
    st.builds("{} == {}".format, texts, names),
    st.builds("{} != {}".format, names, texts),
    st.builds("{} in [{}]".format, names, st.lists(texts, min_size=1, max_size=3).map(", ".join)),
    st.builds("{}.startsWith({})".format, names, texts),
    st.builds(
        "{}.matches('^{}')".format, names, st.sampled_from(["acme/", "acme", "(acme|evil)/"])
    ),
    st.builds("{}.contains({})".format, names, texts),
    st.sampled_from(["true", "false", "'||' == '&&'", "'(' != ')'", "size(assertion.org) > 0"]),
)
conditions = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.builds("{} && {}".format, inner, inner),
        st.builds("{} || {}".format, inner, inner),
        st.builds("{}||{}".format, inner, inner),
        st.builds("({})".format, inner),
        st.builds("( {} )".format, inner),
        st.builds("!({})".format, inner),
        st.builds("{} ? {} : {}".format, inner, inner, inner),
    ),
    max_leaves=8,
)


def admits(condition: str, claims: dict[str, str]) -> bool:
    """Whether Google would take a token with these claims: an error takes none."""
    context = {
        "assertion": claims,
        "google": {"subject": claims["sub"]},
        "attribute": {"tenant": claims["org"]},
    }
    try:
        return cel.evaluate(condition, context) is True
    except (ValueError, KeyError, RuntimeError, TypeError):
        return False


@given(conditions)
@example("assertion.org == 'acme' || assertion.ref == 'main'")
@example("!(assertion.org == 'acme')")
def test_what_is_taken_to_name_tenants_admits_no_other(condition: str) -> None:
    if is_restricted(condition, CLAIMS, MAPPING):
        assert not any(admits(condition, claims) for claims in STRANGERS)


@pytest.mark.parametrize(
    "condition",
    [
        "assertion.org == 'acme'",
        "'acme' == assertion['org']",
        "attribute.tenant in ['acme', 'other'] && assertion.ref == 'main'",
        "(assertion.path.startsWith('acme/') || assertion.org == 'acme')",
        "assertion.path.matches('^acme/') && (assertion.ref == 'x' || assertion.ref == 'main')",
    ],
)
def test_what_people_write_is_understood(condition: str) -> None:
    assert is_restricted(condition, CLAIMS, MAPPING)
    assert admits(condition, OURS)
