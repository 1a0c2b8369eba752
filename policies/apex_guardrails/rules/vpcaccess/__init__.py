"""Serverless VPC Access connectors."""
