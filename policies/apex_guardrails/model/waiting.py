"""What an undecided finding waits for, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from apex_guardrails.model.resource import Resource
from apex_guardrails.model.resource_type import name_of, resource_label, type_of
from apex_guardrails.model.value import Step, parse_path
from apex_guardrails.model.view import DependenciesUnknownError

_MOST_NAMED: Final = 3
_STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"
_LEVEL: Final = "set the rule's `undecided` level in policy-pack.yaml"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has still to be known before a rule can decide; nothing where the source cannot tell.

    Attributes:
        input: which input is not known, where the finding does not say; else "".
        resources: the resources whose outputs the input is made from, as people speak of them.
        stacks: the other stacks whose outputs it may be made from.
        functions: the functions, by token, of which one gives the input.
        is_told: whether the input is known, and what it names is not: an office, a country.
        because: why the rule cannot decide, where it is something else.
        step: what to do then, or about what the source has its own words for.
    """

    input: str = ""
    resources: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    is_told: bool = False
    because: str = ""
    step: str = ""

    @property
    def message(self) -> str:
        """Why the rule cannot decide."""
        if self.is_told:
            return (
                f"cannot be decided before deployment: what {self.input or 'it'} stands for is "
                "not known here"
            )
        if self.because:
            return f"cannot be decided before deployment: {self.because}"
        found = []
        if self.resources:
            found.append(f"an output of {_named(self.resources, 'and')}")
        if self.stacks:
            found.append(f"the outputs of the stack {_named(self.stacks, 'and')}")
        if self.functions:
            found.append(f"the answer of the function {_named(self.functions, 'or')}")
        about = f"{self.input} is not known yet; " if self.input else ""
        if found:
            why = f"{about}waits for {', and for '.join(found)}"
        else:
            why = f"{self.input or 'the value'} is not known yet"
        return f"cannot be decided before deployment: {why}"

    @property
    def next_step(self) -> str:
        """What to do, which is not what mends a violation."""
        if self.is_told:
            return f"Write what it stands for, such as address ranges; or {_LEVEL}."
        if self.step:
            return f"{self.step}, or {_LEVEL}."
        steps = ["write the value as text or config"]
        if self.functions or not (self.resources or self.stacks):
            steps.append("record the function's answer in policy-pack.yaml (offline.functions)")
        if self.stacks:
            steps.append("give the stack's outputs in policy-pack.yaml (offline.stacks)")
        if self.resources:
            steps.append("join texts with Output.concat or Output.format, not in apply")
        return f"Make the value known: {', '.join(steps)}; or {_LEVEL}."


def left_as_it_is(entry: str) -> Waiting:
    """What is said of an input that an entry of `ignore_changes` leaves as it is deployed."""
    return Waiting(
        because=f"{entry} is in ignore_changes: what is deployed counts, and a preview does not "
        "know it",
        step="Take it out of ignore_changes; judge what is deployed (apex audit)",
    )


def waiting_for(resource: Resource | None, path: str, *, of_stack: bool = False) -> Waiting:
    """What the input at a path waits for.

    Args:
        resource: whose input it is; `None` where that is not known.
        path: of the input, or of the provider's, as the rule met it.
        of_stack: whether the finding is about the stack, and does not name the resource.
    """
    if resource is None:
        return Waiting()
    return replace(_waiting(resource, path, of_stack=of_stack), step=resource.stack.known_by)


def _waiting(resource: Resource, path: str, *, of_stack: bool) -> Waiting:
    which = f"{path} of {resource.type.token} {resource.name}" if of_stack and path else ""
    if path and _is_told(resource, path):
        return Waiting(which, is_told=True)
    dependencies = resource.property_dependencies
    if dependencies is None or not path:
        return Waiting(which)
    steps = parse_path(path)
    try:
        urns = sorted(dependencies.get(str(steps[0]), ()))
    except DependenciesUnknownError:
        return Waiting(which)
    functions = _functions(resource, steps)
    unanswered = resource.stack.unanswered
    # The arguments of one that was asked are known, whatever they are made from.
    if functions & unanswered or (functions and not urns):
        return Waiting(which, functions=tuple(sorted(functions & unanswered or functions)))
    references = [urn for urn in urns if type_of(urn) == _STACK_REFERENCE]
    return Waiting(
        which,
        tuple(resource_label(urn) for urn in urns if urn not in references),
        tuple(resource.stack.references.get(urn, name_of(urn)) for urn in references),
        # What depends on nothing and is not known is what a function has not answered.
        () if urns else tuple(sorted(unanswered)),
    )


def _functions(resource: Resource, steps: tuple[Step, ...]) -> set[str]:
    """Those that the input, or what is in it, comes from."""
    found: set[str] = set()
    for path, functions in resource.functions.items():
        depth = min(len(path), len(steps))
        if path[:depth] == steps[:depth]:
            found.update(functions)
    return found


def _is_told(resource: Resource, path: str) -> bool:
    """Whether a text or a list of texts stands there, which a rule could not make out."""
    found = [leaf.value for leaf in resource.leaves(path)]
    return bool(found) and all(isinstance(value, str) for value in found)


def _named(names: tuple[str, ...], word: str) -> str:
    shown = list(names[:_MOST_NAMED])
    if len(names) > _MOST_NAMED:
        shown.append(f"{len(names) - _MOST_NAMED} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {word} {shown[-1]}"
