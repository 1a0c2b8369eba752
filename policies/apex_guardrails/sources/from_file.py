"""What other tools wrote of a stack, in a file: which form it has, and what it says.

The form is recognised by the content: a file's name says nothing.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from apex_guardrails.model import Stack
from apex_guardrails.sources.documents.depth import is_deep, may_be_deep
from apex_guardrails.sources.documents.file import STANDARD_INPUT, decoded, parsed, read
from apex_guardrails.sources.documents.form import Form, Kind, kind_of, quote
from apex_guardrails.sources.plan import TerraformStack, is_terraforms, read_terraform
from apex_guardrails.sources.previews import (
    Preview,
    is_digest,
    is_event,
    read_digest,
    read_events,
    stack_of,
)
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.garbage import no_collections
from apex_guardrails.wire import DEEPEST

KIND: Final = Kind(
    "a preview or plan",
    "write one with: pulumi preview --json > FILE, or terraform show -json PLAN > FILE",
)


class FileForm(enum.StrEnum):
    """Which tool wrote a file, and of what."""

    PULUMI_PREVIEW = "pulumi-preview"
    PULUMI_EVENTS = "pulumi-events"
    TERRAFORM_PLAN = "terraform-plan"
    TERRAFORM_STATE = "terraform-state"

    @property
    def is_pulumis(self) -> bool:
        """Whether it is of a Pulumi program."""
        return self in (FileForm.PULUMI_PREVIEW, FileForm.PULUMI_EVENTS)


@dataclass
class FromFile:
    """What a file says of one stack.

    Attributes:
        form: which one it has.
        stack: what is there when what it foresees is done.
        notes: what a reader of the judgement should know.
        errors: why it foresees nothing, or not all: the tool's own words.
        output: what the program had to say.
        is_complete: whether it tells everything that will be there.
    """

    form: FileForm
    stack: Stack
    notes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    is_complete: bool = True


@dataclass(frozen=True)
class Names:
    """What a stack is called where the file does not say it.

    Attributes:
        stack: the stack's name.
        project: the project's; "" for the tool's name, as that of a folder differs from machine to
            machine.
    """

    stack: str
    project: str


def read_file(file: Path, names: Names) -> FromFile:
    """The stack in a file, or on standard input for `-`.

    Raises:
        UsageError: it cannot be read, or has none of the forms that are known; the message names
            the file and the place.
    """
    form = Form("standard input" if file == STANDARD_INPUT else str(file), KIND)
    data = read(file, KIND)
    _refuse_packed(data, form)
    # Nothing in a document is a cycle: to look for some takes longer than to parse it.
    with no_collections():
        text = decoded(data, form.name, KIND)
        if _has_lines(text):
            events = list(_events(text, form))
            _refuse_deep([event for _, event in events], data, form)
            return _previewed(FileForm.PULUMI_EVENTS, read_events(events, form), names, form)
        content = parsed(text, form.name, KIND)
        _refuse_deep(content, data, form)
        if is_digest(content):
            preview = read_digest(content, form)
            return _previewed(FileForm.PULUMI_PREVIEW, preview, names, form)
        if is_terraforms(content):
            project = names.project or "terraform"
            return _planned(read_terraform(content, names.stack, project, form))
        if is_event(content):
            preview = read_events([("line 1", content)], form)
            return _previewed(FileForm.PULUMI_EVENTS, preview, names, form)
        raise _refused(content, form)


def _previewed(which: FileForm, preview: Preview, names: Names, form: Form) -> FromFile:
    stack, notes = stack_of(preview, names.stack, names.project or "pulumi", form)
    errors = preview.errors
    if not preview.has_ended and not errors:
        errors = ["the preview was ended before it was done, or its file was cut off"]
    return FromFile(
        which,
        stack,
        notes,
        errors,
        preview.output,
        is_complete=preview.has_ended and not errors and not preview.missing,
    )


def _planned(told: TerraformStack) -> FromFile:
    which = FileForm.TERRAFORM_STATE if told.is_state else FileForm.TERRAFORM_PLAN
    return FromFile(which, told.stack, told.notes, told.errors, is_complete=told.is_complete)


def _refuse_packed(data: bytes, form: Form) -> None:
    """Refuses what is a plan, and not the text of one."""
    if data.startswith(b"PK\x03\x04"):
        raise UsageError(
            f"{form.name}: is a saved plan of Terraform; write its JSON with: "
            f"terraform show -json {quote(form.name)} > plan.json"
        )


def _refuse_deep(content: Any, data: bytes, form: Form) -> None:
    if may_be_deep(data) and is_deep(content):
        raise UsageError(
            f"{form.name}: is nested more than {DEEPEST} levels deep, which no tool writes; "
            f"{KIND.next_step}"
        )


def _has_lines(text: str) -> bool:
    """Whether a text has an object on each line: whether the first line is one."""
    first, _, rest = text.lstrip().partition("\n")
    return first.startswith("{") and first.rstrip().endswith("}") and bool(rest.strip())


def _events(text: str, form: Form) -> Iterator[tuple[str, Any]]:
    """The engine's events, each with the line that it is on.

    Raises:
        UsageError: a line is none.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        event = parsed(line, form.name, KIND, number)
        if not is_event(event):
            raise _refused(event, form)
        yield f"line {number}", event


_OTHERS: Final[tuple[tuple[frozenset[str], str], ...]] = (
    (frozenset({"deployment", "version"}), "a stack's state: judge it with apex audit"),
    (frozenset({"checkpoint", "version"}), "a stack's state: judge it with apex audit"),
    (frozenset({"resourcePlans"}), "a plan of pulumi preview --save-plan; give that of --json"),
    (frozenset({"verdict", "findings"}), "a judgement: render it with apex report --from"),
    (
        frozenset({"@level", "@message"}),
        "the log of terraform plan -json; give the plan itself (-out) as terraform show -json",
    ),
    (
        frozenset({"terraform_version", "serial", "lineage"}),
        "Terraform's own state file; give that of terraform show -json",
    ),
)


def _refused(content: Any, form: Form) -> UsageError:
    """What is said of a document of another form, which may be a known one."""
    if not isinstance(content, Mapping):
        return UsageError(f"{form.name}: is {kind_of(content)}, not {KIND.what}; {KIND.next_step}")
    for keys, what in _OTHERS:
        if keys <= content.keys():
            return UsageError(f"{form.name}: is {what}")
    shown = ", ".join(json.dumps(key) for key in sorted(content)[:5])
    what = f"an object with the keys {shown}" if shown else "an empty object"
    return UsageError(f"{form.name}: is {what}, not {KIND.what}; {KIND.next_step}")
