"""Makes all that a release consists of, and holds it to be one: `python -m scripts.ci.package OUT`.

OUT gets the wheel, the sdist, the SBOM, SHA256SUMS of them, and the changelog's part as notes.md.
Without `--unreleased` the changelog has to give the version its day. Nothing is sent anywhere.
"""

from __future__ import annotations

import argparse
import email
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT: Final = Path(__file__).resolve().parents[2]
NAME: Final = "apex-guardrails"
SBOM: Final = "sbom.cdx.json"
CHANGELOG: Final = "CHANGELOG.md"
_VERSION: Final = re.compile(r"^version: (\S+)$", re.MULTILINE)
_HEADING: Final = re.compile(r"^## \[(?P<version>[^\]]+)\] - (?P<day>.+)$", re.MULTILINE)
ALSO: Final[Mapping[str, str]] = {
    "docs/ci.md": rf"{NAME}==([\w.]+)",
    "docs/verify.md": r"^VERSION=(\S+)$",
    "editors/vscode/package.json": r'^  "version": "(.*)"',
}
"""Files that name the version, too; one that is not there names none."""


class ReleaseError(Exception):
    """What is here is no release; says why."""


def version(root: Path) -> str:
    """The version, from the one place that it is kept in."""
    found = _VERSION.search((root / "policies/PulumiPolicy.yaml").read_text("utf-8"))
    if found is None:
        raise ReleaseError("policies/PulumiPolicy.yaml: there is no version")
    return found[1]


def check_versions(root: Path, wanted: str) -> None:
    """Looks whether every file that names the version names this one.

    Raises:
        ReleaseError: one does not.
    """
    for name, pattern in ALSO.items():
        file = root / name
        text = file.read_text("utf-8") if file.exists() else ""
        other = set(re.findall(pattern, text, re.MULTILINE)) - {wanted}
        if other:
            raise ReleaseError(
                f"{name}: names the version {', '.join(sorted(other))}, not {wanted}"
            )


def notes(text: str, wanted: str, *, unreleased: bool = False) -> str:
    """A version's part of the changelog.

    Raises:
        ReleaseError: it is not the newest, or has no day.
    """
    headings = list(_HEADING.finditer(text))
    if not headings or headings[0]["version"] != wanted:
        raise ReleaseError(f"{CHANGELOG}: the newest version is not {wanted}")
    day = headings[0]["day"]
    if not unreleased and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
        raise ReleaseError(f"{CHANGELOG}: {wanted} has no day yet, but {day!r}")
    end = headings[1].start() if len(headings) > 1 else len(text)
    return text[headings[0].end() : end].strip() + "\n"


def build(root: Path, out: Path) -> tuple[Path, Path]:
    """The wheel and the sdist, which both make the same wheel.

    Raises:
        ReleaseError: the sdist makes another one.
    """
    uv = str(Path(sys.executable).with_name("uv"))
    # With what uv.lock has: nothing is fetched for a build.
    command = (
        *(uv, "build", "--no-build-isolation", "--offline", "--no-create-gitignore"),
        # The sdist's folder has no environment of its own.
        *("--python", sys.executable),
    )
    _told(root, *command, "--wheel", "--sdist", "--out-dir", str(out))
    [wheel], [sdist] = out.glob("*.whl"), out.glob("*.tar.gz")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(sdist) as archive:
            archive.extractall(folder, filter="data")
        [source] = Path(folder).iterdir()
        _told(source, *command, "--wheel", "--out-dir", folder)
        again = (Path(folder) / wheel.name).read_bytes()
    if again != wheel.read_bytes():
        raise ReleaseError(f"{sdist.name}: makes another wheel than the checkout")
    return wheel, sdist


def metadata(wheel: Path) -> Mapping[str, str]:
    """What a wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return dict(email.message_from_bytes(archive.read(name)).items())


def sbom(root: Path, wheel: Path, wanted: str) -> str:
    """CycloneDX of what the wheel brings with it: the versions and hashes of uv.lock.

    Raises:
        ReleaseError: it is no valid one.
    """
    uv = str(Path(sys.executable).with_name("uv"))
    options = ("--format", "cyclonedx1.5", "--preview-features", "sbom-export")
    told = _told(root, uv, "export", "--quiet", "--frozen", "--no-default-groups", *options)
    document: dict[str, Any] = json.loads(told)
    document["metadata"]["component"] |= {
        "version": wanted,
        "purl": f"pkg:pypi/{NAME}@{wanted}",
        "licenses": [{"license": {"id": "Apache-2.0"}}],
        "hashes": [{"alg": "SHA-256", "content": sha256(wheel.read_bytes()).hexdigest()}],
    }
    text = json.dumps(document, indent=2) + "\n"
    wrong = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
    if wrong is not None:
        raise ReleaseError(f"the SBOM is not CycloneDX 1.5: {wrong}")
    return text


def release(root: Path, out: Path, *, unreleased: bool = False) -> list[Path]:
    """Makes it all; the files that are published.

    Raises:
        ReleaseError: it is no release.
    """
    if out.exists():
        raise ReleaseError(f"{out}: is there already")
    wanted = version(root)
    part = notes((root / CHANGELOG).read_text("utf-8"), wanted, unreleased=unreleased)
    check_versions(root, wanted)
    wheel, sdist = build(root, out)
    said = metadata(wheel)["Version"]
    if said != wanted:
        raise ReleaseError(f"{wheel.name}: has the version {said}, not {wanted}")
    bill = out / SBOM
    bill.write_text(sbom(root, wheel, wanted), "utf-8")
    files = [wheel, sdist, bill]
    sums = [f"{sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (out / "SHA256SUMS").write_text("".join(sums), "utf-8")
    (out / "notes.md").write_text(part, "utf-8")
    return [*files, out / "SHA256SUMS"]


def _told(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ReleaseError(f"{' '.join(command[:3])} ends with {done.returncode}:\n{done.stderr}")
    return done.stdout


def main(arguments: list[str]) -> int:
    """Makes a release in a folder; 1 and a line where it is none."""
    parser = argparse.ArgumentParser(prog="scripts.ci.package", description=__doc__)
    parser.add_argument("out", type=Path, help="a folder that is new")
    parser.add_argument("--unreleased", action="store_true", help="the changelog has no day yet")
    told = parser.parse_args(arguments)
    try:
        for file in release(ROOT, told.out, unreleased=told.unreleased):
            print(file)
    except ReleaseError as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
