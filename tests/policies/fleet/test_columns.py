"""BigQuery has the columns that the tables have."""

from scripts.fleet_columns import FILE, text


def test_the_examples_columns_are_those_of_the_tables() -> None:
    assert FILE.read_text("utf-8") == text(), "make generated writes it"
