"""The report as a page that holds everything itself, in the style of the security review."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from apex_guardrails.fleet.report.answers import text_of
from apex_guardrails.fleet.report.fleet import Report
from apex_guardrails.reports.review.frame import Page, page
from apex_guardrails.support.text import one_line

ROWS: Final = 100
"""Of each table."""

COLUMNS: Final = 24
"""Of a heat map."""

_LONG: Final = frozenset(
    {"stack", "rule", "name", "type", "message", "resource", "reason", "source", "backend"}
)
"""Columns whose texts may be long."""


def render(report: Report) -> str:
    """The page."""
    sections = [(item.view.name, item.view.title) for item in report.sections]
    contents = [*sections, ("sql", "Your own questions")]
    return _page().render(report=report, contents=contents, long=_LONG)


@cache
def _page() -> Page:
    from markupsafe import escape

    filters: dict[str, Callable[..., Any]] = {
        "brief": lambda text: one_line(text, 100),
        "capital": lambda text: f"{text[:1].upper()}{text[1:]}",
        "many": lambda number: f"{number:,}",
        "text_of": text_of,
        # Our SQL is never cut, as texts of programs are.
        "whole": escape,
    }
    styles = ("page.css", "fleet.css")
    return page("apex_guardrails.fleet.report", "page.html.j2", filters, styles)
