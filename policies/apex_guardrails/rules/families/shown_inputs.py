"""Credentials in the inputs of resources, where whoever may view these reads them.

One look at a resource finds them all, each once: what a value is decides before what it is called,
and where it is decides which rule says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from apex_guardrails.gcp.argument_lists import given_passwords
from apex_guardrails.gcp.credential_places import (
    is_cluster_secret,
    is_settled,
    may_hold_secret,
)
from apex_guardrails.gcp.machines import MACHINES, PROJECT_METADATA
from apex_guardrails.gcp.run import WORKLOADS
from apex_guardrails.gcp.types import (
    CLOUDSCHEDULER_JOB,
    PARAMETERMANAGER_PARAMETER_VERSION,
    PARAMETERMANAGER_REGIONAL_PARAMETER_VERSION,
    WORKFLOWS_WORKFLOW,
)
from apex_guardrails.model.credentials import has_password, token_format
from apex_guardrails.model.credentials.addresses import HOLE
from apex_guardrails.model.credentials.encoding import decoded, said_in
from apex_guardrails.model.credentials.named_values import NamedValue, named_values
from apex_guardrails.model.credentials.names import UNAMBIGUOUS, Meaning, meaning
from apex_guardrails.model.credentials.secret_config import described
from apex_guardrails.model.credentials.spelling import plainly
from apex_guardrails.model.credentials.texts import sets_credential
from apex_guardrails.model.credentials.values import is_credential
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.signs import ANYTHING, Signs, signs_of
from apex_guardrails.model.value import UNKNOWN, Asset, Leaf, Value, filled
from apex_guardrails.model.view import Origin
from apex_guardrails.model.violation import Violation

SECRET_CONFIG: Final = "credentials-secret-config-not-shown"  # noqa: S105 a rule
TOKEN: Final = "credentials-no-known-token"  # noqa: S105 a rule
PRIVATE_KEY: Final = "credentials-no-private-key-block"
KEY_FILE: Final = "credentials-no-service-account-json"
ADDRESS: Final = "credentials-no-url-password"
NAMED: Final = "credentials-not-in-plain-inputs"
DESCRIPTIVE: Final = "credentials-not-in-labels-or-descriptions"
RUN_VARIABLE: Final = "run-secrets-via-secret-manager"
RUN_ADDRESS: Final = "run-env-no-connection-string-password"

_OF_FORMAT: Final = {"private key": PRIVATE_KEY, "Google service account key file": KEY_FILE}

_METADATA = ("metadata", "metadataStartupScript")
_MACHINE: Final = ("compute-startup-script-no-secrets", _METADATA)
_PARAMETER: Final = ("parametermanager-no-plain-credentials", ("parameterData",))

OWN: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    **dict.fromkeys(MACHINES, _MACHINE),
    PROJECT_METADATA[0]: (_MACHINE[0], ("metadata",)),
    PROJECT_METADATA[1]: (_MACHINE[0], ("value",)),
    CLOUDSCHEDULER_JOB: (
        "scheduler-no-secret-headers",
        (
            "httpTarget.headers",
            "httpTarget.body",
            "appEngineHttpTarget.headers",
            "appEngineHttpTarget.body",
            "pubsubTarget.attributes",
            "pubsubTarget.data",
        ),
    ),
    PARAMETERMANAGER_PARAMETER_VERSION: _PARAMETER,
    PARAMETERMANAGER_REGIONAL_PARAMETER_VERSION: _PARAMETER,
    WORKFLOWS_WORKFLOW: (
        "workflows-no-secrets",
        ("sourceContents", "userEnvVars"),
    ),
}
"""Inputs that have a rule of their own, by resource type."""

_DESCRIPTIVE: Final = re.compile(
    r"(?:^|\.)(?:labels|userLabels|resourceLabels|annotations|description|metadata)(?=[.\[]|$)"
)
_CLUSTER_MAPS: Final = frozenset({"data", "stringData", "values", "annotations", "labels"})


class Shown(NamedTuple):
    """A credential that is shown: where, which rule says so, and what."""

    path: str
    rule: str
    message: str


def find_violations(resource: Resource, rule_id: str) -> Iterator[Violation]:
    """What one rule has to say of the credentials that a resource shows.

    Raises:
        DependenciesUnknownError: the source does not know them yet.
    """
    shown = find_shown(resource)
    return iter([resource.fail(it.message, at=it.path) for it in shown if it.rule == rule_id])


def find_shown(resource: Resource) -> tuple[Shown, ...]:
    """Every credential that a resource shows.

    Raises:
        DependenciesUnknownError: the source does not know them yet.
    """
    return resource.once(_shown)


def _shown(resource: Resource) -> tuple[Shown, ...]:
    signs = signs_of(resource)
    if not signs.credential and not resource.has_known_parts:
        return ()
    wanted = None if resource.has_known_parts else signs.wanted()
    found: set[Shown] = set()
    for item in values_of(resource, wanted):
        shows = _look_at(resource, item, signs)
        if shows is not None:
            found.add(shows)
        if signs.config:
            found.update(_in_keys(resource, item))
    if signs.arguments:
        already = {item.path for item in found}
        found.update(
            Shown(path, _rule(resource, path, NAMED), "contains a literal value for a password")
            for path in given_passwords(resource)
            if path not in already and _is_literal(resource, path, NAMED)
        )
    # The same message must give the same findings every time, and the wire has no order.
    return tuple(sorted(found))


def values_of(
    resource: Resource, is_wanted: Callable[[str, Value], bool] | None = None
) -> Iterator[NamedValue]:
    """Every value among the inputs of a resource that is wanted, with its name."""
    maps = resource.type.maps
    if maps is None and resource.type.package == "kubernetes":
        maps = _CLUSTER_MAPS
    return named_values(resource.value, maps, is_wanted=is_wanted)


def text_of(leaf: Leaf | NamedValue) -> Value:
    """The value of a leaf; of a file, its content."""
    value = leaf.value
    return value.text if value.__class__ is Asset else value


def _look_at(resource: Resource, item: NamedValue, signs: Signs) -> Shown | None:
    value = text_of(item)
    if value is UNKNOWN:
        parts = resource.parts_at(item.path) if resource.has_known_parts else None
        if parts is None:
            return _unknown(resource, item)
        value = filled(parts, HOLE)
        signs = ANYTHING
    secret_config = resource.stack.secret_config
    within = list(said_in(value)) if signs.encoded and isinstance(value, str) else []
    if signs.config:
        key = next(filter(None, map(secret_config.key_of, (value, *within))), None)
        if key is not None:
            return _from_config(resource, item, key)
    if not isinstance(value, str):
        return None
    what = kind_of(item.name, _plain(resource, value), signs) or kind_within(within)
    if what is None:
        return None
    path = item.path
    if not _is_literal(resource, path, what[0]):
        return None
    return Shown(path, _rule(resource, path, what[0]), what[1])


def _in_keys(resource: Resource, item: NamedValue) -> Iterator[Shown]:
    """The secret config values in the keys above a value, which the path must not show."""
    secret_config = resource.stack.secret_config
    for path, name in item.keys if secret_config.values else ():
        key = secret_config.key_of(name)
        if key is not None and not (path and may_hold_secret(resource, path)):
            yield Shown(path, SECRET_CONFIG, f"uses {described(key)} as a key")


def _from_config(resource: Resource, item: NamedValue, key: str) -> Shown | None:
    path = item.path
    if may_hold_secret(resource, path) and (item.is_secret or is_settled(resource, path)):
        return None
    return Shown(path, SECRET_CONFIG, f"exposes {described(key)}")


def _plain(resource: Resource, text: str) -> str:
    """A text as it is meant: the data of a cluster's Secret is in base64."""
    return decoded(text) or text if is_cluster_secret(resource.type.token) else text


def kind_of(name: str, text: str, signs: Signs) -> tuple[str, str] | None:
    """The rule about what a text is or is called, and what it says; `None` for a harmless one."""
    token = token_format(text) if signs.token else None
    if token is not None:
        return _OF_FORMAT.get(token, TOKEN), f"contains a credential: {token}"
    if signs.address and has_password(text):
        return ADDRESS, "contains a URL with a password"
    name, text = plainly(name), plainly(text)
    means = meaning(name) if name else Meaning.NOTHING
    if means and is_credential(text, means):
        return NAMED, f"exposes {name} in plain text"
    called = sets_credential(text) if signs.may_set(text) else None
    return (NAMED, f"contains a literal value for {called}") if called is not None else None


def kind_within(texts: Iterable[str]) -> tuple[str, str] | None:
    """The same of the first that is not harmless among what a text says in base64."""
    return next(filter(None, (kind_of("", text, ANYTHING) for text in texts)), None)


def _is_literal(resource: Resource, path: str, kind: str) -> bool:
    """Whether what is written at a path is shown there, or is a literal where a secret may be."""
    if not may_hold_secret(resource, path):
        return True
    if is_settled(resource, path):
        return False
    if not resource.custom:
        return kind != NAMED
    return resource.origin(path) is Origin.LITERAL


def _unknown(resource: Resource, item: NamedValue) -> Shown | None:
    """What is not known and called a credential, in a place where no credential belongs."""
    if not item.name or meaning(item.name) not in UNAMBIGUOUS or not resource.custom:
        return None
    path = item.path
    is_described = _DESCRIPTIVE.search(path) is not None and not has_own_rule(resource, path)
    if is_described or may_hold_secret(resource, path):
        return None
    message = f"exposes {item.name} in plain text"
    return Shown(path, _rule(resource, path, NAMED), message)


def _rule(resource: Resource, path: str, kind: str) -> str:
    """The rule that says so: of its place, if there is one, else of its kind."""
    token = resource.type.token
    if has_own_rule(resource, path):
        return OWN[token][0]
    if is_descriptive(path):
        return DESCRIPTIVE
    if token in WORKLOADS and ".envs[" in path:
        return {NAMED: RUN_VARIABLE, ADDRESS: RUN_ADDRESS}.get(kind, kind)
    return kind


def has_own_rule(resource: Resource, path: str) -> bool:
    """Whether a rule of its own asks for credentials in the input at a path."""
    _, inputs = OWN.get(resource.type.token, ("", ()))
    return any(path == own or path.startswith((f"{own}.", f"{own}[")) for own in inputs)


def is_descriptive(path: str) -> bool:
    """Whether a path leads to labels, annotations, a description or metadata, of whatever."""
    return _DESCRIPTIVE.search(path) is not None


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
