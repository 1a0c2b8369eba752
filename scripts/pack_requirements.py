"""Writes policies/requirements.txt: what the pack needs where its folder stands alone.

The versions of uv.lock with their hashes, so that a pack that is published is the one that was
tested; `make generated` runs it.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

from apex_guardrails.support.files import write_text

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "policies" / "requirements.txt"


def requirements() -> str:
    """The file's text."""
    exported = subprocess.run(
        [
            *(Path(sys.executable).with_name("uv"), "export", "--frozen", "--no-default-groups"),
            *("--no-emit-project", "--no-header", "--no-annotate"),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return f"# Made by make generated.\n{exported}"


if __name__ == "__main__":
    write_text(PAGE, requirements())
