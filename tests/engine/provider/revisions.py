"""Revisions on Cloud Run: each template that was deployed, and who gets requests or instances."""

from __future__ import annotations

import hashlib
import json
import re
from typing import NamedTuple

from tests.engine.provider.values import UNKNOWN, Properties


class Kind(NamedTuple):
    """How a kind of workload shares out what between its revisions."""

    shares: str
    """The input that says it."""
    statuses: str
    """The output that says it."""
    latest: str
    """The type of a share that is the newest revision's."""
    refusal: str
    """What is said of shares that are not 100 together."""


KINDS = {
    "gcp:cloudrunv2/service:Service": Kind(
        "traffics",
        "trafficStatuses",
        "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST",
        "Traffic targets must sum to 100",
    ),
    "gcp:cloudrunv2/workerPool:WorkerPool": Kind(
        "instanceSplits",
        "instanceSplitStatuses",
        "INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST",
        "Instance splits must sum to 100",
    ),
}
_DIGEST = "digestOfTheTemplate"
"""A property of the tests' own: what the newest revision was made from."""


def latest(state: Properties) -> int:
    """The number of the newest revision; 0 where there is none."""
    found = re.search(r"-(\d{5})-rev$", str(state.get("latestReadyRevision", "")))
    return int(found[1]) if found else 0


def outputs(kind: Kind, inputs: Properties, olds: Properties, *, preview: bool) -> Properties:
    """What Cloud Run says of the revisions after a deployment.

    Args:
        kind: The workload's.
        inputs: Its inputs.
        olds: Its state before; empty where there was none.
        preview: Whether the name of a revision that is not there yet cannot be known.
    """
    is_new = _is_new(inputs, olds)
    number = latest(olds) + is_new
    name = UNKNOWN if preview and is_new else f"{inputs.get('name')}-{number:05}-rev"
    statuses = [
        {**share, "revision": share.get("revision") or name} | _uri(inputs, share)
        for share in inputs.get(kind.shares) or []
    ]
    full = name if name == UNKNOWN else f"projects/p/locations/r/services/s/revisions/{name}"
    return {
        "latestReadyRevision": full,
        "latestCreatedRevision": full,
        kind.statuses: UNKNOWN if preview and is_new else statuses,
        _DIGEST: _digest(inputs),
    }


def refused(kind: Kind, inputs: Properties, olds: Properties) -> str | None:
    """Why Cloud Run does not take the shares, if it does not."""
    shares = inputs.get(kind.shares) or [{"type": kind.latest, "percent": 100}]
    if sum(share.get("percent") or 0 for share in shares) != 100:
        return kind.refusal
    there = range(1, latest(olds) + _is_new(inputs, olds) + 1)
    names = {f"{inputs.get('name')}-{number:05}-rev" for number in there}
    for share in shares:
        if share.get("revision") and share["revision"] not in names:
            return f"Revision '{share['revision']}' is not found"
    return None


def _is_new(inputs: Properties, olds: Properties) -> bool:
    return bool(olds.get(_DIGEST) != _digest(inputs))


def _digest(inputs: Properties) -> str:
    template = json.dumps(inputs.get("template"), sort_keys=True, default=str)
    return hashlib.sha256(template.encode()).hexdigest()


def _uri(inputs: Properties, share: Properties) -> Properties:
    host = f"{inputs.get('name')}-abcdef.a.run.app"
    return {"uri": f"https://{share['tag']}---{host}"} if "tag" in share else {}
