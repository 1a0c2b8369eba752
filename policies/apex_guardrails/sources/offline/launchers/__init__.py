"""Starts programs, one file per language."""
