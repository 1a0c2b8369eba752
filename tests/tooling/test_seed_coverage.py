"""docs/seed-coverage.md names what is there."""

import re
from pathlib import Path

import pytest

from apex_guardrails.rules import all_rules

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "seed-coverage.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| the seed document", "| ---"))
]


def named(cell: str) -> list[str]:
    """Returns the files and tests that a cell names."""
    return [name for name in re.findall(r"`([^`\s]+)`", cell) if re.search(r"/|\.(py|md)", name)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_no_cell_is_empty(row: list[str]) -> None:
    assert len(row) == 3
    assert all(row)


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


def test_what_never_goes_to_zero_costs_what_the_row_says() -> None:
    [row] = [row for row in ROWS if row[0].startswith("dev 50 to 100")]
    said = dict(re.findall(r"(PostgreSQL|Redis|Neo4j|Qdrant) (\d+)", row[1]))
    said["total"] = re.findall(r"of (\d+) a month", row[1])[0]
    costs: dict[str, float] = {}
    component = ""  # It stands in the first of its lines.
    golden = (ROOT / "tests/policies/cost/golden/dev.txt").read_text("utf-8")
    for line in golden.splitlines():
        columns = re.split(r" {2,}", line)
        if re.fullmatch(r"[\d.]+", columns[-1]):  # low, expected, high
            component = columns[0] or component
            costs[component] = costs.get(component, 0) + float(columns[-2])
    names = {"postgres": "PostgreSQL", "redis": "Redis", "neo4j": "Neo4j", "qdrant": "Qdrant"}
    found = {names.get(name, name): f"{cost:.0f}" for name, cost in costs.items()}
    assert said == {name: found[name] for name in said}
