"""docs/peers.md: what other tools check, and our rule about it; and the record of what is covered.

python -m scripts.peers
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from apex_guardrails.controls.peer import RECORD, Peer, PeerCheck, State, grown, peers, recorded
from apex_guardrails.pack.rules import known_rules
from apex_guardrails.support.files import write_text

PAGE: Final = Path(__file__).parents[1] / "docs/peers.md"

ELSEWHERE: Final = {"checkov": "checkov.md#every-check-for-google-cloud"}
"""Tools whose checks another page lists."""

INTRODUCTION: Final = """\
# What others check

Checks for Google Cloud of other tools, and our rule about the same fact or the reason for having
none. *Covered* means that a rule looks at the same fact in a program; it may ask for more, or for
less. What is *open* nobody has decided yet. `apex policies coverage --peers` prints the counts, and
fails when a check that was covered no longer is.

This page is made by `make generated` from the files in `policies/apex_guardrails/controls/peers/`.
What was proposed and is no rule stands in [What is no rule](not-rules.md).
"""


def page(found: Iterable[Peer]) -> str:
    """The page, as Markdown."""
    found = list(found)
    return "\n".join(line for part in (_counts(found), *map(_about, found)) for line in part) + "\n"


def _counts(found: Iterable[Peer]) -> Iterator[str]:
    yield INTRODUCTION
    yield f"| tool | version | checks | {' | '.join(State)} |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for peer in found:
        counts = " | ".join(str(peer.counts[state]) for state in State)
        name = f"[{peer.name}]({peer.source})"
        yield f"| {name} | {peer.version} | {len(peer.checks)} | {counts} |"


def _about(peer: Peer) -> Iterator[str]:
    yield f"\n## {peer.name}\n"
    if peer.id in ELSEWHERE:
        yield f"[Every check]({ELSEWHERE[peer.id]}), and where the two differ, is on its own page."
        return
    yield "| check | our rule | or why not |"
    yield "| --- | --- | --- |"
    yield from map(_row, peer.checks)


def _row(check: PeerCheck) -> str:
    name = f"{check.id}<br>{check.name}" if check.name else check.id
    ours = "<br>".join(f"[{rule}](rules/{rule}.md)" for rule in check.rules)
    return f"| {name} | {ours} | {check.why or ('open' if not ours else '')} |"


def record(found: Iterable[Peer]) -> str:
    """The record as it should be: what is covered now, and what was."""
    return json.dumps(grown(found, recorded() if RECORD.exists() else {}), indent=1) + "\n"


if __name__ == "__main__":
    now = peers(known_rules())
    write_text(PAGE, page(now))
    write_text(RECORD, record(now))
