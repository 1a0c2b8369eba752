"""Cloud Workstations."""
