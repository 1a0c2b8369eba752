"""The files of frameworks and of other tools, which the package reads in a hurry."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from apex_guardrails.controls import framework, peer
from apex_guardrails.support.yaml_files import read_yaml

FILES = sorted((*framework.files(), *peer.FOLDER.glob("*.yaml")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_what_a_strict_reader_finds_in_it(path: Path) -> None:
    """No key is there twice, and no text is taken for a date or a truth value."""
    content, _ = read_yaml(path)
    assert yaml.safe_load(path.read_text("utf-8")) == content
