"""Names of inputs in the ways that different languages write them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_CAPITAL: Final = re.compile(r"[A-Z]")
_SMALL: Final = re.compile(r"_([a-z0-9])")


def camel_case(name: str) -> str:
    """A name of Terraform's or Python's as Pulumi writes it: `ipv4_enabled` is `ipv4Enabled`."""
    return _SMALL.sub(lambda match: match[1].upper(), name)


@cache
def snake_case(name: str) -> str:
    """A Pulumi name as Terraform and Python write it: `ipv4Enabled` is `ipv4_enabled`."""
    return _CAPITAL.sub(lambda match: f"_{match.group().lower()}", name)


def exported(name: str) -> str:
    """A Pulumi name as Go writes it: `ipv4Enabled` is `Ipv4Enabled`."""
    return name[:1].upper() + name[1:]
