"""Rotations of secrets: a new version beside the old one, which goes when all is well."""
