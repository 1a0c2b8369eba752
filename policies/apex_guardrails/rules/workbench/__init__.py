"""Vertex AI Workbench."""
