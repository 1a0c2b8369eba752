"""What a user meets before the first line of `apex` runs: make, the set-up, the workflow."""
