"""How often each secret has been rotated, and what its value is recognised by.

Without anything of Pulumi or Google Cloud: the program makes the versions of a secret by it, and
the rotation command reads them back from the stack's state.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

# `jwt-secret-key=3`, or `jwt-secret-key=2+3` while the version before is enabled still.
_ROTATION = re.compile(r"([a-z0-9-]+)=(?:(\d{1,6})\+)?(\d{1,6})", re.ASCII)


@dataclass(frozen=True)
class Rotation:
    """Where a secret is.

    Attributes:
        number: How often it has been rotated, the rotation that is under way included.
        is_under_way: Whether the version before is enabled still.

    Raises:
        ValueError: the first value is none that a rotation made.
    """

    number: int = 0
    is_under_way: bool = False

    def __post_init__(self) -> None:
        if self.number < int(self.is_under_way):
            raise ValueError("a rotation that is under way is at least the first")

    @property
    def numbers(self) -> list[int]:
        """Those of the versions that there are, the current one last."""
        return [self.number - 1, self.number] if self.is_under_way else [self.number]

    def begun(self) -> "Rotation":
        """With one more version, beside the current one."""
        return Rotation(self.number + 1, is_under_way=True)

    def finished(self) -> "Rotation":
        """Without the version before."""
        return Rotation(self.number)

    def taken_back(self) -> "Rotation":
        """Without the newest version."""
        return Rotation(self.number - 1)


def rotations_of(text: str) -> dict[str, Rotation]:
    """Reads them as the configuration has them, by secret; what is not there was never rotated.

    Raises:
        ValueError: the text has something else in it; says what is wrong.
    """
    rotations: dict[str, Rotation] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _ROTATION.fullmatch(part)
        if not match:
            raise ValueError("is no list of rotations")
        secret, before, number = match[1], match[2], int(match[3])
        if before is not None and int(before) + 1 != number:
            raise ValueError(f"has two versions of {secret} that do not follow one another")
        if secret in rotations:
            raise ValueError(f"has {secret} twice")
        rotations[secret] = Rotation(number, is_under_way=before is not None)
    return rotations


def text_of(rotations: Mapping[str, Rotation]) -> str:
    """Writes them as the configuration has them."""
    return ", ".join(
        f"{secret}={'+'.join(map(str, rotation.numbers))}"
        for secret, rotation in sorted(rotations.items())
        if rotation != Rotation()
    )


def version_name(secret: str, number: int) -> str:
    """The name of the resource that is a secret's version after so many rotations."""
    return f"{secret}-{number}" if number else secret


def fingerprint(value: str, resent: int) -> str:
    """A whole number, another one for another value.

    48 bits, which are exact as a number of JSON's: Cloud SQL takes no other.

    Args:
        value: The secret's value.
        resent: Another number makes it another one, though the value is the same.
    """
    return str(int(hashlib.sha256(f"{resent}:{value}".encode()).hexdigest()[:12], 16))
