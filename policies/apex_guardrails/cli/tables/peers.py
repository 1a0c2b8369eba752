"""What other tools check and which of it our rules cover: as a table, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from apex_guardrails.controls import Peer, State


def render(peers: Iterable[Peer], console: Console) -> None:
    """Shows how many checks of each tool are in which state, and under it those that are open."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("tool")
    for column in ("checks", *State):
        table.add_column(column, justify="right", no_wrap=True)
    peers = list(peers)
    for peer in peers:
        counts = [str(peer.counts[state]) for state in State]
        table.add_row(escape(f"{peer.name} {peer.version}"), str(len(peer.checks)), *counts)
    console.print(table)
    for peer in peers:
        names = [check.id for check in peer.checks if check.state is State.OPEN]
        if names:
            line = f"{peer.id}, open: {', '.join(names)}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def as_json(peers: Iterable[Peer], lost: Sequence[str]) -> str:
    """The same for programs, with every check."""
    return json.dumps({"peers": [_peer(peer) for peer in peers], "lost": lost}, indent=2)


def _peer(peer: Peer) -> dict[str, object]:
    return {
        "id": peer.id,
        "name": peer.name,
        "version": peer.version,
        "source": peer.source,
        "counts": {state: peer.counts[state] for state in State},
        "checks": [
            {
                "id": check.id,
                "name": check.name,
                "state": check.state,
                "rules": check.rules,
                "reason": check.why,
            }
            for check in peer.checks
        ],
    }
