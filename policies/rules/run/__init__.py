"""Cloud Run."""
