"""Where a secret may be, under a secret mark, in resources of any package.

What a place is good for is known for Google Cloud from its schema and `credential_inputs`. Of other
packages the names of inputs and of types tell: one that is called a password is made for one.
Sources: the packages' pages in the Pulumi Registry, 2026-11.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from apex_guardrails.gcp.cluster_objects import objects
from apex_guardrails.gcp.credential_inputs import PROVIDER, credential_paths, is_credential_input
from apex_guardrails.gcp.types import MONITORING_NOTIFICATION_CHANNEL
from apex_guardrails.model.credentials.names import Meaning, meaning
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.resource_type import ResourceType
from apex_guardrails.model.value import parse_path

CLUSTER_SECRET: Final = "kubernetes:core/v1:Secret"  # noqa: S105 a type
_CLUSTER_SECRETS: Final = objects("Secret", "core/v1")
_SECRET_DATA: Final = ("data", "stringData")
_HELM: Final = re.compile(r"kubernetes:helm\.sh/v\d\w*:(?:Release|Chart)")
_HELM_VALUES: Final = ("values", "set", "valueYamlFiles")

_MAY_HOLD: Final = {
    # A webhook's address may have its token in it (Monitoring API, channel descriptors, 2026-11).
    MONITORING_NOTIFICATION_CHANNEL: ("labels.url",),
}
"""Inputs of Google Cloud that no schema marks, and that hold a secret of some programs."""

_STAYS_HERE: Final = {
    "command": ("environment", "stdin", "triggers", "connection"),
    "null": ("triggers",),
    "random": ("keepers",),
    "time": ("triggers",),
    "terraform": ("input", "triggersReplace"),
    "pulumi-python": None,
    "pulumi-nodejs": None,
}
"""By package: inputs that reach the machine that deploys and the state alone; `None` for all."""

_IN_IMAGE: Final = {
    "docker": ("build.args", "build.buildArg", "build.buildArgs"),
    "docker-build": ("buildArgs",),
}
"""By package: arguments of a build, which the history of the image has (Docker's reference of ARG,
2026-11)."""

_SECRET_TYPE: Final = re.compile(
    r"(?:Secret|Credential|Password|ApiKey|AccessKey|AuthToken|AccessToken)s?(?:Version|V\d)?$"
)
_SECURE: Final = re.compile(r"secure|sensitive|kubeconfig|wo$|^encrypted", re.IGNORECASE)
_NEVER: Final = frozenset(
    {"name", "description", "labels", "annotations", "tags", "metadata", "id", "project"}
)


def may_hold_secret(resource: Resource, path: str) -> bool:
    """Whether the input at a path is made for a credential, or is shown to nobody."""
    if resource.type.package == "gcp" or resource.type.token == PROVIDER:
        return is_settled(resource, path) or _is_below(path, _MAY_HOLD.get(resource.type.token, ()))
    return not resource.custom or is_settled(resource, path) or _of_others(resource.type, path)


def is_settled(resource: Resource, path: str) -> bool:
    """Whether rules about credential inputs ask what is at a path, or nobody has to.

    What the provider hides although it holds no credential is public by nature.
    """
    same = resource.equivalent
    if same is not None and any(same.told_at(it) == path for it in credential_paths(same)):
        return True
    return is_credential_input(resource, path) or _is_below(path, resource.type.hidden)


@lru_cache(maxsize=1024)
def _of_others(resource_type: ResourceType, path: str) -> bool:
    token, steps = resource_type.token, [str(step) for step in parse_path(path)]
    if is_cluster_secret(token) or _HELM.fullmatch(token):
        place = steps[2:] if steps[0] == "items" else steps
        return place[:1] != [] and place[0] in (
            _SECRET_DATA if is_cluster_secret(token) else _HELM_VALUES
        )
    if resource_type.package == "kubernetes":
        return False
    if _is_below(path, _IN_IMAGE.get(resource_type.package, ())):
        return False
    stays = _STAYS_HERE.get(resource_type.package, ())
    if stays is None or steps[0] in stays:
        return True
    if _SECRET_TYPE.search(token.rpartition(":")[2]):
        return steps[0] not in _NEVER
    return any(_is_made_for_one(step) for step in steps if not step.isdigit())


def is_cluster_secret(token: str) -> bool:
    """Whether a type is a Secret of a Kubernetes cluster."""
    return token in _CLUSTER_SECRETS


def is_helm(token: str) -> bool:
    """Whether a type is a Helm chart in a cluster."""
    return _HELM.fullmatch(token) is not None


def _is_made_for_one(step: str) -> bool:
    return meaning(step) is not Meaning.NOTHING or _SECURE.search(step) is not None


def _is_below(path: str, patterns: tuple[str, ...]) -> bool:
    if not patterns:
        return False
    pattern = re.sub(r"\[\d+\]", "[]", path)
    return any(
        pattern == known or pattern.startswith((f"{known}.", f"{known}[")) for known in patterns
    )
