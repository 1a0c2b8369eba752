"""Where resources are, whatever their service."""
