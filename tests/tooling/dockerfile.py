"""Runs the steps of a Dockerfile in a folder, where no builder is to be had.

Each stage is a root of its own: this machine's system, read-only, stands in for the base image, and
what the steps write lies in the folder. It takes root and mounts, and what it cannot show is the
base image itself.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

PYTHON = Path(sys.base_prefix)
_SYSTEM = ("bin", "etc", "lib", "lib64", "sbin", "usr")
_TEMPORARY = "tmp"
_PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Each instruction with what follows it, on one line."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, rest = line.partition(" ")
        yield name, rest.strip()


def why_not() -> str | None:
    """Why the steps cannot be run on this machine."""
    if os.geteuid() != 0:
        return "it needs root, to mount"
    if not (PYTHON / "bin/python").exists():
        return f"{PYTHON} has no bin/python to stand in for the base image's"
    done = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return None if done.returncode == 0 else "mounts are not permitted"


@dataclass(frozen=True)
class Around:
    """What is around a command.

    Attributes:
        environment: variables beside the image's own.
        read_only: whether nothing but /tmp can be written.
        mounts: folders that are there besides, at the same path, read-only.
        masked: programs that cannot be started.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    read_only: bool = False
    mounts: tuple[Path, ...] = ()
    masked: tuple[str, ...] = ()


@dataclass
class Image:
    """A root, and what the instructions say of it."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": _PATH})
    workdir: str = "/"
    user: str = "0:0"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)

    def start(self, *arguments: str, around: Around) -> subprocess.CompletedProcess[str]:
        """Starts it as a container is started: no shell is in between."""
        return self.run(*self.entrypoint, *(arguments or self.command), around=around)

    def run(self, *command: str, around: Around) -> subprocess.CompletedProcess[str]:
        """Runs a command in the root, as its user."""
        root = str(self.root)
        script = ["set -e", f"mount --bind {root} {root}"]
        # First, as the repository may be in the folder of this machine that has the same name.
        (self.root / _TEMPORARY).mkdir(exist_ok=True)
        script.append(f"mount -t tmpfs -o mode=1777 tmpfs {root}/{_TEMPORARY}")
        for name in _SYSTEM:
            script += self._bound(Path("/") / name, name)
        script += self._bound(PYTHON, "usr/local")
        for path in (PYTHON, *around.mounts):
            script += self._bound(path, str(path.relative_to("/")))
        for name in ("dev", "proc"):
            (self.root / name).mkdir(exist_ok=True)
            script.append(f"mount --rbind /{name} {root}/{name}")
        script += [f"mount --bind /dev/null {root}{path}" for path in around.masked]
        if around.read_only:
            script.append(f"mount -o remount,bind,ro {root}")
        variables = {**self.environment, **around.environment}
        said = [f"{name}={value}" for name, value in variables.items()]
        inside = shlex.join(["/usr/bin/env", "-i", "-C", self.workdir, *said, *command])
        script.append(f"exec chroot --userspec={self.user} {root} {inside}")
        return subprocess.run(
            ["unshare", "--mount", "sh", "-c", "\n".join(script)],
            capture_output=True,
            text=True,
            check=False,
        )

    def _bound(self, source: Path, name: str) -> list[str]:
        """What makes a folder or a link of this machine one of the root, read-only."""
        target = self.root / name
        if source.is_symlink():
            if not target.is_symlink():
                target.symlink_to(source.readlink())
            return []
        if not source.exists():
            return []
        made = [] if name.startswith("usr/") else [f"mkdir -p {target}"]
        return [*made, f"mount --bind {source} {target}", f"mount -o remount,bind,ro {target}"]


class Build:
    """Builds the image that a Dockerfile makes.

    Args:
        file: the Dockerfile.
        context: what it copies from, as far as its .dockerignore lets it.
        folder: where the roots are made.
        around: what its commands may use besides: how packages are found, and no more.
    """

    def __init__(self, file: Path, context: Path, folder: Path, around: Around) -> None:
        self._context = context
        self._folder = folder
        self._around = around
        self._stages: dict[str, Image] = {}
        ignored = file.with_name(".dockerignore").read_text().splitlines()
        assert "*" in ignored
        self._sent = [line[1:] for line in ignored if line.startswith("!")]
        self.image = Image(folder)
        steps: dict[str, Callable[[str], None]] = {
            "FROM": self._from,
            "WORKDIR": self._workdir,
            "ENV": self._env,
            "COPY": self._copy,
            "RUN": self._run,
            "USER": lambda user: setattr(self.image, "user", user),
            "ENTRYPOINT": lambda words: setattr(self.image, "entrypoint", json.loads(words)),
            "CMD": lambda words: setattr(self.image, "command", json.loads(words)),
            "LABEL": lambda _: None,
        }
        for name, rest in instructions(file.read_text()):
            steps[name](rest)

    def _from(self, rest: str) -> None:
        _, *alias = rest.split()
        self.image = Image(self._folder / str(len(self._stages)))
        self.image.root.mkdir()
        self._stages[alias[-1] if alias else ""] = self.image

    def _workdir(self, path: str) -> None:
        self.image.workdir = path
        (self.image.root / path[1:]).mkdir(parents=True, exist_ok=True)

    def _env(self, rest: str) -> None:
        for item in shlex.split(rest):
            name, _, value = item.partition("=")
            self.image.environment[name] = value.replace("$PATH", self.image.environment["PATH"])

    def _copy(self, rest: str) -> None:
        *option, source, target = rest.split()
        if option:
            made = self._stages[option[0].removeprefix("--from=")].root / source[1:]
            shutil.copytree(made, self.image.root / target[1:], symlinks=True)
            return
        assert target == "./"
        found = [path.relative_to(self._context) for path in self._context.glob(source)]
        assert found, f"{source}: nothing to copy"
        for path in found:
            assert any(fnmatch(str(path), item) for item in self._sent), f"{path} is ignored"
            shutil.copy(self._context / path, self.image.root / self.image.workdir[1:])

    def _run(self, rest: str) -> None:
        done = self.image.run("/bin/sh", "-c", rest, around=self._around)
        assert done.returncode == 0, f"{rest}\n{done.stdout}{done.stderr}"
