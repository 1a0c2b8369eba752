"""A rule of a team's own that does harm where a test wants it: to a firewall of a certain name."""

from __future__ import annotations

from pathlib import Path

RULE = '''"""Firewalls do no harm."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from apex_guardrails.model import Resource, Violation, case, rule

FOLDER = Path({folder!r})


@rule(severity="low", on="gcp:compute/firewall:Firewall", fix="Write another description.")
def firewall_no_harm(firewall: Resource) -> Iterator[Violation]:
    """Harm is what a test wants to see."""
    if firewall.name == "kills-once" and not (FOLDER / "killed").exists():
        (FOLDER / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if firewall.name == "kills":
        os.kill(os.getpid(), signal.SIGKILL)
    if firewall.name == "eats":
        bytearray(16 * 1024**3)
    if firewall.name == "waits":
        (FOLDER / "waiting").touch()
        while not (FOLDER / "go-on").exists():
            time.sleep(0.05)
    if firewall.get("description", omitted="") == "harm":
        yield firewall.fail("does harm", at="description")


CASES = [
    case.passes(description="none"),
    case.fails(description="harm"),
    case.passes(),
    case.undecided(description=case.UNKNOWN),
]
'''


def settings(folder: Path) -> Path:
    """Settings with that rule alone; what it tells is in the folder."""
    rule = folder / "settings/ours/firewall/firewall_no_harm.py"
    rule.parent.mkdir(parents=True, exist_ok=True)
    rule.write_text(RULE.replace("{folder!r}", repr(str(folder))))
    file = folder / "settings/policy-pack.yaml"
    file.write_text("own_rules: [ours]\n")
    return file
