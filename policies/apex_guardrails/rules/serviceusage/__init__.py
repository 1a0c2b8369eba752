"""The services (APIs) that a project has enabled."""
