"""Where is kept what can be made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from apex_guardrails.support.cache import cache_folder


@pytest.mark.parametrize("outer", ["", "relative", None])
def test_it_is_in_the_home_unless_a_whole_path_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, outer: str | None
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache") if outer is None else outer)
    root = tmp_path / ("cache" if outer is None else ".cache")
    folder = cache_folder("go")
    assert folder == root / "apex-guardrails" / "go"
    assert folder.is_dir()
