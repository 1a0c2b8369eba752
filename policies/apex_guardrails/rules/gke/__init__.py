"""GKE: fleets and backups."""
