"""The image of the nightly audit has what `apex fleet` needs, each package by its hash."""

from __future__ import annotations

import re

from scripts.pack_requirements import FLEET_PAGE, requirements


def test_the_packages_of_the_image_are_those_that_were_tested() -> None:
    text = FLEET_PAGE.read_text("utf-8")
    assert text == requirements("fleet"), "make generated writes it"
    packages = re.findall(r"^([a-z\d-]+)==\S+.*\\\n    --hash=sha256:", text, re.MULTILINE)
    assert {"distributed", "duckdb", "obstore", "pyarrow"} <= set(packages)
    assert len(packages) == len(re.findall("^[a-z]", text, re.MULTILINE))
