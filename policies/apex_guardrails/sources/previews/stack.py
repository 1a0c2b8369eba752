"""The stack that a preview foresees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from apex_guardrails.model import STACK_TYPE, Resource, SourcePosition, Stack, stack_and_project_of
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.phrases import counted
from apex_guardrails.model.stack import Reason
from apex_guardrails.model.value import UNKNOWN, Value, leaves
from apex_guardrails.provider import check
from apex_guardrails.sources.default_provider import add_provider, default_provider
from apex_guardrails.sources.documents.form import Form
from apex_guardrails.sources.offline.project import OTHERS_FOLDERS
from apex_guardrails.sources.previews.preview import Preview
from apex_guardrails.sources.state.deployment import misread
from apex_guardrails.sources.state.resources import StateInputs, record, resource
from apex_guardrails.translation import equivalent
from apex_guardrails.wire import plain

_LIBRARIES: Final = OTHERS_FOLDERS | {".."}
_OF_PROJECT: Final = "project"
"""The scheme of a place below the folder of `Pulumi.yaml`."""

WITHOUT_DEPENDENCIES: Final = Reason(
    "the engine's event log does not say what depends on what",
    "Judge the output of pulumi preview --json, which does",
)


def stack_of(preview: Preview, name: str, project: str, form: Form) -> tuple[Stack, list[str]]:
    """The stack, and what a reader of the judgement should know.

    Args:
        preview: what Pulumi says of it.
        name: the stack's, where nothing in the preview says it.
        project: the project's, in the same case.
        form: complains.

    Raises:
        UsageError: a resource is not what Pulumi writes.
    """
    unknown: set[str] = set()
    records = {
        urn: record(state, f"the resource {urn}", form, unknown)
        for urn, state in preview.states.items()
    }
    for urn, item in records.items():
        if item["urn"] != urn:
            form.wrong(f"the resource {urn}", "urn", "the one of its step", item["urn"])
    in_urn, its_project = stack_and_project_of(next(iter(records), ""))
    stack = Stack(
        in_urn or name,
        its_project or project,
        has_config=False,
        equivalent=equivalent,
    )
    if not preview.knows_dependencies:
        stack.without_dependencies = WITHOUT_DEPENDENCIES
    if preview.config is not None:
        stack.config = preview.config
        # Their values are not known: nothing is looked for.
        stack.secret_config = SecretConfig(dict.fromkeys(preview.secret_keys, ""))
    _fill(stack, records, preview)
    return stack, [*([misread(sorted(unknown))] if unknown else []), *_notes(preview)]


def _fill(stack: Stack, records: Mapping[str, dict[str, Any]], preview: Preview) -> None:
    providers = dict(_providers(stack, records, preview))
    for urn, item in records.items():
        made = resource(item, stack, providers, knows_dependencies=preview.knows_dependencies)
        if urn in preview.read:
            if not made.type.token.startswith("pulumi:"):
                stack.read[made.type.token] += 1
            continue
        made.position = _position(item)
        made.is_imported = urn in preview.imported
        if made.custom and any(
            leaf.value is UNKNOWN and not leaf.is_secret for leaf in leaves(made.provider)
        ):
            # Where a provider's own config is not known yet, the engine leaves out its check; a
            # secret is hidden here alone.
            checked = check(made.type.token, urn, plain(made.value)).inputs
            made.value = StateInputs(checked)
        stack.add(made)
        if made.type.token == STACK_TYPE and preview.outputs is not None:
            stack.outputs = Resource(urn, made.type, preview.outputs, stack)


def _providers(
    stack: Stack, records: Mapping[str, dict[str, Any]], preview: Preview
) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """The inputs of each provider, as resources refer to it.

    One that Pulumi makes of the config is in the event log alone.
    """
    references = {item.get("provider") or "" for item in records.values()} - {""}
    for reference in sorted(references):
        urn = reference.rpartition("::")[0]
        item = records.get(urn)
        if item is not None:
            yield reference, item.get("inputs") or {}
            continue
        package = urn.partition("::pulumi:providers:")[2].partition("::")[0]
        config: dict[str, Value] = {**(preview.config or {})}
        config |= dict.fromkeys(preview.secret_keys, UNKNOWN)
        inputs = default_provider(config, preview.secret_keys, package)
        if package:
            add_provider(stack, urn, inputs)
        yield reference, inputs


def _position(item: Mapping[str, Any]) -> SourcePosition | None:
    """Where the program registers a resource, seen from its project's folder.

    The innermost frame that is the program's own, though the call may sit in a library.
    """
    frames = item.get("stackTrace")
    frames = [*frames] if isinstance(frames, list) else []
    frames.append(item)
    found = (_own(frame.get("sourcePosition")) for frame in frames if isinstance(frame, dict))
    return next((position for position in found if position is not None), None)


def _own(place: Any) -> SourcePosition | None:
    if not isinstance(place, str):
        return None
    try:
        parts = urlsplit(place)
    except ValueError:
        return None
    file, line = unquote(parts.path).lstrip("/"), parts.fragment.partition(",")[0]
    is_own = parts.scheme == _OF_PROJECT and not _LIBRARIES & set(file.split("/"))
    if not is_own or not file or not line.isascii() or not line.isdigit() or len(line) > 9:  # noqa: PLR2004
        return None
    return SourcePosition(file, int(line)) if int(line) else None


def _notes(preview: Preview) -> Iterator[str]:
    if preview.deleted:
        yield f"not evaluated: {counted(preview.deleted, 'resource')} that the update deletes"
    if preview.missing:
        yield (
            f"{counted(preview.missing, 'resource')} that the update leaves as it is are not in "
            "the file, so that rules about several resources do not see all; pulumi preview "
            "--json --show-sames writes them, too"
        )
    if not preview.knows_dependencies:
        yield (
            f"{WITHOUT_DEPENDENCIES.because}: a rule that asks for it is undecided (pulumi "
            "preview --json says it)"
        )
