"""The options of a resource as the engine tells policies of them."""

from __future__ import annotations

import re
from typing import Final

from pulumi.runtime.proto import analyzer_pb2, resource_pb2

_SECONDS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|us|µs|ns|m|s)")


def analyzed_options(
    request: resource_pb2.RegisterResourceRequest,
) -> analyzer_pb2.AnalyzerResourceOptions:
    """What a program says of a resource beside its inputs."""
    options = analyzer_pb2.AnalyzerResourceOptions(
        protect=request.protect,
        ignoreChanges=request.ignoreChanges,
        deleteBeforeReplace=request.deleteBeforeReplace,
        deleteBeforeReplaceDefined=request.deleteBeforeReplaceDefined,
        additionalSecretOutputs=request.additionalSecretOutputs,
        aliases=[*request.aliasURNs, *(alias.urn for alias in request.aliases if alias.urn)],
        parent=request.parent,
    )
    if request.HasField("customTimeouts"):
        given = request.customTimeouts
        options.customTimeouts.create = seconds(given.create)
        options.customTimeouts.update = seconds(given.update)
        options.customTimeouts.delete = seconds(given.delete)
    return options


def seconds(duration: str) -> float:
    """The seconds of a duration as Go writes it, such as 1h30m; 0 for none."""
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(duration))
