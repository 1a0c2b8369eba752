"""Releases of the worker: the old build finishes what it began (docs/worker-releases.md)."""
