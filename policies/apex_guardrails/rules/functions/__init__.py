"""Cloud Functions."""
