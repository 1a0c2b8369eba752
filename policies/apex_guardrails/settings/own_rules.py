"""The folders of own rules that `policy-pack.yaml` names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from pydantic import AfterValidator

from apex_guardrails.model import Rule
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.paths import inside, leads_into
from apex_guardrails.support.yaml_files import line_of, read_yaml

KEY: Final = "own_rules"


def _beside(folder: str) -> str:
    return inside(folder, "expected a folder beside this file or below it, such as ./our-rules")


OwnRules = Annotated[str, AfterValidator(_beside)]


def known_by(path: Path | None, rules: Sequence[Rule]) -> Sequence[Rule]:
    """Rules, with those of the folders that a settings file names; nothing else in it counts.

    Args:
        path: the file; `None` where there is none.
        rules: the pack's.

    Raises:
        UsageError: the file cannot be read, or there is no such folder.
        OwnRulesError: a folder is broken.
    """
    if path is None:
        return rules
    content, node = read_yaml(path)
    return joined(path, content, node, rules)


def joined(
    path: Path, content: Any, node: yaml.Node | None, rules: Iterable[Rule]
) -> Sequence[Rule]:
    """The same for a file that was read.

    Whoever owns the file owns the folders: they are below its own.
    """
    folders = [
        _folder(path, name, f"{path}:{line_of(node, (KEY, number))}: {KEY}.{number}")
        for number, name in _named(content)
    ]
    if not folders:
        return tuple(rules)
    # Only where there are such rules is there anything to load them with.
    from apex_guardrails.pack.own_rules import with_own_rules

    return with_own_rules(rules, folders)


def _named(content: Any) -> Iterable[tuple[int, str]]:
    """What is well-formed; what is not is said with the file's other mistakes."""
    given = content.get(KEY) if isinstance(content, dict) else None
    for number, name in enumerate(given if isinstance(given, list) else ()):
        if isinstance(name, str):
            with suppress(ValueError):
                yield number, _beside(name)


def _folder(path: Path, name: str, where: str) -> Path:
    folder = path.parent / name
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "there is no such folder"
        raise UsageError(f"{where}: {folder}: {what}")
    if not leads_into(folder, path.parent):
        raise UsageError(f"{where}: {folder}: leads out of the folder of {path.name}")
    return folder
