"""Pictures of a judgement as inline SVG, for pages that hold everything themselves."""

from __future__ import annotations

from policies.reports.document import Document


def cost_chart(document: Document) -> str:
    """What costs how much; "" where nothing has a price."""
    del document
    return ""


def network_picture(document: Document) -> str:
    """What may talk to what; "" where that is not known."""
    del document
    return ""


def resource_tree(document: Document) -> str:
    """Which resource belongs to which; "" without resources."""
    del document
    return ""
