"""Prices, assumptions, and what resources cost."""
