"""Which rules there are, and what the pack says of itself."""
