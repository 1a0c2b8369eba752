"""Revisions of Cloud Run services: each template that was deployed, and who gets the requests."""

from __future__ import annotations

import hashlib
import json
import re

from tests.engine.provider.values import UNKNOWN, Properties

SERVICE = "gcp:cloudrunv2/service:Service"
_DIGEST = "digestOfTheTemplate"
"""A property of the tests' own: what the newest revision was made from."""
_LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"


def latest(state: Properties) -> int:
    """The number of the newest revision; 0 where there is none."""
    found = re.search(r"-(\d{5})-rev$", str(state.get("latestReadyRevision", "")))
    return int(found[1]) if found else 0


def outputs(inputs: Properties, olds: Properties, *, preview: bool) -> Properties:
    """What Cloud Run says of the revisions after a deployment.

    Args:
        inputs: The service's inputs.
        olds: Its state before; empty where there was none.
        preview: Whether the name of a revision that is not there yet cannot be known.
    """
    is_new = _is_new(inputs, olds)
    number = latest(olds) + is_new
    name = UNKNOWN if preview and is_new else f"{inputs.get('name')}-{number:05}-rev"
    statuses = [
        {**target, "revision": target.get("revision") or name, "uri": _uri(inputs, target)}
        for target in inputs.get("traffics") or []
    ]
    return {
        "latestReadyRevision": name,
        "latestCreatedRevision": name,
        "trafficStatuses": UNKNOWN if preview and is_new else statuses,
        _DIGEST: _digest(inputs),
    }


def refused(inputs: Properties, olds: Properties) -> str | None:
    """Why Cloud Run does not take the traffic, if it does not."""
    targets = inputs.get("traffics") or [{"type": _LATEST, "percent": 100}]
    if sum(target.get("percent") or 0 for target in targets) != 100:
        return "Traffic targets must sum to 100"
    there = range(1, latest(olds) + _is_new(inputs, olds) + 1)
    names = {f"{inputs.get('name')}-{number:05}-rev" for number in there}
    for target in targets:
        if target.get("revision") and target["revision"] not in names:
            return f"Revision '{target['revision']}' is not found"
    return None


def _is_new(inputs: Properties, olds: Properties) -> bool:
    return bool(olds.get(_DIGEST) != _digest(inputs))


def _digest(inputs: Properties) -> str:
    template = json.dumps(inputs.get("template"), sort_keys=True, default=str)
    return hashlib.sha256(template.encode()).hexdigest()


def _uri(inputs: Properties, target: Properties) -> str:
    host = f"{inputs.get('name')}-abcdef.a.run.app"
    return f"https://{target['tag']}---{host}" if "tag" in target else ""
