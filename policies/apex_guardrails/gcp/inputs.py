"""What Google, or the provider, takes where a program leaves an input out."""

from __future__ import annotations

from dataclasses import dataclass, field

from apex_guardrails.model.value import Value
from apex_guardrails.model.view import View


@dataclass(frozen=True, slots=True)
class Input:
    """An input that more than one reads, and what it is where it is left out.

    Attributes:
        path: where it is, such as `settings.ipConfiguration.ipv4Enabled`.
        omitted: what Google, or the provider, then takes. Whoever defines it names the source.
    """

    path: str
    omitted: Value = field(kw_only=True)

    def get(self, view: View) -> Value:
        """Its value.

        Raises:
            UndecidedError: it is not known before deployment.
        """
        return view.get(self.path, omitted=self.omitted)

    def peek(self, view: View) -> Value:
        """Its value; `UNKNOWN` where it is not known before deployment."""
        return view.peek(self.path, omitted=self.omitted)
