"""What `apex new-rule` and `apex init` write, to be filled in by their users."""

from apex_guardrails.scaffold.agent_files import agent_files
from apex_guardrails.scaffold.init import look_at, settings_file
from apex_guardrails.scaffold.new_rule import rule_file

__all__ = ["agent_files", "look_at", "rule_file", "settings_file"]
