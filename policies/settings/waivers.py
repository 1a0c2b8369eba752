"""Applies waivers to findings, and knows which of them did nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from policies.model import EnforcementLevel, Finding, Waiver


class Waivers:
    """The waivers that count on one stack on one day."""

    def __init__(self, waivers: Iterable[Waiver], today: date) -> None:
        self._waivers = list(waivers)
        self._today = today
        self._used: set[Waiver] = set()

    def apply(self, finding: Finding) -> Finding:
        """The finding as advice that names its waiver, where one covers it and still counts.

        One that has expired leaves the finding as grave as it is, and the message says so.
        """
        covering = [item for item in self._waivers if item.covers(finding.rule.id, finding.urn)]
        self._used.update(covering)
        valid = next((item for item in covering if not item.is_expired(self._today)), None)
        if valid is not None:
            return replace(
                finding,
                level=finding.level.at_most(EnforcementLevel.ADVISORY),
                waiver=valid,
            )
        if covering:
            last = max(covering, key=lambda item: item.expires)
            return replace(
                finding,
                message=f"{finding.message}; "
                f"the waiver of {last.owner} expired on {last.expires.isoformat()}",
            )
        return finding

    def are_about(self, finding: Finding) -> bool:
        """Whether one covers a finding, or did until it expired."""
        return any(item.covers(finding.rule.id, finding.urn) for item in self._waivers)

    def unused(self) -> list[Waiver]:
        """Those that covered nothing so far."""
        return [item for item in self._waivers if item not in self._used]

    def warnings(self) -> list[str]:
        """What to tell whoever keeps the waivers, once a whole stack was judged."""
        return [
            f"the waiver for {item} (owner {item.owner}) covers nothing here: remove it, or move "
            "it to the stack that needs it"
            for item in self.unused()
        ]
