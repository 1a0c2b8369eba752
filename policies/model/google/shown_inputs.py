"""Inputs that whoever may view a resource reads, where no credential belongs."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Final

from policies.model.complaint import Complaint
from policies.model.credentials import may_hold_token, token_format
from policies.model.google.credential_inputs import is_credential_input
from policies.model.google.machines import MACHINES
from policies.model.resource import Resource
from policies.model.stack import Stack
from policies.model.value import Leaf, Value

RANDOM_PASSWORD: Final = "random:index/randomPassword:RandomPassword"  # noqa: S105 a type

_METADATA = ("metadata", "metadataStartupScript")

SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(MACHINES, _METADATA),
    "gcp:compute/instanceFromMachineImage:InstanceFromMachineImage": _METADATA,
    "gcp:compute/projectMetadata:ProjectMetadata": ("metadata",),
    "gcp:compute/projectMetadataItem:ProjectMetadataItem": ("value",),
    "gcp:cloudscheduler/job:Job": (
        "httpTarget.headers",
        "httpTarget.body",
        "appEngineHttpTarget.headers",
        "appEngineHttpTarget.body",
        "pubsubTarget.attributes",
        "pubsubTarget.data",
    ),
    "gcp:parametermanager/parameterVersion:ParameterVersion": ("parameterData",),
    "gcp:parametermanager/regionalParameterVersion:RegionalParameterVersion": ("parameterData",),
    "gcp:workflows/workflow:Workflow": ("sourceContents", "userEnvVars"),
}
"""Those that have a rule of their own, by resource type."""

_DESCRIPTIVE: Final = re.compile(
    r"(?:^|\.)(?:labels|userLabels|resourceLabels|annotations|description|metadata)(?=[.\[]|$)"
)


def has_own_rule(resource: Resource, path: str) -> bool:
    """Whether a rule of its own asks for credentials in the input at a path."""
    return any(
        path == shown or path.startswith((f"{shown}.", f"{shown}["))
        for shown in SHOWN.get(resource.type.token, ())
    )


def is_descriptive(path: str) -> bool:
    """Whether a path leads to labels, annotations, a description or metadata, of whatever."""
    return _DESCRIPTIVE.search(path) is not None


def text_of(leaf: Leaf) -> Value:
    """The value of a leaf; of a file, its content."""
    return getattr(leaf.value, "text", leaf.value)


def credential_in(stack: Stack, value: Value) -> str | None:
    """What a complaint says of a value that holds a credential; `None` where it holds none.

    That it has a secret mark does not count: whoever views the resource in Google Cloud reads it.
    """
    key = stack.secret_config.key_of(value)
    if key is not None:
        return f"shows the secret config value {key}"
    token = token_format(value) if isinstance(value, str) else None
    return f"holds a value in the form of a {token}" if token is not None else None


def shown_credentials(resource: Resource) -> Iterator[Complaint]:
    """A complaint about each credential in the inputs of `SHOWN`.

    Raises:
        DependenciesUnknownError: the source does not know them yet.
    """
    for path in SHOWN[resource.type.token]:
        for leaf in resource.leaves(path):
            text = text_of(leaf)
            what = credential_in(resource.stack, text) or credential_in(
                resource.stack, _decoded(text)
            )
            if what is not None:
                yield resource.fail(what, at=leaf.path)
        if resource.refers_to(path, RANDOM_PASSWORD):
            yield resource.fail("is made from a random password", at=path)


def _decoded(value: Value) -> str:
    """What a base64 text says, such as the body of a request; "" for anything else."""
    try:
        return base64.b64decode(value, validate=True).decode() if isinstance(value, str) else ""
    except ValueError:
        return ""


def stray_tokens(resource: Resource) -> Iterator[tuple[str, str]]:
    """The path and the format of each token where no other rule asks for credentials."""
    data = resource.serialized
    if data is not None and not may_hold_token(data):
        return
    secret_config = resource.stack.secret_config
    for leaf in resource.leaves():
        text = text_of(leaf)
        token = token_format(text) if isinstance(text, str) else None
        if token is None or is_asked_for_elsewhere(resource, leaf.path):
            continue
        # What secret config brings is no literal, and may well be a token: it has its own rules.
        # A state does not say what it brings.
        may_be_config = not resource.stack.has_config or secret_config.occurs_in(text)
        if not (leaf.is_secret and may_be_config):
            yield leaf.path, token


def unmarked_secrets(resource: Resource) -> Iterator[tuple[str, str]]:
    """The path and the config key of each secret config value without a secret mark."""
    secret_config = resource.stack.secret_config
    data = resource.serialized
    if not secret_config.values or (data is not None and not secret_config.may_occur_in(data)):
        return
    for leaf in resource.leaves():
        key = None if leaf.is_secret else secret_config.key_of(text_of(leaf))
        if key is not None:
            yield leaf.path, key


def is_asked_for_elsewhere(resource: Resource, path: str) -> bool:
    """Whether a rule about particular inputs asks for credentials at a path."""
    return (
        is_credential_input(resource, path) or has_own_rule(resource, path) or is_descriptive(path)
    )
