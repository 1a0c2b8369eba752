"""The providers of a plan: what the configuration gives each, and with it all its resources."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from apex_guardrails.model import UNKNOWN, Resource, Stack
from apex_guardrails.model.value import Value
from apex_guardrails.provider import resource_type
from apex_guardrails.sources.plan.configuration import Configuration
from apex_guardrails.sources.plan.records import Record
from apex_guardrails.support.names import camel_case

_GOOGLE: Final = frozenset({"google", "google-beta"})
_PLACES: Final = ("project", "region", "zone")
_TOKEN: Final = "pulumi:providers:gcp"  # noqa: S105 a type
_NOT_IN_NAMES: Final = re.compile(r"\s")


class Providers:
    """Google's providers of one stack, which are resources of it."""

    def __init__(
        self, stack: Stack, configuration: Configuration | None, records: Sequence[Record]
    ) -> None:
        """Adds the providers to the stack."""
        self._configuration = configuration
        self._inputs: dict[str, dict[str, Value]] = {}
        told = {} if configuration is None else configuration.providers
        places = self._places(records)
        for key, about in told.items():
            if not isinstance(about, Mapping):
                continue
            full = about.get("full_name") or about.get("name")
            if not isinstance(full, str) or full.rpartition("/")[2] not in _GOOGLE:
                continue
            expressions = about.get("expressions")
            inputs = _given(expressions if isinstance(expressions, Mapping) else {})
            self._inputs[key] = {**inputs, **places.get(key, {})}
            name = _NOT_IN_NAMES.sub("_", key)
            stack.add(
                Resource(
                    f"urn:pulumi:{stack.name}::{stack.project}::{_TOKEN}::{name}",
                    resource_type(_TOKEN),
                    self._inputs[key],
                    stack,
                    dependencies=(),
                    property_dependencies={},
                )
            )

    def of(self, record: Record) -> Mapping[str, Value]:
        """What a resource's provider was given.

        The labels that it adds are those that the resource is planned to have.
        """
        inputs = self._inputs.get(self._key(record), {})
        labels = record.values.get("terraform_labels")
        if isinstance(labels, Mapping) and labels:
            inputs = {**inputs, "defaultLabels": labels}
        return inputs

    def _key(self, record: Record) -> str:
        told = self._configuration.resource(record) if self._configuration else None
        key = (told or {}).get("provider_config_key")
        return key if isinstance(key, str) else record.provider

    def _places(self, records: Sequence[Record]) -> dict[str, dict[str, Value]]:
        """Project, region and zone of each provider, as its resources have got them from it."""
        found: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(
            lambda: defaultdict(Counter)
        )
        for record in records if self._configuration else ():
            told = (self._configuration.resource(record) if self._configuration else None) or {}
            given = told.get("expressions")
            for place in _PLACES:
                value = record.values.get(place)
                if isinstance(value, str) and isinstance(given, Mapping) and place not in given:
                    found[self._key(record)][place][value] += 1
        return {
            key: {place: counts.most_common(1)[0][0] for place, counts in places.items()}
            for key, places in found.items()
        }


def _given(expressions: Mapping[str, Any]) -> dict[str, Value]:
    """What the configuration gives a provider; what is no constant there is not known."""
    found: dict[str, Value] = {}
    for key, expression in expressions.items():
        if isinstance(expression, Mapping):
            found[camel_case(key)] = expression.get("constant_value", UNKNOWN)
    return found
