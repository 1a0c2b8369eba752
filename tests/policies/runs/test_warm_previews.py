"""A warm run is judged as a cold one: this repository's own stacks, and the example programs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from apex_guardrails.runs.preview import preview_offline
from apex_guardrails.sources.offline.preview import OfflinePreview
from apex_guardrails.sources.offline.warm import WarmStart

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted(
    file.parent.relative_to(ROOT).as_posix() for file in (ROOT / "examples").glob("*/Pulumi.yaml")
)


@pytest.fixture
def warm() -> Iterator[WarmStart]:
    """What starts programs."""
    start = WarmStart()
    yield start
    start.close()


def decided(folder: str, stack: str, warm: WarmStart | None = None) -> object:
    """What is decided of a stack; resources arrive in no fixed order."""

    def starts(preview: OfflinePreview) -> None:
        if warm is not None:
            preview.starter = warm

    judgement = preview_offline(ROOT / folder, stack, None, 300, starts=starts).judgement
    assert judgement.is_complete, judgement.program_errors
    return (
        judgement.summary,
        sorted(item.model_dump_json() for item in judgement.findings),
        {item.urn: item.position for item in judgement.resources},
        judgement.rules,
        judgement.cost and judgement.cost.monthly,
        judgement.notes,
        judgement.output,
    )


@pytest.mark.parametrize(
    ("folder", "stacks"),
    [(".", ["dev", "production"]), *((name, ["dev"]) for name in EXAMPLES)],
    ids=["infra", *EXAMPLES],
)
def test_a_warm_run_is_judged_as_a_cold_one(
    warm: WarmStart, folder: str, stacks: list[str]
) -> None:
    decided(folder, stacks[0], warm)
    for stack in stacks:
        assert decided(folder, stack, warm) == decided(folder, stack)
