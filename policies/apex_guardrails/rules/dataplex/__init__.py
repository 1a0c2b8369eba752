"""Dataplex and its catalog."""
