"""Where a program in YAML declares its resources: its host tells lines of its own code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml

from apex_guardrails.model import SourcePosition

_FILES: Final = ("Main.json", "Main.yaml", "Pulumi.yaml")
"""In the order in which the host looks for them: `LoadDir` in its `run.go` (1.25)."""


def resource_positions(folder: Path) -> Mapping[str, SourcePosition]:
    """Where each resource is declared, by its name; empty where the program cannot be read."""
    file = next((folder / name for name in _FILES if (folder / name).is_file()), None)
    if file is None:
        return {}
    try:
        root = yaml.compose(file.read_bytes(), Loader=yaml.SafeLoader)
    except (OSError, yaml.YAMLError, RecursionError):
        return {}
    found: dict[str, SourcePosition] = {}
    for key, declaration in _entries(_entry(root, "resources")):
        name = _entry(declaration, "name")
        text = name.value if isinstance(name, yaml.ScalarNode) else key.value
        found[text] = SourcePosition(str(file), key.start_mark.line + 1)
    return found


def _entries(node: yaml.Node | None) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key, value


def _entry(node: yaml.Node | None, name: str) -> yaml.Node | None:
    return next((value for key, value in _entries(node) if key.value == name), None)
