"""What `apex init --agents` writes: `AGENTS.md` and a skill, for coding agents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from apex_guardrails.scaffold.templates import render

INSTRUCTIONS: Final = "AGENTS.md"
SKILL: Final = ".agents/skills/apex-guardrails/SKILL.md"

_FOLDER: Final = Path(__file__).with_name("for_agents")


def agent_files(program: PurePosixPath, stacks: Sequence[str]) -> Mapping[str, str]:
    """The texts by their path below the repository's root.

    Args:
        program: the folder with the `Pulumi.yaml`, seen from the root.
        stacks: the project's; where none has a file, dev is meant.
    """
    return {
        INSTRUCTIONS: render(
            "for_agents/AGENTS.md.j2",
            program=program,
            here=program == PurePosixPath(),
            stacks=stacks or ["dev"],
        ),
        SKILL: (_FOLDER / "SKILL.md").read_text("utf-8"),
    }
