"""Becomes a Go program; started by the launcher beside it, with the program's executable.

The instructions come as one line of JSON on standard input, and go to the program as Pulumi's own
language host gives them: in variables. Only the standard library is there.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def variables(instructions: dict[str, Any]) -> dict[str, str]:
    """What the Go SDK reads (`getEnvInfo` in its `run.go`)."""
    return {
        "PULUMI_CONFIG": json.dumps(instructions["config"]),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(instructions["secret_keys"]),
        "PULUMI_DRY_RUN": "true",
        "PULUMI_ENGINE": instructions["monitor"],
        "PULUMI_MONITOR": instructions["monitor"],
        "PULUMI_ORGANIZATION": "organization",
        "PULUMI_PARALLEL": "16",
        "PULUMI_PROJECT": instructions["project"],
        "PULUMI_ROOT_DIRECTORY": instructions["root"],
        "PULUMI_STACK": instructions["stack"],
    }


def main() -> None:
    """Waits for the instructions, and becomes the program."""
    line = sys.stdin.readline()
    if not line:
        sys.exit(1)
    instructions = json.loads(line)
    # The program gets an empty standard input, as under the Pulumi CLI.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    program = Path(instructions["program"])
    os.chdir(program if program.is_dir() else program.parent)
    environment = {**os.environ, **variables(instructions)}
    try:
        # It becomes the program, so that a signal reaches it and its exit code is this one's.
        os.execve(sys.argv[1], sys.argv[1:2], environment)  # noqa: S606 no shell is wanted
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: cannot be started: {error.strerror}")


if __name__ == "__main__":
    main()
