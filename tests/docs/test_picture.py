"""The README's picture is what the tool shows, and says so to those who do not see it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from scripts.terminal_picture import COMMAND, DESCRIPTION, PICTURE, ROOT, picture
from tests.policies.judged import Apex

pytestmark = pytest.mark.no_cover


def test_it_is_up_to_date() -> None:
    assert PICTURE.read_text("utf-8") == picture(), "run `make generated`"


def test_it_is_described_where_it_stands_and_in_itself() -> None:
    name = PICTURE.relative_to(ROOT).as_posix()
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert f"![{DESCRIPTION}]({name})" in readme
    drawn = ET.fromstring(PICTURE.read_text("utf-8"))  # noqa: S314 our own
    assert drawn.get("role") == "img"
    described = next(each for each in drawn if each.get("id") == drawn.get("aria-labelledby"))
    assert described.text == DESCRIPTION


def test_it_shows_the_command_and_its_verdict_and_fetches_nothing(apex: Apex) -> None:
    text = PICTURE.read_text("utf-8")
    shown = " ".join(
        "".join(ET.fromstring(text).itertext()).replace("\xa0", " ").split()  # noqa: S314
    )
    assert COMMAND in shown
    verdict = apex(ROOT / "docs/pictures", *_arguments()).expect(1).out.splitlines()[-1]
    assert verdict.partition(":")[0] in shown
    assert "url(http" not in text
    assert "@font-face" not in text


def _arguments() -> list[str]:
    words = COMMAND.split()[1:]
    at = words.index("--program") + 1
    return [*words[:at], str(ROOT / words[at]), *words[at + 1 :]]
