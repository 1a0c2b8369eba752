"""A checkout of the tooling alone, with stand-ins for what would be installed."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def write_program(path: Path, body: str) -> None:
    """Writes an executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@dataclass
class Checkout:
    """A folder with the real Makefile and scripts, and programs of ours first on PATH."""

    root: Path
    programs: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """Where the stand-ins write down how they were called."""
        return self.programs / "log"

    def calls(self) -> list[str]:
        """How the stand-ins were called since this was last asked."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command in the checkout, with none of what make or uv outside has exported."""
        env = {"PATH": f"{self.programs}:{os.environ['PATH']}", **self.env}
        return subprocess.run(
            command, cwd=self.root, env=env, capture_output=True, text=True, check=False
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh clone, as far as make and the set-up look at it, with a uv that installs nothing."""
    root = tmp_path / "checkout"
    for name in ("Makefile", "scripts/setup", "uv.lock", "pyproject.toml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    (root / "policies").mkdir()
    shutil.copy(ROOT / "policies/PulumiPolicy.yaml", root / "policies")

    made = Checkout(root, tmp_path / "programs")
    # As the real one: `sync` makes the environment where there is none.
    write_program(
        made.programs / "uv",
        f"""
[ "$1" = sync ] || exit 0
echo "uv $*" >>"{made.log}"
made=$UV_PROJECT_ENVIRONMENT
mkdir -p $made/bin
[ -e $made/bin/python ] || ln -s "$(command -v python3)" $made/bin/python
cp "{made.programs}/apex" $made/bin/apex
""",
    )
    write_program(made.programs / "python3", f'exec "{sys.executable}" "$@"')
    write_program(made.programs / "apex", f'echo "apex $*" >>"{made.log}"')
    return made
