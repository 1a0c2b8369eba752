"""Renders the templates that lie beside this file."""

from __future__ import annotations

from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

# What is rendered is Python, YAML or Markdown, never HTML.
_ENVIRONMENT: Final = Environment(  # noqa: S701
    loader=PackageLoader("apex_guardrails.scaffold", ""),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def render(template: str, **values: Any) -> str:
    """The text of a template, such as `new_rule.py.j2` or `pages/rule.md.j2`, with its values."""
    return _ENVIRONMENT.get_template(template).render(values)
