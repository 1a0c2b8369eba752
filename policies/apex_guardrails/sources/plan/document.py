"""The whole of a plan or a state: which it is, what it foresees, and what it cannot say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from apex_guardrails.model import Stack
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.phrases import counted
from apex_guardrails.model.stack import Reason
from apex_guardrails.sources.documents.form import Form, quote
from apex_guardrails.sources.plan.configuration import Configuration
from apex_guardrails.sources.plan.records import records
from apex_guardrails.sources.plan.stack import Change, Filling, fill
from apex_guardrails.support.errors import UsageError
from apex_guardrails.translation import equivalent

_VERSION: Final = re.compile(r"[01]\.\d{1,4}")
_PLAN: Final = frozenset({"planned_values", "resource_changes", "configuration"})
_EMPTY_STATE: Final = frozenset({"format_version", "terraform_version"})
_OTHERS: Final = {
    "provider_schemas": "the output of terraform providers schema",
    "diagnostics": "the output of terraform validate",
    "test_abstract": "the output of terraform test",
}

_KNOWN_BY: Final = (
    "Write the value as text, or judge the state once it is applied (terraform show -json)"
)
_LOCALS: Final = Reason(
    "it is made of a local value, whose parts a Terraform plan does not show",
    "Refer to the resource itself",
)


@dataclass
class TerraformStack:
    """What Terraform says of a stack; see `FromFile`.

    Attributes:
        is_state: whether it is a state, and not a plan.
    """

    stack: Stack
    is_state: bool
    notes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    is_complete: bool = True


def is_terraforms(content: Any) -> bool:
    """Whether JSON is what `terraform show -json` prints, of whatever version."""
    return (
        isinstance(content, dict)
        and "format_version" in content
        and not _OTHERS.keys() & content.keys()
        and (bool(_PLAN & content.keys()) or "values" in content or content.keys() <= _EMPTY_STATE)
    )


def read_terraform(content: dict[str, Any], stack: str, project: str, form: Form) -> TerraformStack:
    """The stack that a plan foresees, or that a state has.

    Args:
        content: the document.
        stack: the stack's name, which Terraform does not say.
        project: the project's.
        form: complains.

    Raises:
        UsageError: it is of a version that is not known, or a part is not what Terraform writes.
    """
    version = form.member(content, "format_version", str)
    if version is None or not _VERSION.fullmatch(version):
        raise UsageError(
            f"{form.name}: format_version {quote(str(version))} of terraform show -json is not "
            "known; known: 0.1 to 1.x; a newer apex may read it"
        )
    if _PLAN & content.keys():
        return _plan(
            content, Stack(stack, project, known_by=_KNOWN_BY, equivalent=equivalent), form
        )
    made = Stack(
        stack,
        project,
        has_config=False,
        is_deployed=True,
        known_by=_KNOWN_BY,
        equivalent=equivalent,
    )
    found = list(records(form.member(content, "values", dict), form, "values"))
    fill(made, Filling(found, outputs=_outputs(content, "values", form)))
    return TerraformStack(made, is_state=True)


def _plan(content: dict[str, Any], stack: Stack, form: Form) -> TerraformStack:
    changes = list(_changes(content, form))
    planned = list(records(form.member(content, "planned_values", dict), form, "planned_values"))
    prior = form.member(content, "prior_state", dict) or {}
    at = "prior_state: values"
    before = records(form.member(prior, "values", dict, "prior_state"), form, at)
    addresses = {record.address for record in planned}
    lost = [it.address for it in changes if it.is_planned and it.address not in addresses]
    if lost:
        raise UsageError(
            f"{form.name}: planned_values: {quote(lost[0])} is missing, which resource_changes "
            "plans: a part of the plan was taken out; give the whole output of terraform show -json"
        )
    data = [it for it in before if it.is_data and it.address not in addresses]
    configuration = Configuration(
        form.member(content, "configuration", dict) or {}, [*planned, *data]
    )
    _config(content, configuration, stack, form)
    stack.without_dependencies = _LOCALS
    outputs = _outputs(content, "planned_values", form)
    for name, change in (form.member(content, "output_changes", dict) or {}).items():
        if isinstance(change, Mapping) and change.get("after_unknown") is True:
            outputs.setdefault(name, {})["unknown"] = True
    by_address = {change.address: change for change in changes if not change.is_deposed}
    filling = Filling([*planned, *data], by_address, configuration, outputs)
    locals_ = fill(stack, filling)
    is_errored = form.member(content, "errored", bool) is True
    is_partial = form.member(content, "complete", bool) is False
    is_partial = is_partial or bool(form.member(content, "deferred_changes", list))
    return TerraformStack(
        stack,
        is_state=False,
        notes=list(_notes(changes, locals_, is_partial=is_partial)),
        errors=["terraform plan failed: the plan has what was planned until then"]
        if is_errored
        else [],
        is_complete=not (is_errored or is_partial),
    )


def _changes(content: dict[str, Any], form: Form) -> Iterator[Change]:
    for number, item in enumerate(form.member(content, "resource_changes", list) or ()):
        at = f"resource_changes[{number}]"
        if not isinstance(item, dict):
            form.wrong(at, "", dict, item)
        address = form.needed(item, "address", str, at)
        change = form.needed(item, "change", dict, at)
        at = f"{at} ({quote(address)}): change"
        yield Change(
            address,
            tuple(form.texts(change.get("actions"), f"{at}: actions")),
            change.get("after_unknown"),
            change.get("after_sensitive"),
            is_imported=form.member(change, "importing", dict, at) is not None,
            is_deposed=item.get("deposed") is not None,
        )


def _config(
    content: dict[str, Any], configuration: Configuration, stack: Stack, form: Form
) -> None:
    """Takes the root module's variables for the stack's config.

    A plan has the values of sensitive ones in the clear, so that what is made of them is known.
    """
    told = configuration.variables
    config: dict[str, str] = {}
    secret: dict[str, str] = {}
    for name, variable in (form.member(content, "variables", dict) or {}).items():
        value = variable.get("value") if isinstance(variable, Mapping) else None
        if value is None or not isinstance(value, str | int | float | bool | list | dict):
            continue
        text = value if isinstance(value, str) else json.dumps(value)
        about = told.get(name)
        is_secret = isinstance(about, Mapping) and about.get("sensitive") is True
        (secret if is_secret else config)[f"var.{name}"] = text
    stack.config = {**config, **secret}
    stack.secret_config = SecretConfig(secret)


def _outputs(content: dict[str, Any], key: str, form: Form) -> dict[str, dict[str, Any]]:
    values = form.member(content, key, dict) or {}
    return {
        name: dict(output)
        for name, output in (form.member(values, "outputs", dict, key) or {}).items()
        if isinstance(output, Mapping)
    }


def _notes(changes: list[Change], locals_: int, *, is_partial: bool) -> Iterator[str]:
    deleted = sum(change.actions == ("delete",) for change in changes)
    if deleted:
        yield f"not evaluated: {counted(deleted, 'resource')} that the plan deletes"
    forgotten = sum("forget" in change.actions for change in changes)
    if forgotten:
        yield (
            f"not evaluated: {counted(forgotten, 'resource')} that the plan leaves to others "
            "(removed)"
        )
    if locals_:
        yield (
            f"made of local values, whose parts a plan does not show: {counted(locals_, 'input')} "
            "of unknown origin"
        )
    if is_partial:
        yield (
            "the plan says itself that it is not complete: it was made for some targets, or "
            "leaves changes for a later plan"
        )
