"""Puts the page together: nothing is fetched, and no text of a program can run or lay out."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from apex_guardrails.judgement.model import Judgement
from apex_guardrails.reports.pictures import network_picture
from apex_guardrails.reports.review import facts
from apex_guardrails.reports.review.shown import shown

if TYPE_CHECKING:
    from jinja2 import Template


def render(document: Judgement) -> str:
    """The document as a page that holds everything itself."""
    page = _page()
    return page.template.render(
        document=document,
        style=page.style,
        script=page.script,
        policy=page.policy,
        picture=network_picture(document),
        **facts.about(document),
    )


@dataclass(frozen=True)
class _Page:
    """What is the same on every page.

    Attributes:
        policy: the Content-Security-Policy, which lets run and lay out what is here alone.
    """

    template: Template
    style: str
    script: str
    policy: str


@cache
def _page() -> _Page:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("apex_guardrails.reports.review", "")
    environment = Environment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=True,
        # Whatever is written goes through it; no text can be forgotten.
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= facts.FILTERS
    style, script = (loader.get_source(environment, name)[0] for name in ("page.css", "page.js"))
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return _Page(environment.get_template("page.html.j2"), style, script, policy)


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
