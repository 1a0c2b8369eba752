"""Renders what was decided, one file per format."""
