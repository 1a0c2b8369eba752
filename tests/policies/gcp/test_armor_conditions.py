"""Whom single conditions of Cloud Armor match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.gcp.armor_conditions import (
    Told,
    parse_comparison,
    parse_condition,
    parse_literal,
)


@pytest.mark.parametrize(
    ("expected", "condition"),
    [
        *(
            (Told.ALL, text)
            for text in (
                "true",
                "1 == 1",
                "1 >= 1.0",
                "2 > 1",
                "'a' == 'a'",
                "'a' != 'b'",
                "origin.region_code == origin.region_code",
                "origin.asn > 0",
                "int(origin.asn) >= 0",
                "origin.region_code.matches('.*')",
                'origin.ip.matches("^.+$")',
                "request.path.matches(r'.*')",
                "request.path.matches('/')",
                "request.path.matches('^/(.*)$')",
                "request.path.startsWith('/')",
                "request.path.lower().startsWith('/')",
                "request.path.contains('/')",
                "request.method.contains('')",
            )
        ),
        *((Told.NONE, text) for text in ("false", "1 == 2", "1 > 1", "'a' == 'b'", "2 <= 1")),
        (Told.NONE, "origin.asn < origin.asn"),
        *(
            (Told.SENDERS, text)
            for text in (
                "request.headers['x-team'] == 'blue'",
                "'blue' == request.headers['x-team']",
                'request.headers["X-Origin-Verify"].lower() == "blue"',
                "request.headers['authorization'] == 'Bearer 1'",
                "request.headers['proxy-authorization'] == 'Basic 1'",
                "request.headers['cookie'] == 'a=b'",
                "request.headers['our-token'] == 'a'",
                "request.headers['apikey'] == 'a'",
                "request.headers['cookie'].contains('a=b')",
                "evaluatePreconfiguredExpr('sourceiplist-cloudflare')",
                "evaluateThreatIntelligence('iplist-search-engines-crawlers')",
            )
        ),
        *(
            (Told.PART, text)
            for text in (
                "request.path == '/health'",
                "request.path.lower() == '/health'",
                "request.path.startsWith('/health')",
                "request.path.startsWith('/.well-known/')",
                "request.path.matches('/health')",
                "request.path.matches('^/health(z|y)?$|^/ready')"[:32] + "$')",
                "request.path.matches('/health|/ready')",
                "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})",
                "evaluatePreconfiguredExpr('xss-canary')",
            )
        ),
        *(
            (Told.UNTOLD, text)
            for text in (
                "",
                "x",
                "origin.region_code == 'US'",
                "origin.asn == 64500",
                "origin.asn > 1",
                "origin.asn < 0",
                "origin.region_code > 'AU'",
                "request.method == 'GET'",
                "request.headers['x-team'] == ''",
                "request.headers['x-team'] > 'a'",
                "request.headers['user-agent'] == 'curl'",
                "request.headers['host'] == 'example.com'",
                "request.headers['x-forwarded-proto'] == 'https'",
                "request.headers['x-requested-with'] == 'XMLHttpRequest'",
                "request.headers['x-client-data'] == 'a'",
                "request.headers['x-real-ip'] == 'a'",
                "request.headers['x-team'].contains('')",
                "request.headers['user-agent'].matches('.*')",
                "request.headers['cookie'].contains('a')",
                "request.headers['cookie'].contains('a=')",
                "request.headers['cookie'].contains('=b')",
                "request.headers['cookie'].startsWith('a=b')",
                "has(request.headers['user-agent'])",
                "request.path.endsWith('/')",
                "request.path.endsWith('/health')",
                "request.path.startsWith('health')",
                "request.path.matches('/a*')",
                "request.path.matches('/ab*')",
                "request.path.matches('/ab?')",
                "request.path.matches('/ab{0,1}')",
                "request.path.matches('/health|.*')",
                "request.path.matches('[a-z]')",
                "origin.region_code.matches('US|AU')",
                "token.recaptcha_session.score >= 0.8",
                "evaluateThreatIntelligence('iplist-public-clouds')",
            )
        ),
    ],
)
def test_whom_a_condition_matches(expected: Told, condition: str) -> None:
    assert parse_condition(condition) is expected


def test_a_literal_comes_to_the_right() -> None:
    assert parse_comparison("'a' == x") == ("x", "==", "'a'")
    assert parse_comparison("'a' > x") == ("'a'", ">", "x")
    assert parse_comparison("x") is None
    assert parse_literal("'a' + 'b'") is None
    assert parse_literal("1.5") == 1.5
    assert parse_literal("'a'") == "a"


@given(st.text(alphabet="=!<>'\"/.r1()ax ", max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    assert parse_condition(text) in Told


@given(st.sampled_from(["==", "!=", "<", ">", "<=", ">="]), st.integers(0, 9), st.integers(0, 9))
def test_numbers_compare_as_numbers(sign: str, one: int, other: int) -> None:
    is_true = {
        "==": one == other,
        "!=": one != other,
        "<": one < other,
        ">": one > other,
        "<=": one <= other,
        ">=": one >= other,
    }[sign]
    assert parse_condition(f"{one} {sign} {other}") is (Told.ALL if is_true else Told.NONE)
