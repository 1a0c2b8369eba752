"""What is made of a whole stack is made once, and again when the stack changes."""

from __future__ import annotations

from apex_guardrails.model import Resource, Stack
from apex_guardrails.model.resource_type import ResourceType, type_of

TOKEN = "gcp:compute/network:Network"


def add(stack: Stack, name: str) -> Resource:
    urn = f"urn:pulumi:s::p::{TOKEN}::{name}"
    resource = Resource(urn, ResourceType(type_of(urn)), {}, stack)
    stack.add(resource)
    return resource


def test_it_is_made_once_for_all_who_ask() -> None:
    made: list[int] = []

    def count(stack: Stack) -> int:
        made.append(len(stack.resources))
        return len(stack.resources)

    stack = Stack("s", "p")
    add(stack, "a")
    assert [stack.once(count), stack.once(count)] == [1, 1]
    assert made == [1]


def test_it_is_made_again_when_a_resource_comes_or_more_is_known_of_one() -> None:
    stack = Stack("s", "p")
    first = add(stack, "a")
    assert stack.once(lambda of: len(of.resources)) == 1

    def dependencies(of: Stack) -> int:
        return sum(len(item.property_dependencies or {}) for item in of)

    assert stack.once(dependencies) == 0
    first.learn([], {"x": []}, {})
    assert stack.once(dependencies) == 1
    add(stack, "b")
    assert stack.once(lambda of: len(of.resources)) == 2


def test_what_is_made_of_a_resource_is_made_once_until_the_stack_changes() -> None:
    made: list[str] = []

    def path(resource: Resource, first: str, second: str) -> str:
        made.append(resource.name)
        return f"{resource.name}.{first}.{second}"

    stack = Stack("s", "p")
    one, other = add(stack, "a"), add(stack, "b")
    assert [one.once(path, "x", "y"), one.once(path, "x", "y")] == ["a.x.y", "a.x.y"]
    assert [other.once(path, "x", "y"), one.once(path, "x", "z")] == ["b.x.y", "a.x.z"]
    assert made == ["a", "b", "a"]
    other.learn([], {}, {})
    assert one.once(path, "x", "y") == "a.x.y"
    assert made == ["a", "b", "a", "a"]
