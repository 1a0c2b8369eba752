"""What pages share: they hold everything themselves, and no text of a program can run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from apex_guardrails.reports.review.shown import shown

if TYPE_CHECKING:
    from jinja2 import Template

_FRAME: Final = "apex_guardrails.reports.review"
"""Has what every page is made of: the frame, the styles, the script."""


@dataclass(frozen=True)
class Page:
    """What is the same on every page of a kind.

    Attributes:
        policy: the Content-Security-Policy, which lets run and lay out what is here alone.
    """

    template: Template
    style: str
    script: str
    policy: str

    def render(self, **facts: Any) -> str:
        """The page with what it is about."""
        return self.template.render(
            style=self.style, script=self.script, policy=self.policy, **facts
        )


def page(
    package: str,
    template: str,
    filters: Mapping[str, Callable[..., Any]],
    styles: Sequence[str] = ("page.css",),
) -> Page:
    """A kind of page.

    Args:
        package: whose folder has its templates; the review's has what it shares with others.
        template: its file.
        filters: what templates call to show values.
        styles: files, the later ones of which add to the earlier.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    loader = ChoiceLoader([PackageLoader(name, "") for name in dict.fromkeys((package, _FRAME))])
    environment = Environment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=True,
        # Whatever is written goes through it; no text can be forgotten.
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters

    def source(name: str) -> str:
        return loader.get_source(environment, name)[0]

    style, script = "\n".join(map(source, styles)), source("page.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return Page(environment.get_template(template), style, script, policy)


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
