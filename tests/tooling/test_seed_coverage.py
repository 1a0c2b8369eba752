"""docs/seed-coverage.md names what is there."""

import re
from pathlib import Path

import pytest

from policies.rules import all_rules

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "seed-coverage.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| the seed document", "| ---"))
]
LATER = ("blue-green", "rollback")


def named(cell: str) -> list[str]:
    """Returns the files and tests that a cell names."""
    return [name for name in re.findall(r"`([^`\s]+)`", cell) if re.search(r"/|\.(py|md)", name)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_only_what_comes_later_has_an_empty_cell(row: list[str]) -> None:
    assert len(row) == 3
    assert all(row) is not row[0].startswith(LATER)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_what_a_row_names_exists(row: list[str]) -> None:
    _, where, shown = row
    for name in named(where):
        assert list(ROOT.glob(name.replace("<stack>", "*").rstrip("/"))), name
    for name in named(shown):
        file, _, test = name.partition("::")
        path = ROOT / "tests" / file if not file.startswith(".github") else ROOT / file
        assert path.exists(), name
        assert not test or f"def {test}(" in path.read_text("utf-8"), name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_the_rules_that_a_row_names_exist(row: list[str]) -> None:
    rules = {rule.id for rule in all_rules()}
    listed = re.findall(r"the rules? ((?:`[a-z-]+`(?:, )?)+)", row[2])
    for group in listed:
        assert set(re.findall(r"`([a-z-]+)`", group)) <= rules
