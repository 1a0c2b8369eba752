"""Pictures of a judgement as inline SVG, for pages that hold everything themselves.

Their colours are the page's custom properties, with fallbacks; they have neither styles nor ids of
their own, so that a page's content security policy and its other pictures are none of their matter.
"""

from apex_guardrails.reports.pictures.cost import cost_chart
from apex_guardrails.reports.pictures.network import network_picture
from apex_guardrails.reports.pictures.tree import resource_tree

__all__ = ["cost_chart", "network_picture", "resource_tree"]
