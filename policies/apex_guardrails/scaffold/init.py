"""A first `policy-pack.yaml` for a program."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from apex_guardrails.scaffold.templates import render
from apex_guardrails.sources.offline.project import Project
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.yaml_files import read_yaml

_REGION: Final = re.compile(r"[a-z]+-[a-z]+\d+")
_LABEL: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")


@dataclass(frozen=True)
class Found:
    """What a project says of itself that settings can be begun with.

    Attributes:
        stacks: those that have a file.
        regions: that their config names for the provider.
        labels: the keys of the labels that the provider gives every resource.
    """

    stacks: Sequence[str] = ()
    regions: Sequence[str] = ()
    labels: Sequence[str] = ()


def look_at(project: Project) -> Found:
    """Reads a project's files; what is not valid in them is left to the preview to say."""
    stacks = project.stacks()
    regions: set[str] = set()
    labels: set[str] = set()
    for config in _configs(project, stacks):
        region = config.get("gcp:region")
        if isinstance(region, str) and _REGION.fullmatch(region):
            regions.add(region)
        labels.update(filter(_LABEL.fullmatch, _labels(config.get("gcp:defaultLabels"))))
    return Found(stacks, sorted(regions), sorted(labels))


def settings_file(found: Found) -> str:
    """The text of a settings file that changes nothing yet, and shows what may be changed."""
    return render(
        "policy-pack.yaml.j2",
        stacks=found.stacks,
        regions=found.regions or ["europe-west1"],
        labels=found.labels or ["environment", "owner", "cost-center"],
    )


def _configs(project: Project, stacks: Sequence[str]) -> Iterator[dict[str, Any]]:
    yield {key: declared.value for key, declared in project.content.config.items()}
    for stack in stacks:
        try:
            content, _ = read_yaml(project.stack_file(stack))
        except UsageError:
            continue
        config = content.get("config") if isinstance(content, dict) else None
        if isinstance(config, dict):
            yield config


def _labels(given: Any) -> list[str]:
    """The keys of a mapping, which config may hold as JSON, too."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return []
    return [str(key) for key in given] if isinstance(given, dict) else []
