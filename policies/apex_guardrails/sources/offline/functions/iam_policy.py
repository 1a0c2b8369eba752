"""`getIAMPolicy`, which makes a policy's JSON of its arguments and asks nobody.

Source: the provider's data source `google_iam_policy` (Terraform google-beta 7.45): bindings with
the same role and condition are one, members are sorted, and the JSON is that of Google's client
library, in which what is empty is left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apex_guardrails.model.value import Value
from apex_guardrails.sources.offline.functions.asked import Asked


def iam_policy(asked: Asked) -> dict[str, Value]:
    """The arguments, and the policy as JSON."""
    bindings = _objects(asked.arguments.get("bindings"))
    audits = _objects(asked.arguments.get("auditConfigs"))
    policy = _given(
        auditConfigs=[
            _given(
                auditLogConfigs=[
                    _given(
                        exemptedMembers=_texts(log.get("exemptedMembers")),
                        logType=log.get("logType"),
                    )
                    for log in _objects(audit.get("auditLogConfigs"))
                ],
                service=audit.get("service"),
            )
            for audit in audits
        ],
        bindings=list(_joined(bindings)),
    )
    text = json.dumps(policy, separators=(",", ":"), ensure_ascii=False)
    return {
        **asked.arguments,
        "id": str(int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)),
        "policyData": text,
    }


def _joined(bindings: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The bindings, one for each role and condition."""
    members: dict[str, set[str]] = {}
    first: dict[str, dict[str, Any]] = {}
    for binding in bindings:
        names = ("description", "expression", "title")
        given = binding.get("condition")
        condition = given if isinstance(given, Mapping) else {}
        entry = _given(
            condition=_given(**{name: condition.get(name) for name in names}),
            members=[],
            role=binding.get("role"),
        )
        key = json.dumps(entry, sort_keys=True, default=str)
        first.setdefault(key, entry)
        members.setdefault(key, set()).update(_texts(binding.get("members")))
    for key, entry in sorted(first.items(), key=lambda item: str(item[1].get("role"))):
        role = entry.pop("role", None)
        yield {**entry, **_given(members=sorted(members[key]), role=role)}


def _given(**members: Any) -> dict[str, Any]:
    """The members that are not empty."""
    return {name: value for name, value in members.items() if value}


def _objects(value: Value) -> list[Mapping[str, Any]]:
    found = value if isinstance(value, list) else []
    return [item for item in found if isinstance(item, Mapping)]


def _texts(value: Value) -> list[str]:
    found = value if isinstance(value, list) else []
    return sorted({item for item in found if isinstance(item, str)})
