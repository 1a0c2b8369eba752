"""Load balancing credentials that are not written in the program: one rule for each kind."""

from apex_guardrails.gcp.credential_inputs import literal_rules

RULES = literal_rules(__name__)
