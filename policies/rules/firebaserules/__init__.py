"""Firebase security rules."""
