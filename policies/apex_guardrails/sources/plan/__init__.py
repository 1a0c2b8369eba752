"""What Terraform, or OpenTofu, says of a plan or a state: `terraform show -json`.

Format: HashiCorp, "JSON Output Format" (developer.hashicorp.com, read on 2026-11-30), versions 0.1
to 1.2; `internal/command/jsonplan`, `jsonstate` and `jsonconfig` in Terraform 1.9.
"""

from apex_guardrails.sources.plan.document import (
    TerraformStack,
    is_terraforms,
    read_terraform,
)

__all__ = ["TerraformStack", "is_terraforms", "read_terraform"]
