"""Manifests of Kubernetes: the function by which SDKs read their YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import yaml

from apex_guardrails.model.value import Value
from apex_guardrails.sources.offline.functions.asked import ArgumentError, Asked

DECODE: Final = "kubernetes:yaml:decode"
_TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """Dates stay texts, as in JSON."""

    yaml_implicit_resolvers = {  # noqa: RUF012 as the base class has it
        first: [entry for entry in entries if entry[0] != _TIMESTAMP]
        for first, entries in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def decoded(asked: Asked) -> Mapping[str, Value] | None:
    """The objects of all documents of a text; `None` where the text is not known.

    Raises:
        ArgumentError: it is not YAML.
    """
    text = asked.arguments.get("text")
    if not isinstance(text, str):
        return None
    try:
        documents = list(yaml.load_all(text, _Loader))
    except (yaml.YAMLError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise ArgumentError(f"the manifest is not YAML: {said}") from None
    return {"result": [item for item in documents if item is not None]}
