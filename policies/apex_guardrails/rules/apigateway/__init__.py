"""API Gateway and Cloud Endpoints."""
