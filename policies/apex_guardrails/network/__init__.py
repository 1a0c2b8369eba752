"""What may talk to what in a stack, and what is public, from its resources alone."""
