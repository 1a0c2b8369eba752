"""Credentials in the inputs of any resource."""
