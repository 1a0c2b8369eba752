"""Where a secret's rotation is: what the stack's file says, against what was deployed. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.rotation import Rotation
from operations.errors import OperationError

_TYPE = "gcp:secretmanager/secretVersion:SecretVersion"


@dataclass(frozen=True)
class Place:
    """Where one secret is.

    A rotation goes from `n` to `n+(n+1)`, and from there to `n+1`: first in the file, then in what
    is deployed. So each differs from the other where a deployment did not come to its end.

    Attributes:
        file: What the stack's file says.
        deployed: The fingerprint of each version in the state, by its number.
    """

    file: Rotation
    deployed: Mapping[int, str]

    @property
    def newest(self) -> int:
        """The number of the newest version that was deployed."""
        return max(self.deployed)

    @property
    def is_under_way(self) -> bool:
        """Whether a rotation was begun that is not at its end."""
        return self.file.is_under_way or len(self.deployed) > 1

    @property
    def is_deployed(self) -> bool:
        """Whether both versions were deployed."""
        return self.file.is_under_way and self.file.number == self.newest

    @property
    def fits(self) -> bool:
        """Whether the file is ahead of what was deployed by one step forward at most."""
        if self.file.number == self.newest:
            return True
        return self.file.is_under_way and self.file.number == self.newest + 1

    @property
    def is_taken_back(self) -> bool:
        """Whether the file is one step back."""
        return not self.file.is_under_way and self.file.number == self.newest - 1

    @property
    def previous(self) -> Rotation:
        """Where it was before the rotation that is under way."""
        return self.file if self.is_taken_back else self.file.taken_back()


def read_places(
    resources: Sequence[Mapping[str, Any]], file: Mapping[str, Rotation], keys: Sequence[str]
) -> dict[str, Place]:
    """Where each secret is.

    Args:
        resources: Those of the state, secrets in the clear.
        file: What the stack's file says.
        keys: The secrets.

    Raises:
        OperationError: a secret was never deployed.
    """
    names = {key: re.compile(rf"{re.escape(key)}(?:-(\d+))?") for key in keys}
    deployed: dict[str, dict[int, str]] = {key: {} for key in keys}
    for resource in resources:
        if resource["type"] != _TYPE or resource.get("delete"):
            continue
        name = resource["urn"].rpartition("::")[2]
        for key, pattern in names.items():
            if match := pattern.fullmatch(name):
                told = resource["inputs"]["secretDataWoVersion"]
                deployed[key][int(match[1] or 0)] = _plain(told)
    for key in keys:
        if not deployed[key]:
            raise OperationError(f"{key} has not been deployed: run pulumi up first")
    return {key: Place(file.get(key, Rotation()), deployed[key]) for key in keys}


def _plain(value: Any) -> str:
    if isinstance(value, Mapping) and "plaintext" in value:  # a secret, as the state has it
        value = json.loads(value["plaintext"])
    return f"{value:.0f}" if isinstance(value, float) else str(value)
