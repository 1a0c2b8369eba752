"""Runs the commands of a page: `apex` for real, make as far as its recipes, nothing in a cloud."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from tests.docs.pages import ROOT, Command
from tests.policies.judged import Apex, Outcome
from tests.policies.sources.plan.plans import plan
from tests.policies.sources.previews.files import digest
from tests.policies.state_files import CLOSED, FIREWALL, exported, resource

ELSEWHERE = {
    "bq": "needs a project of Google Cloud",
    "cd": "goes where nothing is",
    "code": "is an editor",
    "conftest": "not a dependency of the project",
    "crane": "copies images",
    "curl": "asks a server that is not there",
    "docker": "pushes images",
    "export": "is for what follows",
    "gh": "asks GitHub for a release",
    "gcloud": "needs a project of Google Cloud",
    "git": "asks a server that is not there",
    "npm": "needs a registry; tests/editors runs it",
    "npx": "needs a registry",
    "openssl": "feeds pulumi",
    "pip": "asks an index of packages",
    "printf": "feeds pulumi",
    "pulumi": "needs a backend with a stack; tests/engine runs preview, up and destroy",
    ".ci/run": "runs these tests",
    ".venv/bin/pre-commit": "changes the repository's hooks",
    ".venv/bin/uv": "writes uv.lock",
    "terraform": "is not there, and neither is a cloud to plan for",
    "temporal": "asks a server that is not there",
    "sha256sum": "has no release to look at; tests/tooling/test_package.py",
    "scripts/release": "needs a deployed stack; test_commands.py asks it for its options",
}
"""Programs that are not run here, and why not."""

_FLEET = "apex fleet audit gs://acme-pulumi-state --results gs://acme-apex"

NOT_RUN = {
    "apex prices fetch --output export.json": "goes online; cost/catalog/test_online.py runs it",
    "apex preview --watch": "ends with Ctrl-C alone, and tests/policies/cli/test_watch.py runs it",
    "apex preview --checkov": "takes seconds, and tests/policies/checkov runs it",
    "apex preview --all --output-dir build/apex": "is for other repositories; test_preview_all.py",
    **dict.fromkeys(
        (
            _FLEET,
            f"{_FLEET} --owners OWNERS --owner-tag team --owner-label team",
            f"{_FLEET} --settings fleet.yaml --checkouts repositories",
        ),
        "asks a bucket that is not there; tests/policies/fleet runs it",
    ),
}
"""Commands of ours that are not run here, and why not; their options are looked at."""

VERDICTS = (0, 1, 5)
"""Exit codes where a program was judged. What a page judges is an example."""


class Shell:
    """Reads a command line as a shell does, as far as the pages need it."""

    _previews: ClassVar[dict[tuple[Path | str, ...], Outcome]] = {}
    """What was judged already: several pages show the same stack."""

    def __init__(self, folder: Path, apex: Apex, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.code = 0
        self._apex = apex
        self._monkeypatch = monkeypatch

    def run(self, command: Command) -> str:
        """What a command prints. `code` is its exit code then, 0 where it was not run."""
        line = re.sub(r"^\w+=\$\((.*)\)$", r"\1", command.line)
        if re.fullmatch(r"\w+=\S*", line):
            return ""
        if line == "echo $?":
            shown, self.code = self.code, 0
            return f"{shown}\n"
        words = shlex.shlex(line, posix=True, punctuation_chars="|<>")
        words.whitespace_split = True
        stages: list[list[str]] = [[]]
        for word in words:
            if word == "|":
                stages.append([])
            else:
                stages[-1].append(word)
        said, self.code = "", 0
        for stage in stages:
            said = self._stage(command, stage, said)
        return said

    def _stage(self, command: Command, words: list[str], given: str) -> str:
        target = None
        for sign in "<>":
            if sign in words:
                at = words.index(sign)
                target = words[at + 1] if sign == ">" else None
                words = words[:at]
        said = self._program(command, words, given)
        if target is None:
            return said
        (self.folder / target).write_text(said, "utf-8")
        return ""

    def _program(self, command: Command, words: list[str], given: str) -> str:
        name, arguments = words[0], words[1:]
        match name.removeprefix(".venv/bin/"), arguments:
            case "apex", _:
                return self._run_apex(arguments, given)
            case "make", _:
                return self._make(arguments)
            case "grep", _:
                return subprocess.run(
                    words, input=given, capture_output=True, text=True, check=True
                ).stdout
            case "python", ["-m", module, *_]:
                assert importlib.util.find_spec(module), f"{command.place}: no module {module}"
                return ""
            case "pulumi", ["stack", "export", *rest]:
                stack = rest[rest.index("--stack") + 1] if "--stack" in rest else "dev"
                return state(stack)
            case "pulumi", ["preview", "--json", *_]:
                return json.dumps(digest())
            case "terraform", ["show", "-json", *_]:
                return json.dumps(plan())
        assert name in ELSEWHERE, f"{command.place}: no test knows what to do with: {command.line}"
        return ""

    def _run_apex(self, arguments: list[str], given: str) -> str:
        if f"apex {' '.join(arguments)}" in NOT_RUN:
            return ""
        key: tuple[Path | str, ...] = (self.folder, *arguments)
        done = self._previews.get(key)
        if done is None:
            with self._monkeypatch.context() as patch:
                patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
                done = self._apex.writing(self.folder, *arguments)
            if arguments[0] == "preview" and not any("output" in word for word in arguments):
                self._previews[key] = done
        self.code = done.code
        return done.said

    def _make(self, arguments: list[str]) -> str:
        """Checks the target, and runs the `apex preview` that its recipe ends with."""
        done = subprocess.run(
            ["make", "--dry-run", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        last = shlex.split(done.stdout.splitlines()[-1]) if done.stdout else []
        if last[:2] != [".venv/bin/apex", "preview"]:
            return ""
        return self._run_apex(last[1:], "")


def state(stack: str) -> str:
    """What `pulumi stack export` writes of a stack of the shop."""
    return json.dumps(exported(resource(FIREWALL, "shop", CLOSED, _stack=stack, _project="shop")))
