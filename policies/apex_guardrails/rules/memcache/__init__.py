"""Memorystore for Memcached."""
