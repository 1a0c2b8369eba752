"""A stack as the Terraform plan that would build it, in the JSON of `terraform show -json`.

Format: HashiCorp, "JSON Output Format", version 1.2 (2026-11). What is not known before deployment
is in `after_unknown`, as there. What is secret is in `after_sensitive`, and, unlike there, its
value is nowhere. `configuration` has the expressions that refer to other resources, and no others.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from apex_guardrails.checkov.redaction import Redaction
from apex_guardrails.checkov.terraform import TerraformType, terraform_type
from apex_guardrails.checkov.values import Forms, Reader
from apex_guardrails.model import Resource, Stack

FORMAT_VERSION: Final = "1.2"
TERRAFORM_VERSION: Final = "1.9.0"
PROVIDER: Final = "registry.terraform.io/hashicorp/google"

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class TerraformPlan:
    """A plan, and the way back from it.

    Attributes:
        document: the plan itself.
        urns: by Terraform address, which resource it is.
        not_seen: the resources of types that Terraform's Google provider does not have.
    """

    document: Mapping[str, Any]
    urns: Mapping[str, str]
    not_seen: Sequence[Resource]

    def text(self) -> str:
        """The plan as the text of a file."""
        return json.dumps(self.document, allow_nan=False, indent=1) + "\n"

    def with_resource(self, kind: str, name: str) -> tuple[TerraformPlan, str]:
        """The plan with one more resource, of which only the name is set, and its address."""
        address = _address(kind, name, set(self.urns))
        head = {"address": address, "mode": "managed", "type": kind, "provider_name": PROVIDER}
        head["name"] = address.partition(".")[2]
        after = {"name": name}
        values = {**head, "schema_version": 0, "values": after, "sensitive_values": {}}
        change = {"actions": ["create"], "before": None, "after": after, "after_unknown": {}}
        resources = [*self.document["planned_values"]["root_module"]["resources"], values]
        document = {
            **self.document,
            "planned_values": {"root_module": {"resources": resources}},
            "resource_changes": [*self.document["resource_changes"], {**head, "change": change}],
        }
        return replace(self, document=document), address

    def warnings(self) -> list[str]:
        """What is not in the plan, so that who reads it does not take silence for a pass."""
        counts = Counter(resource.type.token for resource in self.not_seen)
        if not counts:
            return []
        types = ", ".join(f"{count} {token}" for token, count in sorted(counts.items()))
        return [f"not in the Terraform plan, as Terraform's provider has no such type: {types}"]


@dataclass(frozen=True, slots=True)
class _Planned:
    """One resource with its Terraform type and address."""

    resource: Resource
    kind: TerraformType
    address: str

    def head(self) -> dict[str, Any]:
        """What every section of a plan begins with."""
        name = self.address.partition(".")[2]
        return {"address": self.address, "mode": "managed", "type": self.kind.name, "name": name}


def terraform_plan(stack: Stack) -> TerraformPlan:
    """The plan that creates all resources of a stack."""
    redact = Redaction(stack)
    planned: list[_Planned] = []
    not_seen: list[Resource] = []
    taken: set[str] = set()
    # A program registers its resources in no order.
    for _, resource in sorted(stack.resources.items()):
        if not resource.custom or resource.is_read or resource.type.token.startswith("pulumi:"):
            continue
        kind = terraform_type(resource.type.token)
        if kind is None:
            not_seen.append(resource)
        else:
            address = _address(kind.name, redact(resource.name), taken)
            taken.add(address)
            planned.append(_Planned(resource, kind, address))
    addresses = {item.resource.urn: item.address for item in planned}
    read = [(item, Reader(item.resource, addresses, redact).read(item.kind)) for item in planned]
    return TerraformPlan(
        {
            "format_version": FORMAT_VERSION,
            "terraform_version": TERRAFORM_VERSION,
            "planned_values": {"root_module": {"resources": [_values(*pair) for pair in read]}},
            "resource_changes": [_change(*pair) for pair in read],
            "configuration": {
                "provider_config": {"google": {"name": "google", "full_name": PROVIDER}},
                "root_module": {"resources": [_configuration(*pair) for pair in read]},
            },
        },
        {item.address: item.resource.urn for item in planned},
        not_seen,
    )


def _address(kind: str, name: str, taken: set[str]) -> str:
    """An address that no other resource has: Pulumi's names may hold anything, and repeat."""
    plain = _NOT_IN_NAMES.sub("_", name)
    if not plain or plain[0].isdigit() or plain[0] == "-":
        plain = f"_{plain}"
    address = f"{kind}.{plain}"
    number = 1
    while address in taken:
        number += 1
        address = f"{kind}.{plain}_{number}"
    return address


def _values(item: _Planned, forms: Forms) -> dict[str, Any]:
    return {
        **item.head(),
        "provider_name": PROVIDER,
        "schema_version": 0,
        "values": forms.after,
        "sensitive_values": forms.sensitive or {},
    }


def _change(item: _Planned, forms: Forms) -> dict[str, Any]:
    return {
        **item.head(),
        "provider_name": PROVIDER,
        "change": {
            "actions": ["create"],
            "before": None,
            "after": forms.after,
            # Every resource has an id once it is there.
            "after_unknown": {"id": True, **(forms.unknown or {})},
            "before_sensitive": False,
            "after_sensitive": forms.sensitive or {},
        },
    }


def _configuration(item: _Planned, forms: Forms) -> dict[str, Any]:
    return {
        **item.head(),
        "provider_config_key": "google",
        "schema_version": 0,
        "expressions": forms.expressions or {},
    }
