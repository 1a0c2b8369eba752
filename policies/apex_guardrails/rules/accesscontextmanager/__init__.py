"""Access Context Manager."""
