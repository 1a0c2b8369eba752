"""Plans and states as Terraform writes them, as small as they can be and still are such."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from apex_guardrails.model import Resource
from apex_guardrails.sources.from_file import FromFile, Names, read_file

GOOGLE = "registry.terraform.io/hashicorp/google"


class Item:
    """A resource of a plan: what it will be, and what the configuration says of it.

    Attributes:
        address: where the resource is.
        document: the parts of the plan that are about it.
    """

    def __init__(  # noqa: PLR0913 each is a part of a plan
        self,
        address: str,
        values: Mapping[str, Any] | None = None,
        *,
        unknown: Any = None,
        sensitive: Any = None,
        expressions: Mapping[str, Any] | None = None,
        actions: Sequence[str] = ("create",),
        provider: str = GOOGLE,
        change: Mapping[str, Any] | None = None,
        block: Mapping[str, Any] | None = None,
    ) -> None:
        self.module, own = _split(address)
        mode, own = ("data", own[5:]) if own.startswith("data.") else ("managed", own)
        kind, _, rest = own.partition(".")
        name, _, index = rest.partition("[")
        self.head: dict[str, Any] = {
            "address": address,
            "mode": mode,
            "type": kind,
            "name": name,
            **({"index": json.loads(index[:-1])} if index else {}),
            "provider_name": provider,
        }
        self.values = {
            **self.head,
            "schema_version": 0,
            "values": dict(values or {}),
            "sensitive_values": sensitive or {},
        }
        self.change = {
            **self.head,
            "change": {
                "actions": list(actions),
                "before": None,
                "after": dict(values or {}),
                "after_unknown": {"id": True} if unknown is None else unknown,
                "before_sensitive": False,
                "after_sensitive": sensitive or {},
                **(change or {}),
            },
        }
        given = {key: {"constant_value": value} for key, value in (values or {}).items()}
        self.block = {
            **{key: self.head[key] for key in ("mode", "type", "name")},
            "address": own.partition("[")[0],
            "provider_config_key": provider.rpartition("/")[2],
            "expressions": given if expressions is None else dict(expressions),
            "schema_version": 0,
            **(block or {}),
        }


def _split(address: str) -> tuple[str, str]:
    """The module's address and the rest; no key of these tests has a dot in it."""
    steps = address.split(".")
    end = 0
    while steps[end] == "module":
        end += 2
    return ".".join(steps[:end]), ".".join(steps[end:])


def ref(*references: str) -> dict[str, Any]:
    """An expression with these references, and what each of them begins with."""
    return {"references": list(references)}


def plan(*items: Item, calls: Mapping[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """The whole plan; resources of modules are told by `calls`."""
    made = [item for item in items if item.head["mode"] == "managed"]
    root = [item for item in made if not item.module]
    modules = dict.fromkeys(item.module for item in made if item.module)
    children = [
        {"address": module, "resources": [it.values for it in made if it.module == module]}
        for module in modules
    ]
    blocks = {item.block["address"]: item.block for item in items if not item.module}
    configuration: dict[str, Any] = {
        "provider_config": {"google": {"name": "google", "full_name": GOOGLE}},
        "root_module": {
            "resources": list(blocks.values()),
            **({"module_calls": dict(calls)} if calls else {}),
        },
    }
    read = [item.values for item in items if item.head["mode"] == "data"]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "variables": {},
        "planned_values": {
            "root_module": {
                "resources": [item.values for item in root],
                **({"child_modules": children} if children else {}),
            }
        },
        "resource_changes": [item.change for item in items],
        **({"prior_state": {"values": {"root_module": {"resources": read}}}} if read else {}),
        "configuration": configuration,
        "timestamp": "2026-11-30T12:00:00Z",
        "applyable": True,
        "complete": True,
        "errored": False,
        **members,
    }


def state(*items: Item, **members: Any) -> dict[str, Any]:
    """The whole state."""
    return {
        "format_version": "1.0",
        "terraform_version": "1.9.8",
        "values": {"root_module": {"resources": [item.values for item in items]}, **members},
    }


def told(folder: Path, document: Any) -> FromFile:
    """What is read of a document."""
    file = folder / "plan.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return read_file(file, Names("dev", "terraform"))


def at(read: FromFile, address: str) -> Resource:
    """The resource with an address."""
    return next(it for it in read.stack if it.urn.endswith(f"::{address}"))


def targets(resource: Resource, name: str) -> set[str]:
    """The addresses that an input is made from."""
    return {urn.split("::", 3)[-1] for urn in (resource.property_dependencies or {}).get(name, ())}
