"""The bad examples are stopped, for what is wrong with them and with nothing forgotten."""

import re
from pathlib import Path

import pytest

from apex_guardrails.judgement.entries import Verdict
from apex_guardrails.model import Outcome
from tests.examples.expected import BAD, EXPECTED, PROGRAMS, judge, text

ROW = re.compile(r"^\| `(?P<program>[a-z-]+)` \| [^|]+ \| (?P<rules>[^|]+) \|$", re.MULTILINE)
MUST_STOP = {
    row["program"]: set(re.findall(r"`([a-z0-9-]+)`", row["rules"]))
    for row in ROW.finditer((BAD / "README.md").read_text("utf-8"))
}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: str(path.name))
def test_the_pack_says_what_is_expected(program: Path) -> None:
    judgement = judge(program)
    assert list(judgement.program_errors) == []
    assert judgement.verdict is Verdict.REFUSED
    stopping = {finding.rule for finding in judgement.blocking if finding.outcome is Outcome.FAILS}
    # The table is written by hand: what is generated anew cannot lose what a program is there for.
    assert MUST_STOP[program.name] - stopping == set()
    expected = (program / EXPECTED).read_text("utf-8")
    assert text(judgement) == expected, "run `make generated` and read the diff"


def test_the_table_lists_every_program() -> None:
    assert sorted(MUST_STOP) == [program.name for program in PROGRAMS]
    assert all(MUST_STOP.values())
