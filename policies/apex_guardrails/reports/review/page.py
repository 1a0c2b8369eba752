"""Puts the page together."""

from __future__ import annotations

from functools import cache

from apex_guardrails.judgement.model import Judgement
from apex_guardrails.reports.pictures import network_picture
from apex_guardrails.reports.review import facts
from apex_guardrails.reports.review.frame import Page, page


def render(document: Judgement) -> str:
    """The document as a page that holds everything itself."""
    return _page().render(
        document=document, picture=network_picture(document), **facts.about(document)
    )


@cache
def _page() -> Page:
    return page("apex_guardrails.reports.review", "page.html.j2", facts.FILTERS)
