"""The engine's events, one object a line: `--event-log FILE`, or `pulumi preview --json` streamed.

An event says a resource's inputs and outputs, and not what it depends on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from apex_guardrails.model import STACK_TYPE
from apex_guardrails.sources.documents.form import Form
from apex_guardrails.sources.previews.preview import Preview

_STATE: Final = (
    *("urn", "type", "custom", "delete", "id", "parent", "protect", "external"),
    *("inputs", "outputs", "provider"),
)
"""What is read of a resource's state in an event, of which those that are false are left out."""

_EPHEMERAL: Final = frozenset({"debug", ""})


def is_event(content: Any) -> bool:
    """Whether JSON is one of the engine's events."""
    return (
        isinstance(content, dict)
        and "timestamp" in content
        and any(key.endswith("Event") for key in content)
    )


def read_events(events: Iterable[tuple[str, Any]], form: Form) -> Preview:
    """The preview that events tell; of an update, which has a preview before it, the last part.

    Args:
        events: each with where it stands.
        form: complains.

    Raises:
        UsageError: a part of it is not what Pulumi writes.
    """
    preview = Preview(knows_dependencies=False)
    for at, event in events:
        if not isinstance(event, dict):
            form.wrong(at, "", dict, event)
        prelude = form.member(event, "preludeEvent", dict, at)
        if prelude is not None:
            preview = Preview(knows_dependencies=False)
            config = form.member(prelude, "config", dict, at)
            preview.configured(config, form, f"{at}: preludeEvent: config")
        said = form.member(event, "diagnosticEvent", dict, at)
        if said is not None:
            _say(preview, said, form, at)
        for kind in ("resourcePreEvent", "resOutputsEvent"):
            step = form.member(event, kind, dict, at)
            if step is not None:
                _step(preview, step, form, f"{at}: {kind}", is_done=kind == "resOutputsEvent")
        summary = form.member(event, "summaryEvent", dict, at)
        if summary is not None:
            where = f"{at}: summaryEvent"
            changes = form.member(summary, "resourceChanges", dict, where) or {}
            preview.counted(changes, form, f"{where}: resourceChanges")
            if form.member(summary, "result", str, where) in ("failed", "canceled"):
                preview.has_ended = False
    return preview


def _say(preview: Preview, said: Mapping[str, Any], form: Form, at: str) -> None:
    severity = form.member(said, "severity", str, at) or ""
    if severity not in _EPHEMERAL and not form.member(said, "ephemeral", bool, at):
        preview.say(severity, form.member(said, "message", str, at) or "")


def _step(
    preview: Preview, event: Mapping[str, Any], form: Form, at: str, *, is_done: bool
) -> None:
    metadata = form.needed(event, "metadata", dict, at)
    at = f"{at}: metadata"
    operation, urn = (form.needed(metadata, key, str, at) for key in ("op", "urn"))
    new = form.member(metadata, "new", dict, at)
    state = None
    if new is not None:
        state = {"custom": False, **{key: new[key] for key in _STATE if key in new}}
    if not is_done:
        preview.step(operation, urn, state)
    elif state is not None and urn in preview.states:
        # What it had before is there again when it is done, with what is known of its outputs.
        outputs = form.member(state, "outputs", dict, at)
        preview.states[urn] = {**preview.states[urn], "outputs": outputs or {}}
        if state.get("type") == STACK_TYPE:
            preview.outputs = outputs or {}
