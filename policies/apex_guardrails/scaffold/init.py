"""A first `policy-pack.yaml` for a program."""

from __future__ import annotations

from collections.abc import Sequence

from apex_guardrails.scaffold.templates import render


def settings_file(stacks: Sequence[str]) -> str:
    """The text of a settings file that changes nothing yet, and shows what may be changed."""
    return render("policy-pack.yaml.j2", stacks=stacks)
