"""The import of prices from the Cloud Billing Catalog."""
