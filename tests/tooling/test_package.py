"""A release, as far as it can be made without publishing it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from scripts.ci.package import ALSO, ReleaseError, check_versions, main, notes, version
from tests.tooling.conftest import ROOT, Checkout, write_program

pytestmark = pytest.mark.no_cover

VERSION = version(ROOT)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What release.yml would publish of this checkout."""
    out = tmp_path_factory.mktemp("made") / "release"
    done = subprocess.run(
        [sys.executable, "-m", "scripts.ci.package", str(out), "--unreleased"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return out


def test_all_of_a_release_is_there_with_its_sums(made: Path) -> None:
    assert sorted(file.name for file in made.iterdir()) == [
        "SHA256SUMS",
        f"apex_guardrails-{VERSION}-py3-none-any.whl",
        f"apex_guardrails-{VERSION}.tar.gz",
        "notes.md",
        "sbom.cdx.json",
    ]
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    done = subprocess.run(check, cwd=made, capture_output=True, text=True, check=True)
    assert done.stdout.count(": OK\n") == 3


def test_the_sbom_has_what_is_installed_and_no_more(made: Path) -> None:
    document = json.loads((made / "sbom.cdx.json").read_text())
    component = document["metadata"]["component"]
    assert (component["name"], component["version"]) == ("apex-guardrails", VERSION)
    requirements = (ROOT / "policies/requirements.txt").read_text()
    pinned = set(re.findall(r"^([\w.-]+)==(\S+)", requirements, re.MULTILINE))
    assert {(item["name"], item["version"]) for item in document["components"]} == pinned
    assert all(item["purl"].startswith("pkg:pypi/") for item in document["components"])


def test_the_notes_are_the_changelogs_part(made: Path) -> None:
    text = (made / "notes.md").read_text()
    assert text.startswith("### ")
    assert text.strip() in (ROOT / "CHANGELOG.md").read_text()


def test_the_sdist_has_what_is_in_the_repository_and_nothing_that_lies_about(made: Path) -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    listed = done.stdout.splitlines()
    with tarfile.open(made / f"apex_guardrails-{VERSION}.tar.gz") as archive:
        names = {member.name.partition("/")[2] for member in archive if member.isfile()}
    assert names - set(listed) <= {"PKG-INFO"}
    assert "policies/apex_guardrails/cli/__init__.py" in names


CHANGES = """# Changelog

## [1.1.0] - 2027-01-31

### Added

- This.

## [1.0.0] - 2026-12-31

- That.
"""


def test_the_part_of_a_version_ends_where_the_next_begins() -> None:
    assert notes(CHANGES, "1.1.0") == "### Added\n\n- This.\n"
    first = CHANGES.partition("## [1.1.0]")[0] + CHANGES[CHANGES.index("## [1.0.0]") :]
    assert notes(first, "1.0.0") == "- That.\n"


@pytest.mark.parametrize(
    ("text", "wanted", "told"),
    [
        (CHANGES, "1.0.0", "the newest version is not 1.0.0"),
        (CHANGES, "1.2.0", "the newest version is not 1.2.0"),
        (CHANGES.replace("2027-01-31", "Unreleased"), "1.1.0", "has no day yet"),
        ("", "1.1.0", "the newest version is not"),
    ],
)
def test_a_changelog_that_is_not_ready(text: str, wanted: str, told: str) -> None:
    with pytest.raises(ReleaseError, match=told):
        notes(text, wanted)


def test_a_version_without_its_day_is_no_release(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if "Unreleased" in (ROOT / "CHANGELOG.md").read_text():
        assert main([str(tmp_path / "out")]) == 1
        assert f"package: CHANGELOG.md: {VERSION} has no day yet" in capsys.readouterr().err
    assert main([str(tmp_path), "--unreleased"]) == 1
    assert "is there already" in capsys.readouterr().err


def test_the_version_is_the_same_wherever_it_is_named(tmp_path: Path) -> None:
    check_versions(ROOT, VERSION)
    named = [name for name, pattern in ALSO.items() if _names(name, pattern)]
    assert {"docs/ci.md", "docs/verify.md"} <= set(named)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/ci.md").write_text("pip install apex-guardrails==9.9.9\n")
    with pytest.raises(ReleaseError, match=r"docs/ci\.md: names the version 9\.9\.9"):
        check_versions(tmp_path, VERSION)


def _names(name: str, pattern: str) -> bool:
    file = ROOT / name
    return file.exists() and bool(re.search(pattern, file.read_text(), re.MULTILINE))


@pytest.fixture
def publisher(made: Path, tmp_path: Path) -> Checkout:
    """A checkout with what was made, and stand-ins for what publishes."""
    checkout = Checkout(tmp_path / "checkout", tmp_path / "programs")
    for name in ("scripts/ci/publish", "scripts/setup", "policies/PulumiPolicy.yaml"):
        (checkout.root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout.root / name)
    shutil.copytree(made, checkout.root / "release")
    write_program(checkout.programs / "gh", f'echo "gh $*" >>"{checkout.log}"')
    write_program(checkout.programs / "uv", f'echo "uv $*" >>"{checkout.log}"')
    write_program(
        checkout.programs / "python3",
        f"""
echo "python $*" >>"{checkout.log}"
[ "$2" = venv ] || exit 0
mkdir -p "$3/bin"
cp "$0" "$3/bin/python"
cp "{checkout.programs}/uv" "$3/bin"
""",
    )
    checkout.env = {"GITHUB_REPOSITORY": "us/apex", "GITHUB_SHA": "c" * 40}
    return checkout


def test_pypi_gets_the_wheel_and_the_sdist_without_a_token(publisher: Checkout) -> None:
    done = publisher.run("scripts/ci/publish", "pypi", "release")
    assert done.returncode == 0, done.stderr
    *_, install, published = publisher.calls()
    assert re.search(r"pip install .* uv==\d+\.\d+\.\d+$", install)
    assert published == (
        "uv publish --trusted-publishing always "
        f"./apex_guardrails-{VERSION}-py3-none-any.whl ./apex_guardrails-{VERSION}.tar.gz"
    )


def test_github_gets_the_tag_and_all_files(publisher: Checkout) -> None:
    done = publisher.run("scripts/ci/publish", "github", "release")
    assert done.returncode == 0, done.stderr
    [call] = publisher.calls()
    assert call.startswith(f"gh release create v{VERSION} --repo us/apex --target {'c' * 40} ")
    assert call.endswith(".tar.gz sbom.cdx.json SHA256SUMS")


@pytest.mark.parametrize("where", ["pypi", "github"])
def test_what_is_not_what_was_built_is_not_published(publisher: Checkout, where: str) -> None:
    wheel = publisher.root / f"release/apex_guardrails-{VERSION}-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes() + b"more")
    done = publisher.run("scripts/ci/publish", where, "release")
    assert done.returncode == 2
    assert "publish: release: is not what was built" in done.stderr
    assert publisher.calls() == []


def test_a_release_of_another_version_is_not_published(publisher: Checkout) -> None:
    file = publisher.root / "policies/PulumiPolicy.yaml"
    file.write_text(file.read_text().replace(f"version: {VERSION}", "version: 9.9.9"))
    done = publisher.run("scripts/ci/publish", "github", "release")
    assert done.returncode == 2
    assert "holds no release of 9.9.9" in done.stderr
