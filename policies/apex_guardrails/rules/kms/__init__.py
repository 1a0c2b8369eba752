"""Cloud Key Management Service."""
