"""What a Go program is given, in the process that becomes it."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest

from apex_guardrails.sources.offline.launchers import go_runner

INSTRUCTIONS = {
    "monitor": "127.0.0.1:1",
    "project": "shop",
    "stack": "dev",
    "root": "/work",
    "config": {"shop:name": "a"},
    "secret_keys": ["shop:key"],
}


@pytest.mark.parametrize("is_file", [False, True])
def test_it_gets_what_pulumis_own_host_gives(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_file: bool
) -> None:
    program = tmp_path / "main.go" if is_file else tmp_path
    if is_file:
        program.write_text("package main\n")
    line = json.dumps({**INSTRUCTIONS, "program": str(program)})
    became: list[Any] = []

    def become(path: str, arguments: list[str], environment: Mapping[str, str]) -> NoReturn:
        became.extend([path, arguments, environment, Path.cwd()])
        raise OSError(8, "Exec format error")

    monkeypatch.chdir(tmp_path.parent)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{line}\n"))
    monkeypatch.setattr(sys, "argv", ["go_runner.py", "/bin/program"])
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    monkeypatch.setattr(os, "execve", become)
    with pytest.raises(SystemExit, match="/bin/program: cannot be started: Exec format error"):
        go_runner.main()
    path, arguments, environment, folder = became
    assert (path, arguments, folder) == ("/bin/program", ["/bin/program"], tmp_path)
    assert json.loads(environment["PULUMI_CONFIG"]) == {"shop:name": "a"}
    assert json.loads(environment["PULUMI_CONFIG_SECRET_KEYS"]) == ["shop:key"]
    assert environment["PULUMI_MONITOR"] == environment["PULUMI_ENGINE"] == "127.0.0.1:1"
    assert (environment["PULUMI_DRY_RUN"], environment["PULUMI_STACK"]) == ("true", "dev")


def test_without_instructions_it_becomes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(SystemExit):
        go_runner.main()
