"""VPC firewall rules."""
