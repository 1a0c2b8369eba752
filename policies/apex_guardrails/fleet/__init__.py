"""Thousands of stacks, judged from their states in buckets into tables that everybody can query.

Needs the extra `fleet` of the package, which no other command imports.
"""
