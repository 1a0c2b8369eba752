"""A stack in memory, as far as a rotation of its secrets goes, which can be killed anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from infra.config.secrets import SECRET_KEYS
from infra.release import Release
from infra.rotation import Rotation, fingerprint, rotations_of, version_name
from operations.errors import Exit, OperationError
from operations.stack import OperatedStack, Scope, Update
from tests.operations.killing import KilledError
from tests.operations.states import STABLE, state

VERSION = "gcp:secretmanager/secretVersion:SecretVersion"


def old(key: str) -> SecretStr:
    return SecretStr(f"Old-1-of-{key}")


@dataclass
class Version:
    """One version in Secret Manager."""

    value: str
    resent: str = "1"


@dataclass
class SecretStack(OperatedStack):
    """What `OperatedStack` does, step by step as the engine does it."""

    file: dict[str, str] = field(default_factory=dict)
    values: dict[str, SecretStr] = field(
        default_factory=lambda: {key: old(key) for key in SECRET_KEYS}
    )
    versions: dict[tuple[str, int], Version] = field(
        default_factory=lambda: {
            (key, 0): Version(old(key).get_secret_value()) for key in SECRET_KEYS
        }
    )
    read: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SECRET_KEYS, 0))
    """The version of each secret that the services read."""
    past: list[Update] = field(default_factory=list)
    released: bool = False
    left: int | None = None
    """Steps until it is killed."""
    failing: set[tuple[str, int]] = field(default_factory=set)
    """Versions that the services do not start with."""
    refusing: bool = False
    """Whether the preview is refused."""

    def __post_init__(self) -> None:
        self._remember()

    @property
    def name(self) -> str:
        return "staging"

    @property
    def secret_keys(self) -> list[str]:
        return list(SECRET_KEYS)

    def config(self, key: str) -> str:
        defaults = {"secrets-version": "1", "secret-rotations": "", "qdrant-runtime": "cloud-run"}
        return self.file.get(key, defaults[key])

    def secrets(self) -> dict[str, SecretStr]:
        return dict(self.values)

    def resources(self) -> list[Mapping[str, Any]]:
        api = state(
            Release(STABLE) if self.released else None,
            outputs={"api_url": "https://api.example.com/"},
        )
        versions = [
            {
                "type": VERSION,
                "urn": f"urn:pulumi:staging::project::{VERSION}::{version_name(key, number)}",
                "inputs": {
                    "secretDataWoVersion": {
                        "plaintext": json.dumps(fingerprint(it.value, int(it.resent)))
                    }
                },
            }
            for (key, number), it in self.versions.items()
        ]
        return [*api, *versions]

    def history(self, *, with_secrets: bool = False) -> Iterator[Update]:
        assert with_secrets
        return iter(self.past)

    def deploy(
        self,
        values: Mapping[str, str],
        secrets: Mapping[str, SecretStr] | None = None,
        scope: Scope | None = None,
    ) -> None:
        assert scope is None
        before = dict(self.file), dict(self.values)
        for key, value in (secrets or {}).items():
            self.values[key] = value
            self._step()
        self.file.update(values)
        self._step()
        if self.refusing:
            self.file, self.values = before
            raise OperationError("the preview of stack staging is refused", Exit.REFUSED)
        self._remember()
        self._up()

    def _up(self) -> None:
        rotations = rotations_of(self.config("secret-rotations"))
        wanted = {key: rotations.get(key, Rotation()) for key in SECRET_KEYS}
        for key, rotation in wanted.items():
            for number in rotation.numbers:
                value = self.values[key].get_secret_value()
                if number == rotation.number or (key, number) not in self.versions:
                    self.versions[key, number] = Version(value, self.config("secrets-version"))
                    self._step()
        for key, rotation in wanted.items():
            if (key, rotation.number) in self.failing:
                raise OperationError("the deployment of stack staging failed", Exit.FAILED)
            self.read[key] = rotation.number
            self._step()
        for key, number in list(self.versions):
            if number not in wanted[key].numbers:
                assert self.read[key] != number, "what is read is disabled"
                del self.versions[key, number]
                self._step()

    def _step(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise KilledError

    def _remember(self) -> None:
        config = {"secrets-version": self.config("secrets-version")}
        self.past.insert(
            0, Update(config, datetime.now(UTC), succeeded=True, secrets=dict(self.values))
        )

    def value_read(self, key: str) -> str:
        """What the services have of a secret."""
        return self.versions[key, self.read[key]].value

    def numbers(self, key: str) -> list[int]:
        """The versions that there are of a secret."""
        return [number for known, number in self.versions if known == key]
