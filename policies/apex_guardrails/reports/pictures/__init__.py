"""Pictures of a judgement as inline SVG, for pages that hold everything themselves.

Their colours are the page's custom properties, with fallbacks; they have neither styles nor ids of
their own, so that a page's content security policy and its other pictures are none of their matter.
"""

from apex_guardrails.reports.pictures.network import network_picture

__all__ = ["network_picture"]
