"""Previews as Pulumi writes them, as small as they can be and still are such."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apex_guardrails.model import Resource
from apex_guardrails.sources.from_file import FromFile, Names, read_file
from tests.policies.state_files import resource, root

DEFAULT = "urn:pulumi:dev::judged::pulumi:providers:gcp::default_10_2_0::04da6b54"
CONFIG = {"gcp:project": "a-project", "gcp:accessToken": "[secret]", "judged:size": "3"}


def step(token: str, name: str, inputs: Mapping[str, Any] | None = None, /, **members: Any) -> Any:
    """A step of a preview, which creates a resource unless it is said otherwise."""
    operation = members.pop("op", "create")
    state = {**resource(token, name, inputs), "outputs": {}, "provider": DEFAULT, **members}
    return {"op": operation, "urn": state["urn"], "newState": state, "detailedDiff": None}


def digest(*steps: Any, **members: Any) -> dict[str, Any]:
    """The whole of what `pulumi preview --json` prints."""
    first = {"op": "create", "urn": root()["urn"], "newState": root()}
    counts: dict[str, int] = {}
    for item in (first, *steps):
        counts[item["op"]] = counts.get(item["op"], 0) + 1
    return {
        "config": CONFIG,
        "steps": [first, *steps],
        "duration": 1_000_000,
        "changeSummary": counts,
        **members,
    }


def events(*steps: Any, ended: bool = True, **outputs: Any) -> list[dict[str, Any]]:
    """The engine's events of the same."""
    first = {"op": "create", "urn": root()["urn"], "newState": root()}
    found: list[dict[str, Any]] = [{"preludeEvent": {"config": CONFIG}}]
    for item in (first, *steps):
        new = item.get("newState")
        # Dependencies, and what is false, are not in an event.
        new = new and {key: new[key] for key in new if key not in ("dependencies", "custom")}
        new = new and {**new, **({"custom": True} if item["newState"].get("custom") else {})}
        metadata = {"op": item["op"], "urn": item["urn"], "old": None, "new": new}
        found.append({"resourcePreEvent": {"metadata": metadata, "planning": True}})
    new = {**root(), "outputs": outputs}
    done = {"op": "create", "urn": root()["urn"], "old": None, "new": new}
    found.append({"resOutputsEvent": {"metadata": done, "planning": True}})
    if ended:
        summary = {"resourceChanges": {"create": len(steps) + 1}, "result": "succeeded"}
        found += [{"summaryEvent": summary}, {"cancelEvent": {}}]
    return [{"sequence": n, "timestamp": 1, **event} for n, event in enumerate(found)]


def told(folder: Path, document: Any) -> FromFile:
    """What is read of a document, or of events."""
    file = folder / "preview.json"
    if isinstance(document, list):
        file.write_text("".join(json.dumps(event) + "\n" for event in document), "utf-8")
    else:
        file.write_text(json.dumps(document), "utf-8")
    return read_file(file, Names("dev", "terraform"))


def named(read: FromFile, name: str) -> Resource:
    """The resource with a name."""
    return next(it for it in read.stack if it.name == name)
