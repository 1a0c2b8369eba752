"""Manifests of Kubernetes are read without the plugin."""

import pytest

from apex_guardrails.model import UNKNOWN
from apex_guardrails.model.value import Value
from apex_guardrails.sources.offline.functions import ArgumentError, Functions

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {since: 2026-12-01}}\n"


def answer(text: Value) -> Value:
    found = Functions({}, []).answer("kubernetes:yaml:decode", {"text": text})
    return found["result"] if found else None


def test_each_document_is_an_object_and_dates_are_texts() -> None:
    metadata = {"name": "a", "annotations": {"since": "2026-12-01"}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}
    assert answer(f"---\n{POD}---\n---\n{POD}") == [pod, pod]
    assert answer("") == []


def test_a_text_that_is_not_known_has_no_objects_yet() -> None:
    assert answer(UNKNOWN) is None


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "!python/object:os.system x"])
def test_what_is_not_yaml_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match="the manifest is not YAML"):
        answer(text)
