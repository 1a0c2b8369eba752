"""Checkov over Pulumi programs: a stack as a Terraform plan, and Checkov's verdict as findings."""

from apex_guardrails.checkov.bridge import CONTROL, Bridge, CheckovResult, joined
from apex_guardrails.checkov.plan import TerraformPlan, terraform_plan
from apex_guardrails.checkov.program import (
    CheckovError,
    CheckovMissingError,
    find_checkov,
    run_checkov,
)

__all__ = [
    "CONTROL",
    "Bridge",
    "CheckovError",
    "CheckovMissingError",
    "CheckovResult",
    "TerraformPlan",
    "find_checkov",
    "joined",
    "run_checkov",
    "terraform_plan",
]
