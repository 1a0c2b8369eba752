"""Names of inputs in the ways that different languages write them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])(?![A-Z]s(?:[A-Z]|\Z))")
"""Where a word begins; capitals in a row are one, with the `s` of their plural: `podIPs`."""

_SMALL: Final = re.compile(r"_([a-z0-9])")


def camel_case(name: str) -> str:
    """A name of Terraform's or Python's as Pulumi writes it: `ipv4_enabled` is `ipv4Enabled`."""
    return _SMALL.sub(lambda match: match[1].upper(), name)


@cache
def snake_case(name: str) -> str:
    """A Pulumi name as Terraform and Python write it: `ipv4Enabled` is `ipv4_enabled`."""
    return _WORD.sub("_", name).lower()


def exported(name: str) -> str:
    """A Pulumi name as Go writes it: `ipv4Enabled` is `Ipv4Enabled`."""
    return name[:1].upper() + name[1:]
