"""A gcp provider for tests: without a cloud, but with the real provider's defaults and refusals.

`PULUMI_DEBUG_PROVIDERS=gcp:PORT` makes the Pulumi engine attach to it.
"""
