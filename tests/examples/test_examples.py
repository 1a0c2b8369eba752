"""The examples are programs that may be deployed."""

import subprocess
import sys
from pathlib import Path

import pytest

# Whole programs: what they run is covered by the tests of what it is about.
pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/Pulumi.yaml"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: str(path.name))
def test_the_pack_lets_it_be_deployed(example: Path) -> None:
    ran = subprocess.run(
        [Path(sys.prefix, "bin", "apex"), "preview", "--program", example, "--stack", "dev"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "dev may be deployed" in ran.stdout
    assert " 0 violations, 0 undecided" in ran.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: str(path.name))
def test_its_readme_says_how_to_judge_it(example: Path) -> None:
    readme = (example / "README.md").read_text("utf-8")
    assert f"apex preview --program examples/{example.name} --stack dev" in readme
