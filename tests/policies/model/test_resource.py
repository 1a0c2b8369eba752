"""What a rule can ask of a resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from apex_guardrails.model import (
    UNKNOWN,
    Origin,
    Resource,
    ResourceType,
    Stack,
    UndecidedError,
    Violation,
    name_of,
    type_of,
)
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.value import Secret
from apex_guardrails.model.view import DependenciesUnknownError

SECRET = "the-value-of-a-secret"
INPUTS = {
    "name": "n",
    "empty": "",
    "off": False,
    "zero": 0,
    "nothing": None,
    "unknown": UNKNOWN,
    "marked": Secret("m"),
    "all": Secret({"inside": {"deep": 1}}),
    "list": [{"k": 1}, UNKNOWN, {"k": 2}],
    "known": [{"k": 1}, Secret({"k": 2})],
    "single": {"k": 3},
    "config": f"postgres://u:{SECRET}@host",
    "mixed": ["literal", UNKNOWN],
    "labels": {"a.b": "c"},
}


def resource(inputs: Mapping[str, Any] = INPUTS, **facts: Any) -> Resource:
    stack = Stack("s", "p", secret_config=SecretConfig({"p:key": SECRET}))
    return Resource(
        "urn:pulumi:s::p::t:m:A$t:m:B::name", ResourceType("t:m:B"), inputs, stack, **facts
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", "n"),
        ("off", False),
        ("zero", 0),
        ("empty", ""),
        ("nothing", "default"),
        ("absent", "default"),
        ("absent.below", "default"),
        ("name.below", "default"),
        ("marked", "m"),
        ("all.inside.deep", 1),
        ("list[0].k", 1),
        ("list[9]", "default"),
        ("name[0]", "default"),
        ('labels["a.b"]', "c"),
    ],
)
def test_get(path: str, value: Any) -> None:
    assert resource().get(path, omitted="default") == value


@pytest.mark.parametrize(
    ("path", "at"),
    [("unknown", "unknown"), ("unknown.below.it", "unknown"), ("list[1].k", "list[1]")],
)
def test_what_is_not_known_cannot_be_decided(path: str, at: str) -> None:
    with pytest.raises(UndecidedError) as caught:
        resource().get(path)
    assert caught.value.path == at


def test_each_gives_what_is_known_first() -> None:
    elements = resource().each("list")
    assert [next(elements).get("k"), next(elements).get("k")] == [1, 2]
    with pytest.raises(UndecidedError) as caught:
        next(elements)
    assert caught.value.path == "list[1]"
    assert [(it.path, it.get("k")) for it in resource().each("known")] == [
        ("known[0]", 1),
        ("known[1]", 2),
    ]


def test_each_reads_one_thing_as_a_list_of_one_and_nothing_as_none() -> None:
    assert [it.get("k") for it in resource().each("single")] == [3]
    assert list(resource().each("absent")) == []


def test_elements_are_known_and_not_and_of_lists_alone() -> None:
    assert [(it.path, it.peek("k")) for it in resource().elements("list")] == [
        ("list[0]", 1),
        ("list[1]", UNKNOWN),
        ("list[2]", 2),
    ]
    for path in ("unknown", "absent", "single", "name"):
        assert list(resource().elements(path)) == []


def test_the_path_of_what_is_below_an_element_is_whole() -> None:
    [row] = resource({"rows": [[{"a.b": UNKNOWN}]]}).each("rows")

    assert row.fail("", at='[0]["a.b"]').path == 'rows[0][0]["a.b"]'
    with pytest.raises(UndecidedError) as caught:
        row.get('[0]["a.b"]')
    assert caught.value.path == 'rows[0][0]["a.b"]'
    assert [leaf.path for leaf in row.leaves("[0]")] == ['rows[0][0]["a.b"]']


def test_mapping_is_empty_for_anything_else() -> None:
    assert resource().mapping("labels") == {"a.b": "c"}
    assert resource().mapping("name") == resource().mapping("absent") == {}
    with pytest.raises(UndecidedError):
        resource().mapping("unknown")


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("name", ["name"]),
        ("empty", []),
        ("absent", []),
        ("unknown", ["unknown"]),
        ("known[].k", ["known[0].k", "known[1].k"]),
        ("list[].k", ["list[0].k", "list[1].k", "list[2].k"]),
        ("unknown[].k", []),
    ],
)
def test_paths_that_the_program_gives(pattern: str, paths: list[str]) -> None:
    assert list(resource().paths(pattern)) == paths


@pytest.mark.parametrize(
    ("path", "is_set", "is_secret", "origin"),
    [
        ("name", True, False, Origin.LITERAL),
        ("empty", False, False, Origin.OMITTED),
        ("absent", False, False, Origin.OMITTED),
        ("unknown", True, False, Origin.COMPUTED),
        ("marked", True, True, Origin.LITERAL),
        ("all.inside", True, True, Origin.LITERAL),
        ("config", True, False, Origin.SECRET_CONFIG),
        ("mixed", True, False, Origin.COMPUTED),
    ],
)
def test_what_a_value_is_without_needing_it(
    path: str, is_set: bool, is_secret: bool, origin: Origin
) -> None:
    asked = resource(property_dependencies={})

    assert asked.is_set(path) is is_set
    assert asked.is_secret(path) is is_secret
    assert asked.origin(path) is origin


REDIS = "urn:pulumi:s::p::gcp:redis/instance:Instance::cache"


@pytest.mark.parametrize(
    ("inputs", "path", "outputs", "origin"),
    [
        # Once the other resource is there, what it computed is known.
        ({"data": "made-up"}, "data", {"authString": "made-up"}, Origin.COMPUTED),
        ({"data": "made-up, and more"}, "data", {"authString": Secret("m-a")}, Origin.COMPUTED),
        # What it was given is the program's.
        ({"data": "written"}, "data", {"name": "written"}, Origin.LITERAL),
        ({"data": "written"}, "data", {"name": "written", "authString": UNKNOWN}, Origin.LITERAL),
        # Of a part of an input it is not known what it depends on, but what is in it.
        ({"data": {"a": "x made-up"}}, "data.a", {"authString": "made-up"}, Origin.COMPUTED),
        ({"data": {"a": "written"}}, "data.a", {"authString": "made-up"}, Origin.LITERAL),
        ({"data": {"a": "written"}}, "data.a", {"state": "w"}, Origin.LITERAL),
    ],
)
def test_what_another_resource_computed_is_not_written_in_the_program(
    inputs: Mapping[str, Any], path: str, outputs: Mapping[str, Any], origin: Origin
) -> None:
    asked = resource(inputs, property_dependencies={"data": [REDIS]})
    cache = Resource(
        REDIS, ResourceType("gcp:redis/instance:Instance"), {"name": "written"}, asked.stack
    )
    asked.stack.add(cache)
    cache.learn([], {}, outputs)

    assert asked.origin(path) is origin


def test_where_a_known_value_comes_from_needs_its_dependencies() -> None:
    with pytest.raises(DependenciesUnknownError):
        resource().origin("name")
    assert resource().origin("unknown") is Origin.COMPUTED


def test_what_a_value_is_made_from() -> None:
    network = "urn:pulumi:s::p::gcp:compute/network:Network::vpc"
    asked = resource(dependencies=[network], property_dependencies={"unknown": [network]})

    assert asked.refers_to("unknown", "gcp:compute/network:Network")
    assert not asked.refers_to("unknown", "gcp:compute/router:Router")
    assert not asked.refers_to("name", "gcp:compute/network:Network")
    assert not asked.refers_to("absent", "gcp:compute/network:Network")
    assert asked.dependencies == {network}


def test_dependencies_that_nobody_told() -> None:
    with pytest.raises(DependenciesUnknownError):
        resource().refers_to("unknown", "t")
    with pytest.raises(DependenciesUnknownError):
        _ = resource().dependencies


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({}, {}),
        ({"defaultLabels": {"a": "b"}}, {"a": "b"}),
        ({"defaultLabels": '{"a": "b"}'}, {"a": "b"}),
        ({"defaultLabels": Secret('{"a": "b"}')}, {"a": "b"}),
        ({"defaultLabels": "[1]"}, {}),
        ({"defaultLabels": "{"}, {}),
        ({"defaultLabels": "[" * 100_000}, {}),
    ],
)
def test_a_provider_s_nested_input(given: dict[str, Any], read: dict[str, Any]) -> None:
    assert resource(provider=given).provider_input("defaultLabels") == read


def test_a_provider_s_input_that_is_not_known() -> None:
    with pytest.raises(UndecidedError, match=r"provider\.defaultLabels"):
        resource(provider={"defaultLabels": UNKNOWN}).provider_input("defaultLabels")


def test_names_and_types() -> None:
    assert resource().name == "name"
    assert type_of(resource().urn) == "t:m:B"
    assert type_of("no URN") == ""
    assert ResourceType("gcp:sql/user:User").package == "gcp"
    assert repr(resource()) == "<Resource urn:pulumi:s::p::t:m:A$t:m:B::name>"


def test_a_stack_holds_each_urn_once() -> None:
    stack = Stack("s", "p")
    first, again = (
        Resource("urn:pulumi:s::p::t:m:B::n", ResourceType("t:m:B"), {"n": n}, stack)
        for n in (1, 2)
    )
    stack.add(first).add(again)

    assert list(stack) == list(stack.of_type("t:m:B", "t:m:C")) == [again]
    assert stack.urn == "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s"


def test_a_view_of_a_part_keeps_the_mark() -> None:
    assert resource().at("marked").is_secret("")
    assert resource().at("list[0]").get("k") == 1
    with pytest.raises(UndecidedError):
        resource().at("unknown").get("")


NETWORK, SUBNETWORK = "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork"


def referring(dependencies: Any) -> tuple[Stack, Resource, Resource]:
    stack = Stack("s", "p")
    network = Resource("urn:pulumi:s::p::n::vpc", ResourceType(NETWORK), {}, stack)
    subnetwork = Resource(
        "urn:pulumi:s::p::n::subnet",
        ResourceType(SUBNETWORK),
        {"network": UNKNOWN},
        stack,
        property_dependencies=dependencies,
    )
    stack.add(network).add(subnetwork)
    return stack, network, subnetwork


def test_references_are_followed_both_ways() -> None:
    stack, network, subnetwork = referring({"network": ("urn:pulumi:s::p::n::vpc", "urn:gone")})
    assert list(subnetwork.sources("network")) == [network]
    assert list(subnetwork.sources("region")) == []
    assert list(subnetwork.referred("network", NETWORK)) == [network]
    assert list(subnetwork.referred("network", SUBNETWORK)) == []
    assert list(subnetwork.referred("region", NETWORK)) == []
    assert list(stack.referring_to(network, SUBNETWORK)) == [subnetwork]


def test_references_that_are_not_known_yet() -> None:
    stack, network, subnetwork = referring(None)
    with pytest.raises(DependenciesUnknownError):
        list(subnetwork.referred("network", NETWORK))
    with pytest.raises(DependenciesUnknownError):
        list(stack.referring_to(network, SUBNETWORK))


def test_a_stack_is_asked_for_violations_before_what_is_not_known() -> None:
    stack, network, subnetwork = referring({})

    def check(item: Resource) -> Iterator[Violation]:
        if item is subnetwork:
            item.get("network")
        yield item.fail("is wrong")

    found: list[Violation] = []
    with pytest.raises(UndecidedError) as undecided:
        found.extend(stack.each([subnetwork, network, subnetwork], check))
    assert [violation.urn for violation in found] == [network.urn]
    assert undecided.value.path == "network"
    assert [item.urn for item in stack.each([network], check)] == [network.urn]


def test_a_value_may_be_looked_at_without_needing_it() -> None:
    assert resource().peek("unknown") is UNKNOWN
    assert resource().peek("unknown.below") is UNKNOWN
    assert resource().peek("marked") == "m"
    assert resource().peek("absent", omitted="x") == "x"


@pytest.mark.parametrize(
    ("urn", "name"),
    [
        ("urn:pulumi:dev::p::gcp:compute/network:Network::main", "main"),
        ("urn:pulumi:dev::p::app:A$gcp:compute/network:Network::main", "main"),
        # Pulumi lets names have it: the last part alone would be another resource's name.
        ("urn:pulumi:dev::p::gcp:compute/network:Network::a::main", "a::main"),
        ("user:a@example.org", "user:a@example.org"),
    ],
)
def test_a_name_is_all_that_follows_the_type(urn: str, name: str) -> None:
    assert name_of(urn) == name
    assert Resource(urn, ResourceType(type_of(urn)), {}, Stack("dev", "p")).name == name
