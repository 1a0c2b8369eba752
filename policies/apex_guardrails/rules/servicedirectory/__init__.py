"""Service Directory."""
