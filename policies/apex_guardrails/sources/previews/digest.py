"""The output of `pulumi preview --json`: one object, with a step for each resource."""

from __future__ import annotations

from typing import Any, Final

from apex_guardrails.sources.documents.form import Form
from apex_guardrails.sources.previews.preview import Preview, unblinded

_DIGEST: Final = frozenset(
    {"config", "steps", "diagnostics", "duration", "changeSummary", "maybeCorrupt"}
)
_TELLING: Final = frozenset({"steps", "diagnostics", "changeSummary"})
"""Of these one at least is there: a stack has a step, and what fails early a diagnostic."""


def is_digest(content: Any) -> bool:
    """Whether JSON is what `pulumi preview --json` prints."""
    return (
        isinstance(content, dict)
        and any(content.get(key) is not None for key in _TELLING)
        and _is_all(content)
    )


def _is_all(content: dict[str, Any]) -> bool:
    """Whether nothing else is in it, as far as this version of Pulumi can tell."""
    return len(content.keys() - _DIGEST) < len(content.keys() & _DIGEST)


def read_digest(content: dict[str, Any], form: Form) -> Preview:
    """The preview that an object tells.

    Raises:
        UsageError: a part of it is not what Pulumi writes.
    """
    preview = Preview()
    preview.configured(form.member(content, "config", dict) or None, form, "config")
    preview.counted(form.member(content, "changeSummary", dict), form, "changeSummary")
    for number, step in enumerate(form.member(content, "steps", list) or ()):
        at = f"steps[{number}]"
        if not isinstance(step, dict):
            form.wrong(at, "", dict, step)
        operation, urn = (form.needed(step, key, str, at) for key in ("op", "urn"))
        state = form.member(step, "newState", dict, at)
        preview.step(operation, urn, None if state is None else _unblinded(state))
    for number, said in enumerate(form.member(content, "diagnostics", list) or ()):
        at = f"diagnostics[{number}]"
        if not isinstance(said, dict):
            form.wrong(at, "", dict, said)
        message = form.member(said, "message", str, at) or ""
        preview.say(form.member(said, "severity", str, at) or "info", message)
    return preview


def _unblinded(state: dict[str, Any]) -> dict[str, Any]:
    return {
        **state,
        **{key: unblinded(state[key]) for key in ("inputs", "outputs") if key in state},
    }
