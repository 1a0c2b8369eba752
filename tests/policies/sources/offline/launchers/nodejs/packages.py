"""Pulumi's packages for Node.js, installed once for all tests and runs."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

from tests.policies.sources.offline.launchers.shop import not_run

ROOT = Path(__file__).parents[6]
PACKAGES = ROOT / "tests" / "programs" / "nodejs"
INSTALLED = ROOT / "build" / "node"


def installed() -> Path:
    """The `node_modules` of `package-lock.json`.

    Without Node.js, or a registry, the test does not run.
    """
    lock = PACKAGES / "package-lock.json"
    folder = INSTALLED / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _install(folder)
            (folder / "ready").touch()
    return folder / "node_modules"


def _install(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        not_run("Node.js program not run: there is no npm on PATH")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PACKAGES / name, folder)
    done = subprocess.run(
        # What packages do when they are installed, none of the tests needs.
        [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        not_run(f"Node.js program not run: npm ci failed: {done.stderr.strip()[-2000:]}")
