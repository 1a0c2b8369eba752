"""VPC networks."""
