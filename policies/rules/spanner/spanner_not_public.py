"""Instances and databases that everybody may use."""

from policies.model.google.public_members import public_rules

RULES = public_rules(__name__)
