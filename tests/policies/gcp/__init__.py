"""The vocabulary of Google Cloud."""
