"""What the pack says of itself: its name and version, and which rules judged."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import distribution, metadata
from pathlib import Path
from typing import Final

import yaml

from apex_guardrails.controls.framework import files
from apex_guardrails.model import Rule
from apex_guardrails.pack.read_modules import ReadModules
from apex_guardrails.support.errors import PackError

PACK_FILE: Final = Path(__file__).parents[2] / "PulumiPolicy.yaml"
"""In the pack's folder; a wheel has none, but says the same of itself."""


@cache
def pack_info() -> Mapping[str, str]:
    """The pack's name, version and description."""
    if PACK_FILE.is_file():
        content: dict[str, str] = yaml.safe_load(PACK_FILE.read_text("utf-8"))
        return content
    installed = metadata("apex-guardrails")
    return {
        "name": installed["Name"],
        "version": installed["Version"],
        "description": installed["Summary"],
    }


def beside(name: str) -> str:
    """A file of the pack's folder, such as README.md, from a checkout or from the wheel.

    Raises:
        PackError: the installation lacks it.
    """
    if PACK_FILE.is_file():
        return PACK_FILE.with_name(name).read_text("utf-8")
    # Where pyproject.toml has put it.
    text = distribution("apex-guardrails").read_text(f"extra_metadata/pack/{name}")
    if text is None:
        raise PackError(f"this installation of apex lacks {name}: install the package again")
    return text


def rules_digest(rules: Iterable[Rule]) -> str:
    """The SHA-256, in hexadecimal, of the rules and frameworks and their files: what judged."""
    sources: dict[str, Path | None] = {path.name: path for path in files()}
    own: dict[str, bytes] = {}
    ids = []
    for rule in rules:
        ids.append(rule.id)
        module = sys.modules.get(rule.module)
        loader = getattr(module, "__loader__", None)
        if isinstance(loader, ReadModules):
            own |= loader.contents
        else:
            file = getattr(module, "__file__", None)
            sources[rule.module] = Path(file) if file else None
    # A table of rules is one file: which of them there are is not in it.
    digest = hashlib.sha256("\0".join(sorted(ids)).encode())
    contents = {name: path.read_bytes() if path else b"" for name, path in sources.items()}
    for name, source in sorted((contents | own).items()):
        digest.update(f"{name}\0{len(source)}\0".encode() + source)
    return digest.hexdigest()
