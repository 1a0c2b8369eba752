"""Judgements in files: what is written is version 2, and version 1 is read, too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, RootModel

from apex_guardrails.judgement.entries import Verdict
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.yaml_files import read_model

LARGEST: Final = 256 * 1024 * 1024
"""Bytes; a judgement larger than this is none."""


NEWEST: Final = 2


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a judgement as it is written."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Judgement.model_json_schema(mode="serialization"),
        "title": "apex report",
    }


def read_judgement(path: Path) -> Judgement:
    """A judgement that `--format json` wrote.

    Raises:
        UsageError: it cannot be read, or is something else.
    """
    if not path.exists():
        raise UsageError(f"{path}: the file does not exist")
    written = read_model(path, _Written, largest=LARGEST, written_by="apex preview --format json")
    return written.root


def _from_version_1(content: Any) -> Any:
    """Content of version 1 under the keys of version 2; anything else as it is."""
    version = content.get("version", 1) if isinstance(content, dict) else None
    if isinstance(version, int) and version > NEWEST:
        raise ValueError(
            f"has version {version}, which is of a newer apex; this one reads {NEWEST}"
        )
    if version != 1:
        return content
    now = _renamed({**content, "version": 2}, {"not_judged": "not_evaluated"})
    names = {"judged": "evaluated", "not_judged": "not_evaluated"}
    if isinstance(now.get("reach"), dict):
        now["reach"] = _renamed(now["reach"], names)
    if now.get("verdict") == "nothing judged":
        now["verdict"] = Verdict.NOTHING_EVALUATED
    return now


def _renamed(content: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in content.items()}


_Written = RootModel[Annotated[Judgement, BeforeValidator(_from_version_1)]]
"""A judgement in a file, of whichever version."""
