"""Cloud Healthcare API."""
