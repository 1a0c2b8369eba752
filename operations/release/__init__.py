"""Releases of the API: two revisions share the requests, and gates decide (docs/releases.md)."""
