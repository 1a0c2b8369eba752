"""What is read of inputs whose changes a deployment ignores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model import Resource, Secret, Stack
from apex_guardrails.model.ignored import IgnoredChanges, Touched
from apex_guardrails.model.value import join_path, leaves
from apex_guardrails.provider import resource_type
from apex_guardrails.wire import WireMapping, plain, write_struct

RUN = "gcp:cloudrunv2/service:Service"
INPUTS = {
    "name": "api",
    "labels": {"app": "a", "cost.center": "c"},
    "template": {
        "containers": [
            {"image": "one", "envs": [{"name": "A", "value": Secret("s")}]},
            {"image": "two"},
        ],
        "scaling": {"maxInstanceCount": 3},
    },
    "ipConfiguration": Secret({"ipv4Enabled": False}),
}


LIST, ALL = "template.containers", "template.containers[].image"
FIRST, SECOND, EACH = (f"{LIST}[{index}].image" for index in (0, 1, "*"))


def service(*ignored: str) -> Resource:
    inputs = WireMapping(write_struct(INPUTS))
    stack = Stack("a", "b")
    return Resource(
        "urn:pulumi:a::b::t::c", resource_type(RUN), inputs, stack, ignore_changes=ignored
    )


def touched(resource: Resource) -> Touched | None:
    return resource.ignored.touched if resource.ignored else None


READS: list[tuple[str, Callable[[Resource], Any], bool]] = [
    ("name", lambda item: item.get("name"), True),
    ("name", lambda item: item.get("labels.app"), False),
    # What is ignored, and what is above and below it.
    ("template", lambda item: item.get("template.scaling.maxInstanceCount"), True),
    ("template.scaling.maxInstanceCount", lambda item: item.get("template"), False),
    (
        "template.scaling.maxInstanceCount",
        lambda item: item.get("template.scaling.maxInstanceCount"),
        True,
    ),
    ("template.scaling.maxInstanceCount", lambda item: list(item.leaves("template")), True),
    ("template.scaling", lambda item: item.is_set(FIRST), False),
    # What the program leaves out may be there all the same.
    ("labels.owner", lambda item: item.get("labels.owner", omitted="x"), True),
    ("labels.owner", lambda item: item.get("labels.app"), False),
    ("labels.owner", lambda item: sorted(item.mapping("labels")), True),
    ("labels.owner", lambda item: len(item.mapping("labels")), True),
    ("labels.owner", lambda item: "owner" in item.mapping("labels"), True),
    ("labels.owner", lambda item: "app" in item.mapping("labels"), False),
    ("labels.app", lambda item: sorted(item.mapping("labels")), False),
    ("metadata.annotations", lambda item: item.is_set("metadata.labels"), True),
    # Elements of lists.
    (FIRST, lambda item: item.get(FIRST), True),
    (SECOND, lambda item: item.get(FIRST), False),
    (EACH, lambda item: item.get(SECOND), True),
    (EACH, lambda item: list(item.leaves("template.scaling")), False),
    (
        EACH,
        lambda item: [view.get("image") for view in item.each(LIST)],
        True,
    ),
    (
        EACH,
        lambda item: [list(view.each("envs")) for view in item.each(LIST)],
        False,
    ),
    (LIST, lambda item: list(item.elements(LIST)), True),
    ("template.containers[0].envs", lambda item: [*item.paths(ALL)], False),
    (FIRST, lambda item: item.get(LIST)[-2]["image"], True),
    (FIRST, lambda item: item.get(LIST)[1:], False),
    # Spelled as the SDK for Python spells it, or with brackets.
    ("ip_configuration.ipv4_enabled", lambda item: item.get("ipConfiguration.ipv4Enabled"), True),
    ('labels["cost.center"]', lambda item: item.get('labels["cost.center"]'), True),
    ("*", lambda item: item.get("name"), True),
    ("labels.*", lambda item: item.get("labels.app"), True),
    # In other ways than by reading.
    ("template", lambda item: item.serialized, True),
    ("name", lambda item: list(item.sources("name")), True),
    ("template.scaling", lambda item: list(item.sources("template")), True),
    ("name", lambda item: list(item.sources("labels")), False),
    ("name", lambda item: item.is_made_from_outputs("name"), True),
    # No path: Pulumi takes no notice of it.
    ("[", lambda item: item.get("name"), False),
    ("", lambda item: item.get("name"), False),
]
"""An entry of `ignore_changes`, what is done with the resource, and whether that reads it."""


@pytest.mark.parametrize(("entry", "read", "is_touched"), READS, ids=map(str, range(len(READS))))
def test_it_is_known_whether_an_ignored_input_was_read(
    entry: str, read: Callable[[Resource], Any], *, is_touched: bool
) -> None:
    resource = service(entry)
    resource.property_dependencies = {}
    read(resource)
    assert (touched(resource) is not None) is is_touched


def test_the_first_one_that_was_read_is_named() -> None:
    resource = service("labels", "template.containers[*].image")
    assert resource.ignored is not None
    list(resource.leaves())
    assert resource.ignored.touched == Touched("labels", "labels")
    resource.ignored.forget()
    assert resource.get("template.containers[1].image") == "two"
    assert resource.ignored.touched == Touched(
        "template.containers[1].image", "template.containers[*].image"
    )


def test_the_inputs_are_what_they_are() -> None:
    plainly, watched = service(), service("template.containers[0].image", "labels.x", "*.y")
    assert plainly.ignored is None
    assert list(watched.leaves()) == list(plainly.leaves())
    assert plain(watched.value) == plain(plainly.value)
    assert watched.serialized == plainly.serialized
    assert watched.secret_texts == plainly.secret_texts == {"s"}
    assert watched.is_secret("ipConfiguration.ipv4Enabled")


names = st.text('abA_.["', min_size=1, max_size=4)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(names, values, max_size=4), st.data())
def test_whatever_is_ignored_the_values_stay_and_reading_it_is_seen(
    inputs: dict[str, Any], data: st.DataObject
) -> None:
    there = [leaf.path for leaf in leaves(inputs)]
    entry = data.draw(st.sampled_from(there) if there else st.text(max_size=5))
    ignored = IgnoredChanges([entry])
    watched = ignored.watched(inputs)
    assert list(leaves(watched)) == list(leaves(inputs))
    assert not there or [item.entry for item in [ignored.touched] if item] == [entry]


@given(names)
def test_any_name_can_be_ignored(name: str) -> None:
    ignored = IgnoredChanges([join_path("", name)])
    assert ignored.watched({name: 1})[name] == 1
    assert ignored.touched is not None
