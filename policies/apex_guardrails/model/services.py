"""Services group rules, in settings and in reports; each is a folder of rules."""

from collections.abc import Mapping
from typing import Final

FORMER_NAMES: Final[Mapping[str, str]] = {
    "loadbalancing": "lb",
    "servicenetworking": "psa",
    "serviceusage": "serviceapis",
}
"""What some services were called before; settings may say it, and the ids of their rules do."""


def former_name(service: str) -> str:
    """What a service was called before, or its name."""
    return FORMER_NAMES.get(service, service)


def service_of(rule_id: str) -> str:
    """The service of a rule, which is the first word of its id or was once called so."""
    first = rule_id.partition("-")[0]
    return next((service for service, former in FORMER_NAMES.items() if former == first), first)
