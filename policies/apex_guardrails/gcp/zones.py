"""Cloud DNS zones: which of them the internet asks."""

from __future__ import annotations

from apex_guardrails.model.resource import Resource


def is_public(zone: Resource) -> bool:
    """Whether anybody may ask a zone. Omitted: yes (the provider's default).

    Raises:
        UndecidedError: it is not known before deployment.
    """
    return str(zone.get("visibility", omitted="public")).lower() != "private"
