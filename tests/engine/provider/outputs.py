"""What the provider gives back for a resource: its inputs, and plausible computed outputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apex_guardrails.provider.schema import Field
from tests.engine.provider.check import Fields
from tests.engine.provider.values import UNKNOWN, Properties, is_object

ATTRIBUTION = {"goog-pulumi-provisioned": "true"}
"""The label that the provider gives to what it creates."""


@dataclass(frozen=True)
class Identity:
    """What a resource is called, and where it lives."""

    token: str
    name: str
    project: str
    region: str
    zone: str
    generation: int = 1
    """Which one of this name it is, of those that were created one after the other."""

    @property
    def id(self) -> str:
        collection = self.token.partition("/")[2].partition(":")[0] + "s"
        return f"projects/{self.project}/{collection}/{self.name}"

    def output(self, key: str, field: Field) -> Any:
        """A plausible value for a property that the API computes, the same one each time."""
        digest = hashlib.sha256(f"{self.id}/{key}".encode()).digest()
        match field.get("type"):
            case "bool":
                return False
            case "number":
                return int.from_bytes(digest[:2])
            case "list":
                return []
            case "map":
                return {}
            # One without fields is Terraform's list of one text: a text in Pulumi.
            case "object" if "fields" in field:
                return complete(field["fields"], {}, {}, self.output)
        return self._text(key, digest)

    def _text(self, key: str, digest: bytes) -> str:
        email = f"{self.name}@{self.project}.iam.gserviceaccount.com"
        known = {
            "project": self.project,
            "region": self.region,
            "zone": self.zone,
            "selfLink": f"https://www.googleapis.com/v1/{self.id}",
            "connectionName": f"{self.project}:{self.region}:{self.name}",
            "email": email,
            "member": f"serviceAccount:{email}",
            "version": str(self.generation),
            "uri": f"https://{self.name}-{digest.hex()[:6]}.a.run.app",
        }
        if key in known:
            return known[key]
        if key == "address" or key.lower().endswith(("ipaddress", "host")):
            return f"10.{digest[0]}.{digest[1]}.{digest[2]}"
        if key.lower().endswith("time"):
            return "2026-01-01T00:00:00Z"
        if key.lower().endswith(("number", "uniqueid", "numericid")):
            return str(int.from_bytes(digest[:6]))
        return f"{key.lower()}-{digest.hex()[:8]}"


def unknown(_key: str, _field: Field) -> Any:
    """In a preview, what the API computes is not known yet."""
    return UNKNOWN


def complete(
    fields: Fields, inputs: Properties, olds: Properties, generate: Callable[[str, Field], Any]
) -> Properties:
    """Add what the API computes to the inputs; what it computed before, it computes again."""
    outputs = dict(inputs)
    for key, field in fields.items():
        value, old = inputs.get(key), olds.get(key)
        nested = field.get("fields", {})
        if value is None:
            if field.get("output") or field.get("computed"):
                outputs[key] = generate(key, field) if old is None else old
        elif nested and is_object(value):
            outputs[key] = complete(nested, value, old if is_object(old) else {}, generate)
        elif nested and isinstance(value, list):
            before = dict(enumerate(old if isinstance(old, list) else []))
            outputs[key] = [
                complete(nested, element, before.get(index, {}), generate)
                if is_object(element)
                else element
                for index, element in enumerate(value)
            ]
    return outputs


def labelled(fields: Fields, state: Properties, config: Properties) -> Properties:
    """The labels that a resource really has: the provider's own, the default ones, and its own."""
    defaults = config.get("defaultLabels", "{}")
    own = state.get("labels") or {}
    if "effectiveLabels" not in fields or UNKNOWN in (defaults, own):
        return state
    labels = {**ATTRIBUTION, **json.loads(defaults), **own}  # nested settings travel as JSON
    return {**state, "effectiveLabels": labels, "pulumiLabels": labels}


_DOCUMENTS = ("dashboardJson",)
"""Properties whose text is a JSON document that the API keeps in a form of its own."""


def as_read(values: Properties) -> Properties:
    """What the API answers of what it was sent: nothing of a block in which all is zero or empty.

    In a document it leaves out each zero and each empty text.
    """
    answered: Properties = {}
    for key, value in values.items():
        if key in _DOCUMENTS and isinstance(value, str):
            answered[key] = json.dumps(_filled(json.loads(value)))
        elif is_object(value):
            inner = as_read(value)
            if any(_is_something(member) for member in inner.values()):
                answered[key] = inner
        elif isinstance(value, list):
            answered[key] = [as_read(it) if is_object(it) else it for it in value]
        else:
            answered[key] = value
    return answered


def _filled(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: _filled(it) for key, it in document.items() if it not in (0, "")}
    return [_filled(it) for it in document] if isinstance(document, list) else document


def _is_something(value: Any) -> bool:
    return value not in (None, False, 0, "", [], {})
