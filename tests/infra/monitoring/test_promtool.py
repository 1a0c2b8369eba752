"""scripts/promtool finds or builds Prometheus's tool, and says what it lacks."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.deployment import ROOT

SCRIPT = (ROOT / "scripts/promtool").read_text("utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Returns a checkout with the script, the module, and a PATH of its own."""
    for folder in ("scripts", "tests/promql", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    for script in ("built-by-go", "promtool"):
        shutil.copy(ROOT / "scripts" / script, tmp_path / "scripts")
    for tool in ("dirname", "mkdir", "mktemp", "mv", "rm", "sh"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def _run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "scripts/promtool", *arguments],
        env={"PATH": str(checkout / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


# A build that works, as far as the script sees: what is "built" is a program that starts.
_GO = """
while [ "$1" != -o ]; do shift; done
mkdir -p "${2%/*}"
printf '#!/bin/sh\\n' > "$2"
/bin/chmod +x "$2"
"""


def test_builds_what_go_mod_names() -> None:
    major, minor, patch = re.findall(r"^version=(\d+)\.(\d+)\.(\d+)$", SCRIPT, re.MULTILINE)[0]
    module = (ROOT / "tests/promql/go.mod").read_text("utf-8")
    assert f"github.com/prometheus/prometheus v0.{major}{minor:0>2}.{patch}\n" in module


def test_builds_once(checkout: Path) -> None:
    _program(checkout / "bin/go", _GO)
    first = _run(checkout)
    assert first.returncode == 0, first.stderr
    assert "building" in first.stderr
    assert Path(first.stdout.strip()).is_file()
    second = _run(checkout)
    assert (second.stdout, second.stderr) == (first.stdout, "")
    assert [path.name for path in (checkout / ".tools").iterdir()] == [
        Path(first.stdout.strip()).parent.name
    ]


def test_only_looks_when_told_to(checkout: Path) -> None:
    _program(checkout / "bin/go", _GO)
    ran = _run(checkout, "--no-build")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "not in .tools" in ran.stderr


def test_says_that_there_is_no_go(checkout: Path) -> None:
    ran = _run(checkout)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "there is no Go" in ran.stderr


@pytest.mark.parametrize(
    ("go", "reason"),
    [
        ("exit 1", "the build failed"),
        (_GO.replace("#!/bin/sh\\n", "#!/bin/sh\\nexit 1\\n"), "does not start"),
    ],
)
def test_keeps_nothing_that_does_not_work(checkout: Path, go: str, reason: str) -> None:
    _program(checkout / "bin/go", go)
    ran = _run(checkout)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert reason in ran.stderr
    assert list((checkout / ".tools").iterdir()) == []


def test_knows_no_other_argument(checkout: Path) -> None:
    ran = _run(checkout, "--force")
    assert ran.returncode == 2
    assert "usage: scripts/promtool [--no-build]" in ran.stderr
