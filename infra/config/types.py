"""The kinds of values that a stack's configuration has.

Each validator's message goes on after the value that was found: "database-tier: 'x' is ...".
"""

import re
from ipaddress import IPv4Network
from typing import Annotated

import pulumi
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from infra.config.keys import environment_of, given
from infra.images import is_pinned
from infra.release import percentages

_PRIVATE_RANGES = tuple(  # RFC 1918
    IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
PASSWORD_LENGTH = 16
"""Characters that a database's password has at least."""
POSTGRES_USER = "apex"
"""The application's user, whose name PostgreSQL's password may not contain."""
_COMPLEXITY = {
    # "A combination of lowercase, uppercase, numeric, and non-alphanumeric characters" (Cloud SQL
    # Admin API, PasswordValidationPolicy, 2026). All four in ASCII: of others it says nothing.
    "lower-case letter": r"[a-z]",
    "upper-case letter": r"[A-Z]",
    "digit": r"[0-9]",
    "character that is neither letter nor digit": r"[!-/:-@\[-`{-~]",
}
_IMAGE = re.compile(
    # The grammar of the Distribution project (reference.go), for what a registry's path may be.
    r"([a-z0-9.-]+(:\d+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?",
    re.ASCII,
)


def _boolean(found: object) -> bool:
    """Reads a boolean as Pulumi does: nothing but these two."""
    if found not in ("true", "false", True, False):
        raise ValueError("is not a boolean")
    return found in ("true", True)


def _private_range(found: IPv4Network) -> IPv4Network:
    if not any(found.subnet_of(private) for private in _PRIVATE_RANGES):
        raise ValueError("is not in a private range")
    return found


def _image(found: str, info: ValidationInfo) -> str:
    """Accepts a container image; outside dev, one that is named by digest."""
    if not _IMAGE.fullmatch(found):
        raise ValueError("is not a container image")
    environment = environment_of(given(info, "stack"))
    if environment not in ("dev", None) and not is_pinned(found):
        raise ValueError(
            f"has no digest: in {environment}, a tag could later point to another image"
        )
    return found


def _secret(found: object) -> object:
    """Marks what the configuration keeps encrypted; what it does not is refused."""
    return pulumi.Output.secret(found) if isinstance(found, str) else found


def long_enough(found: object) -> object:
    """Accepts a password that is not soon guessed."""
    if isinstance(found, str) and len(found) < PASSWORD_LENGTH:
        raise ValueError(f"has fewer than {PASSWORD_LENGTH} characters")
    return found


def fit_for_cloud_sql(found: object) -> object:
    """Accepts what the instance's password policy takes (infra/databases/postgres.py)."""
    if isinstance(found, str):
        for kind, pattern in _COMPLEXITY.items():
            if not re.search(pattern, found):
                raise ValueError(f"has no {kind}")
        if POSTGRES_USER in found.lower():
            raise ValueError(f"has the user's name in it ({POSTGRES_USER})")
    return found


def fit_for_neo4j(found: object) -> object:
    """Accepts what Neo4j's image takes, which reads USER/PASSWORD and calls a command with it."""
    if isinstance(found, str) and ("/" in found or found.startswith("-")):
        raise ValueError("has a slash in it or a hyphen at its start, which Neo4j's image misreads")
    return found


Boolean = Annotated[bool, BeforeValidator(_boolean)]
LabelValue = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,63}$")]
Range = Annotated[IPv4Network, AfterValidator(_private_range)]
Image = Annotated[str, AfterValidator(_image)]
ReleaseSteps = Annotated[tuple[int, ...], BeforeValidator(percentages)]
Secret = Annotated[pulumi.Output[str], BeforeValidator(_secret)]

BOOLEAN = "true or false"
DISK = "10 to 65536 GB"
LABEL = "1 to 63 lower-case letters, digits, hyphens and underscores"
"""What is expected, in words."""
