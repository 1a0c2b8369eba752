"""Backends that everybody may use."""

from apex_guardrails.rules.families.public_members import public_rules

RULES = public_rules(__name__)
