"""The real engine lets through what `apex baseline` has recorded, and stops what is new."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from tests.engine.harness import PACK, Engine, Program
from tests.policies.judged import RAW, Apex, apex, judged

__all__ = ["apex"]

RULE = "firewall-no-all-ports-from-anywhere"


def opened(*names: str) -> str:
    firewall = """
    Raw("{}", "gcp:compute/firewall:Firewall", {{
        "network": "vpc", "allows": [{{"protocol": "tcp"}}], "sourceRanges": ["0.0.0.0/0"],
    }})
"""
    return RAW + "".join(map(firewall.format, names))


def program(text: str) -> Program:
    """The very text that runs offline."""
    return lambda: exec(dedent(text), {})  # noqa: S102 our own text


def test_what_is_recorded_is_let_through_and_what_is_new_is_not(
    engine: Engine, apex: Apex, tmp_path: Path
) -> None:
    folder = judged(tmp_path / "old", opened("known"), project="main: __main__.py")
    apex.writing(folder, "baseline", "create").expect(0, "recorded 1 finding of dev")
    stack = engine.stack(program(opened("known")), project=folder)

    run = stack.preview(packs=[PACK])
    assert run.succeeded
    [known] = [item for item in run.violations if item.rule == RULE]
    assert known.level == "advisory"
    assert "known since 20" in known.message

    stack.program = program(opened("known", "fresh"))
    run = stack.preview(packs=[PACK])
    assert not run.succeeded
    [fresh] = run.blocking
    assert fresh.rule == RULE
    assert fresh.urn
    assert fresh.urn.endswith("::fresh")
