"""What `apex` runs: each says what to read and what to write."""
