"""BigLake."""
