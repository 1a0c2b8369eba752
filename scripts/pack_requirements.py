"""Writes policies/requirements.txt: what the pack needs where its folder stands alone.

From pyproject.toml, which stays the only place where that is decided; `make generated` runs it.
"""

import tomllib
from pathlib import Path
from typing import Final

from apex_guardrails.support.files import write_text

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "policies" / "requirements.txt"


def requirements() -> str:
    """The file's text."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return "\n".join(["# Made by make generated.", *project["dependencies"], ""])


if __name__ == "__main__":
    write_text(PAGE, requirements())
