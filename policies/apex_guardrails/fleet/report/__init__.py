"""What the tables of a fleet say: answered by DuckDB, shown on a terminal, as a page or as data."""
