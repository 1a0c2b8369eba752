"""The vocabulary of Google Cloud that rules have in common: one module per matter."""
