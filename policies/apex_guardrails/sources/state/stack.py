"""The stack that a state describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from apex_guardrails.model import STACK_TYPE, Resource, Stack, stack_and_project_of
from apex_guardrails.model.phrases import counted
from apex_guardrails.sources.documents.depth import may_be_deep, refuse_deep
from apex_guardrails.sources.documents.file import STANDARD_INPUT, document, read
from apex_guardrails.sources.documents.form import Form, Kind, quote
from apex_guardrails.sources.state.deployment import deployment_of, misread
from apex_guardrails.sources.state.resources import record, resource
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.garbage import no_collections
from apex_guardrails.translation import equivalent

STATE: Final = Kind("a state", "write one with: pulumi stack export --file FILE")

_LEFT_OUT: Final = {
    "delete": "that the next update deletes",
    "pendingReplacement": "deleted already, that the next update creates again",
}
"""Resources that do not exist as they stand there, by the member that says so."""


@dataclass
class State:
    """What a file says of one stack.

    Attributes:
        stack: its resources that exist and that Pulumi manages.
        notes: what a reader of the judgement should know.
    """

    stack: Stack
    notes: list[str] = field(default_factory=list)


def read_state(file: Path) -> State:
    """The stack in a file, or on standard input for `-`.

    Raises:
        UsageError: it cannot be read, or is no state; the message names the file and the place.
    """
    is_standard_input = file == STANDARD_INPUT
    name = "standard input" if is_standard_input else str(file)
    return state_in(read(file, STATE), name, "stdin" if is_standard_input else file.stem)


def state_in(data: bytes, name: str, stem: str) -> State:
    """The stack in a state that was read already.

    Args:
        data: the state, as JSON.
        name: of where it is, for messages.
        stem: the stack's name where the state does not say it.

    Raises:
        CutOffError: it ends too early.
        UsageError: it is no state; the message names the place.
    """
    form = Form(name, STATE)
    # Nothing in a state is a cycle: to look for some takes longer than to parse it.
    with no_collections():
        content, is_suspect = document(data, form.name, STATE), may_be_deep(data)
        del data
        return _state(content, form, stem, is_suspect=is_suspect)


def _state(content: Any, form: Form, stem: str, *, is_suspect: bool) -> State:
    deployment = deployment_of(content, form)
    resources = form.member(deployment.content, "resources", list, "deployment") or []
    unknown: set[str] = set()
    records = [
        record(item, f"resources[{number}]", form, unknown) for number, item in enumerate(resources)
    ]
    if is_suspect:
        refuse_deep(records, form)
    stack = _empty(records, deployment.stack or stem)
    notes = deployment.notes(form)
    left_out = _fill(stack, records, deployment.version, form)
    of_newer = [misread(sorted(unknown))] if unknown else []
    return State(stack, [*notes, *of_newer, *left_out])


def _empty(records: Sequence[Mapping[str, Any]], name: str) -> Stack:
    """The stack without resources; its name and project stand in every URN."""
    urn = next(
        (item["urn"] for item in records if item.get("type") == STACK_TYPE),
        records[0]["urn"] if records else "",
    )
    in_urn, project = stack_and_project_of(urn)
    return Stack(
        in_urn or name,
        project,
        has_config=False,
        is_deployed=True,
        equivalent=equivalent,
    )


def _fill(
    stack: Stack, records: Sequence[Mapping[str, Any]], version: int, form: Form
) -> list[str]:
    """Adds the resources that exist; what is said of the others."""
    providers = {
        f"{item['urn']}::{item.get('id') or ''}": item.get("inputs") or {}
        for item in records
        if ":pulumi:providers:" in item["urn"]
    }
    left_out = dict.fromkeys(_LEFT_OUT, 0)
    for number, item in enumerate(records):
        if item.get("external"):
            if not item["type"].startswith("pulumi:"):
                stack.read[item["type"]] += 1
            continue
        reason = next((key for key in left_out if item.get(key)), None)
        if reason is not None:
            left_out[reason] += 1
            continue
        if item["urn"] in stack.resources:
            raise UsageError(
                f"{form.name}: resources[{number}]: a second resource with the URN "
                f"{quote(item['urn'])}; repair the state (pulumi state repair), and export it again"
            )
        made = resource(item, stack, providers, version)
        stack.add(made)
        if made.type.token == STACK_TYPE:
            outputs = item.get("outputs") or {}
            stack.outputs = Resource(made.urn, made.type, outputs, stack)
    return [
        f"not evaluated: {counted(left_out[key], 'resource')} {says}"
        for key, says in _LEFT_OUT.items()
        if left_out[key]
    ]
