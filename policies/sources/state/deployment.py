"""The envelope of a state: its version, and what it says of the stack as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from policies.errors import UsageError
from policies.sources.state.form import EXPORT, Form, count, kind_of, shown

_NEWEST_VERSION: Final = 4

_FEATURES: Final = frozenset(
    {
        *("refreshBeforeUpdate", "views", "hooks", "taint", "replaceWith", "byteString"),
        *("snippets-prototype", "extensionParameterization"),
    }
)
"""What a deployment of version 4 may need its reader to know; none of it changes inputs."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is in the envelope.

    Attributes:
        content: the deployment's members, resources among them.
        version: of its form.
        stack: the stack's name; "" where the file does not say it.
        unknown_features: what the state uses and this reader does not know.
    """

    content: Mapping[str, Any]
    version: int
    stack: str
    unknown_features: list[str]

    def notes(self, form: Form) -> list[str]:
        """What a reader of the judgement should know of the state as a whole."""
        manifest = form.member(self.content, "manifest", dict, "deployment") or {}
        time = manifest.get("time")
        notes = [
            f"the state in {form.name}" + (f", of {time}" if isinstance(time, str) and time else "")
        ]
        if self.unknown_features:
            notes.append(
                f"the state uses what apex does not know ({', '.join(self.unknown_features)}): "
                "it may be misread"
            )
        pending = form.member(self.content, "pending_operations", list, "deployment") or []
        if pending:
            notes.append(
                f"{count(len(pending), 'operation')} of an interrupted update: what came of it is "
                "not in the state (pulumi refresh)"
            )
        return notes


def deployment_of(document: Any, form: Form) -> Deployment:
    """The deployment in what `pulumi stack export` prints, or in a checkpoint of a file backend.

    Raises:
        UsageError: the document is something else, or of a version that is not known.
    """
    if not isinstance(document, dict):
        _no_state(kind_of(document), form)
    version = document.get("version")
    if "checkpoint" in document:
        checkpoint = form.member(document, "checkpoint", dict) or {}
        content = form.member(checkpoint, "latest", dict, "checkpoint") or {}
        name = form.member(checkpoint, "stack", str, "checkpoint") or ""
    elif "deployment" in document or set(document) - {"features"} == {"version"}:
        content, name = form.member(document, "deployment", dict) or {}, ""
    else:
        _no_state(_what(document), form)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        _no_state("an object with a deployment and without its version", form)
    if version > _NEWEST_VERSION:
        raise UsageError(
            f"{form.name}: is a state of version {version}; the newest that apex knows is "
            f"{_NEWEST_VERSION}: a newer apex may read it"
        )
    features = form.texts(document.get("features"), "features")
    # A checkpoint has the name with its project and organization.
    stack = name.rpartition("/")[2]
    return Deployment(content, version, stack, sorted(set(features) - _FEATURES))


def _no_state(what: str, form: Form) -> NoReturn:
    raise UsageError(f"{form.name}: is {what}, not a stack's state; {EXPORT}")


def _what(document: Mapping[str, Any]) -> str:
    """What an object is that is no state, as far as its keys tell."""
    for keys, what in (
        ({"plan", "version"}, "a plan of `pulumi preview --save-plan`"),
        ({"resourcePlans"}, "a plan of `pulumi preview --save-plan`"),
        ({"changeSummary"}, "the output of `pulumi preview --json`"),
        ({"planned_values"}, "a Terraform plan"),
        ({"terraform_version"}, "a state of Terraform"),
        ({"manifest", "resources"}, "a deployment without the envelope that names its version"),
    ):
        if keys <= set(document):
            return what
    keys_shown = ", ".join(map(shown, sorted(document)[:5]))
    return f"an object with the keys {keys_shown}" if document else "an empty object"
