"""Pulumi.yaml's `config`: every key of infra/config, for Pulumi's command line.

python -m scripts.config_keys
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from apex_guardrails.support.files import write_text
from infra.config import StackConfig
from infra.config.keys import ConfigSection, Key, keys_of, section_of

PROJECT: Final = Path(__file__).parents[1] / "Pulumi.yaml"
_BEGINS: Final = "\nconfig:\n"
_WIDTH: Final = 98


class _Dumper(yaml.SafeDumper):
    """Folds what does not fit into a line."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = ">" if len(text) > _WIDTH - len("    description: ") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)


def written(document: str) -> str:
    """Returns the project's file, with the keys as the program declares them.

    Args:
        document: The file as it is; all before its `config` stays.
    """
    before, _, _ = document.partition(_BEGINS)
    return f"{before}{_BEGINS}" + "\n".join(_sections(StackConfig))


def _sections(section: type[ConfigSection]) -> Iterator[str]:
    """Yields the keys of each section that has some, under what the section is."""
    own = {key.name: _declaration(key) for key in keys_of(section, inner=False) if key.is_declared}
    if own:
        heading = (section.__doc__ or "").splitlines()[0]
        keys = yaml.dump(own, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
        yield "".join(f"  {line}\n" for line in (f"# {heading}", *keys.splitlines()))
    for field in section.model_fields.values():
        inner = section_of(field)
        if inner:
            yield from _sections(inner)


def _declaration(key: Key) -> dict[str, Any]:
    default = {"secret": True} if key.is_secret else {"default": key.default}
    return {"type": key.type, "description": key.about, **default}


if __name__ == "__main__":
    write_text(PROJECT, written(PROJECT.read_text("utf-8")))
