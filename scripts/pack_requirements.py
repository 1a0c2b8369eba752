"""Writes what the pack needs where its folder stands alone, and an image with the extra `fleet`.

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
FLEET_PAGE: Final = ROOT / "examples" / "fleet" / "requirements.txt"


def requirements(*extras: str) -> str:
    """The file's text.

    Args:
        extras: of which packages are in it, too.
    """
    exported = subprocess.run(
        [
            *(Path(sys.executable).with_name("uv"), "export", "--frozen", "--no-default-groups"),
            *("--no-emit-project", "--no-header", "--no-annotate"),
            *(f"--extra={extra}" for extra in extras),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return f"# Made by make generated.\n{exported}"


if __name__ == "__main__":
    write_text(PAGE, requirements())
    write_text(FLEET_PAGE, requirements("fleet"))
