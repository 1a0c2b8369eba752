"""Memorystore for Valkey."""
