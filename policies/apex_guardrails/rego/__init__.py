"""Policies in Rego, asked by conftest over the Terraform plan of a stack."""
