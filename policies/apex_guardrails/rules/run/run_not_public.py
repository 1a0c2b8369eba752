"""Cloud Run services, jobs and worker pools that everybody may use: one rule for each kind."""

from apex_guardrails.rules.families.public_members import public_rules

RULES = public_rules(__name__)
