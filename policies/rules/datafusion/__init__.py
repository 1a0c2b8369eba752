"""Cloud Data Fusion."""
