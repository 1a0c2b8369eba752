"""The envelope of a state: its version, and what it says of the stack as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from apex_guardrails.model.phrases import counted
from apex_guardrails.sources.documents.form import Form, kind_of, quote
from apex_guardrails.support.errors import UsageError

_NEWEST_VERSION: Final = 4

_FEATURES: Final = frozenset(
    {
        *("refreshBeforeUpdate", "views", "hooks", "taint", "replaceWith", "byteString"),
        *("snippets-prototype", "extensionParameterization"),
    }
)
"""What a deployment of version 4 may need its reader to know; none of it changes inputs."""


_ENVELOPE: Final = frozenset({"version", "features"})
_CHECKPOINT: Final = frozenset({"stack", "config", "latest"})
_DEPLOYMENT: Final = frozenset(
    {
        *("manifest", "secrets_providers", "resources", "pending_operations", "metadata"),
        *("snippets", "extensions"),
    }
)
_MANIFEST: Final = frozenset({"time", "magic", "version", "plugins"})
"""The keys that Pulumi writes: `core.go`, `DeploymentV1` to `V3` and what is around them."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is in the envelope.

    Attributes:
        content: the deployment's members, resources among them.
        version: of its form.
        stack: the stack's name; "" where the file does not say it.
        unknown: what the state uses and this reader does not know: features, and keys.
    """

    content: Mapping[str, Any]
    version: int
    stack: str
    unknown: list[str]

    def notes(self, form: Form) -> list[str]:
        """What a reader of the judgement should know of the state as a whole."""
        manifest = form.member(self.content, "manifest", dict, "deployment") or {}
        time = manifest.get("time")
        notes = [
            f"the state in {form.name}" + (f", of {time}" if isinstance(time, str) and time else "")
        ]
        if self.unknown:
            notes.append(misread(self.unknown))
        pending = form.member(self.content, "pending_operations", list, "deployment") or []
        if pending:
            notes.append(
                f"{counted(len(pending), 'operation')} of an interrupted update: what came of it "
                "is not in the state (pulumi refresh)"
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
    if {"checkpoint", "deployment"} <= set(document):
        raise UsageError(
            f"{form.name}: has both a checkpoint and a deployment, and only one of them would "
            "be read; "
            f"{form.kind.next_step}"
        )
    if "checkpoint" in document:
        unknown = [*form.unknown_keys(document, _ENVELOPE | {"checkpoint"})]
        checkpoint = form.member(document, "checkpoint", dict) or {}
        unknown += form.unknown_keys(checkpoint, _CHECKPOINT, "checkpoint")
        content = form.member(checkpoint, "latest", dict, "checkpoint")
        name = form.member(checkpoint, "stack", str, "checkpoint") or ""
        # Before the first update there is nothing but the name.
        is_new = content is None and bool(name)
    elif "deployment" in document or set(document) - {"features"} == {"version"}:
        unknown = [*form.unknown_keys(document, _ENVELOPE | {"deployment"})]
        content, name = form.member(document, "deployment", dict), ""
        is_new = content is None and "deployment" in document
    else:
        _no_state(_what(document), form)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        if version is not None:
            form.wrong("version", "", "a whole number from 1 on", version)
        _no_state("an object with a deployment and without its version", form)
    if version > _NEWEST_VERSION:
        raise UsageError(
            f"{form.name}: is a state of version {version}; the newest that apex knows is "
            f"{_NEWEST_VERSION}: a newer apex may read it"
        )
    features = form.texts(document.get("features"), "features")
    unknown += sorted(set(features) - _FEATURES)
    content = content or {}
    unknown += form.unknown_keys(content, _DEPLOYMENT, "deployment")
    is_empty = content.get("resources") is None and content.get("manifest") is None
    if is_empty and not is_new:
        raise UsageError(
            f"{form.name}: has neither resources nor the manifest that even an empty stack "
            f"has, so it is incomplete; {form.kind.next_step}"
        )
    manifest = form.member(content, "manifest", dict, "deployment") or {}
    unknown += form.unknown_keys(manifest, _MANIFEST, "deployment: manifest")
    # A checkpoint has the name with its project and organization.
    return Deployment(content, version, name.rpartition("/")[2], unknown)


def misread(unknown: Iterable[str]) -> str:
    """What is said of a state that has what this reader does not know."""
    named = ", ".join(map(quote, dict.fromkeys(unknown)))
    return f"the state uses features that apex does not know ({named}) and may be misread"


def _no_state(what: str, form: Form) -> NoReturn:
    raise UsageError(f"{form.name}: is {what}, not a stack's state; {form.kind.next_step}")


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
    keys_shown = ", ".join(map(quote, sorted(document)[:5]))
    return f"an object with the keys {keys_shown}" if document else "an empty object"
