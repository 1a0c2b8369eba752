"""What the workflows run. Standard library alone: comment.yml installs nothing."""
