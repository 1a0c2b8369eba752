"""What a program marks as secret is not shown, whatever the program does with it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.policies.judged import RAW, Apex, judged

# A process for each: what it runs is covered by the tests of what it is about.
pytestmark = pytest.mark.no_cover

# Looked for in what is shown.
PASSWORD = "Correct-Horse '7"

MARKED = (
    RAW
    + f"""
    import base64, json, sys
    from pulumi import Output

    PASSWORD = {PASSWORD!r}

    def thing(name, **inputs):
        return Raw(name, "test:index:Thing", inputs)
"""
)


def shown(apex: Apex, program: Path, code: int = 0) -> str:
    """Everything that anybody sees of a program, on the console and in every format."""
    every = []
    for kind in ("console", "json", "sarif", "junit", "markdown", "html"):
        outcome = apex.preview(program, "--format", kind)
        assert outcome.code == code, outcome.said
        every.append(outcome.said)
    text = "\n".join(every)
    for form in (
        PASSWORD,
        json.dumps(PASSWORD)[1:-1],
        PASSWORD.replace("'", "&#39;"),
        PASSWORD.replace("'", "&#x27;"),
        base64.b64encode(PASSWORD.encode()).decode(),
    ):
        assert form not in text
    return text


def test_what_it_prints_is_masked(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        MARKED
        + """
    print("before the mark:", PASSWORD)
    print(json.dumps({"password": PASSWORD}), base64.b64encode(PASSWORD.encode()).decode())
    print("error", PASSWORD, file=sys.stderr)
    pulumi.log.warn(f"logged {PASSWORD}")
    thing("deep", login=Output.secret({"users": [{"note": PASSWORD}], "port": 5432}))
    pulumi.export("password", Output.secret(Output.from_input("another-secret")))
    print("an output's: another-secret; a word: 5432; another: 15432")
    """,
    )
    text = shown(apex, program)
    assert "before the mark: [secret]" in text
    assert "an output&#39;s: [secret]; a word: [secret]; another: 15432" in text.replace(
        "output's", "output&#39;s"
    )


def test_what_never_reaches_a_resource_is_masked(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        MARKED
        + """
    Output.secret(PASSWORD)
    Output.secret(Output.all(a="later-secret"))
    print(PASSWORD, "later-secret")
    """,
    )
    assert "later-secret" not in shown(apex, program)


@pytest.mark.parametrize(
    "fails",
    [
        "raise ValueError(f'bad {login}')",
        "thing('text', text=Output.secret({'a': login}).apply(lambda value: value['b'] + login))",
        "pulumi.log.error(f'bad {login}')",
        "sys.exit(f'bad {login}')",
    ],
)
def test_what_it_fails_with_is_masked(apex: Apex, tmp_path: Path, fails: str) -> None:
    program = judged(
        tmp_path,
        f"""{MARKED}
    login = {{"password": PASSWORD}}
    Output.secret(login)
    print(login)
    {fails}
    """,
    )
    shown(apex, program, code=3)


def test_a_password_in_an_address_is_not_shown(apex: Apex, tmp_path: Path) -> None:
    address = "postgres://app:{}@10.0.0.1/db"
    text = address.format("Sommer2024")
    program = judged(tmp_path, f"print('no {text}')\nraise ValueError('no {text}')\n")
    outcome = apex.preview(program).expect(3, f"no {address.format('[secret]')}")
    assert "Sommer2024" not in outcome.said
    reference = address.format("${DB_PASSWORD}")
    judged(program, f"print('no {reference}')\n")
    apex.preview(program).expect(0, reference)
