"""The waivers of a program's settings, read without running anything."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import Any, Final

from apex_guardrails.model import Waiver
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.settings import PolicyPackSettings, load, locate
from apex_guardrails.sources.offline.project import Project
from apex_guardrails.support.yaml_files import parse, read_yaml

_ALL: Final = "*"


def waivers_of(project: Project) -> dict[str, Any]:
    """Every waiver, with the pattern of its stacks, and how long it counts.

    Raises:
        UsageError: the settings are not valid.
    """
    today = datetime.now(UTC).date()
    path = locate(project.root, os.environ)
    notes = []
    if path is None:
        settings = PolicyPackSettings()
        notes.append("there is no policy-pack.yaml: the pack's defaults count, without waivers")
    else:
        content, node = read_yaml(path)
        settings = parse(path, PolicyPackSettings, {} if content is None else content, node)
        # Rules of a team's own would run to be loaded.
        if settings.own_rules or settings.stock_policies or settings.rego_policies:
            notes.append("the file names rules of its own, so rules were not looked up")
        else:
            settings = load(path, known_rules(), today)
    scopes = [(_ALL, settings), *settings.stacks.items()]
    return {
        "settings": settings.source if path is None else str(path),
        "waivers": [
            _entry(stack, waiver, today) for stack, scope in scopes for waiver in scope.waivers
        ],
        "notes": notes,
    }


def _entry(stack: str, waiver: Waiver, today: date) -> dict[str, Any]:
    return {
        "rule": waiver.policy,
        "resource": waiver.resource,
        "stacks": stack,
        "owner": waiver.owner,
        "reason": waiver.reason,
        "ticket": waiver.ticket,
        "expires": waiver.expires.isoformat(),
        "days_left": (waiver.expires - today).days,
        "is_expired": waiver.is_expired(today),
    }
