"""Security Command Center."""
