"""The network: who is reached from the internet, over what, and what lies behind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from apex_guardrails.gcp.types import (
    ALLOYDB_INSTANCE,
    BIGQUERY_DATASET,
    CLOUDFUNCTIONS_FUNCTION,
    CLOUDFUNCTIONSV2_FUNCTION,
    CLOUDRUN_SERVICE,
    CLOUDRUNV2_JOB,
    CLOUDRUNV2_SERVICE,
    CLOUDRUNV2_WORKER_POOL,
    COMPUTE_FORWARDING_RULE,
    COMPUTE_GLOBAL_FORWARDING_RULE,
    COMPUTE_INSTANCE,
    COMPUTE_INSTANCE_FROM_TEMPLATE,
    COMPUTE_INSTANCE_GROUP_MANAGER,
    COMPUTE_NETWORK,
    COMPUTE_REGION_INSTANCE_GROUP_MANAGER,
    COMPUTE_ROUTER_NAT,
    COMPUTE_SUBNETWORK,
    CONTAINER_CLUSTER,
    FILESTORE_INSTANCE,
    MEMCACHE_INSTANCE,
    MEMORYSTORE_INSTANCE,
    REDIS_CLUSTER,
    REDIS_INSTANCE,
    SQL_DATABASE_INSTANCE,
    STORAGE_BUCKET,
)
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model.phrases import listed
from apex_guardrails.network.document import NetworkDocument, NetworkEdge, NetworkNode
from apex_guardrails.network.terms import Access, NodeKind
from apex_guardrails.reports.pictures.drawing import (
    CRITICAL,
    HIGH,
    INK,
    LINE,
    MEDIUM,
    MUTED,
    SURFACE,
    TIMES,
    WIDTH,
    Drawing,
    fitted,
    tooltip,
)
from apex_guardrails.reports.pictures.layers import Box, Layout, Line, lay_out

MOST: Final = 24
"""Boxes of a column; where there are more, those of a kind are one."""

_BOX: Final = 180
_ROW: Final = 16
_TOP: Final = 44
_MARGIN: Final = 8
_LINE_ROOM: Final = 8

_HEADS: Final = ("Outside", "Entrances", "Workloads", "Networks", "Data and ways out")

_COLUMNS: Final = {
    NodeKind.INTERNET: 0,
    NodeKind.RANGE: 0,
    NodeKind.ENTRANCE: 1,
    NodeKind.WORKLOAD: 2,
    NodeKind.NETWORK: 3,
    NodeKind.SUBNETWORK: 3,
    NodeKind.NAT: 4,
    NodeKind.DATA: 4,
}

_COLOURS: Final = {
    Access.OPEN: CRITICAL,
    Access.GUARDED: HIGH,
    Access.UNKNOWN: MEDIUM,
    Access.PRIVATE: MUTED,
}
_MARKS: Final = {
    Access.OPEN: "● open to the internet",
    Access.GUARDED: "◐ from outside, guarded",
    Access.UNKNOWN: "? not known yet",
    Access.PRIVATE: "",
}
_LEGEND: Final = {
    Access.OPEN: "open to anybody on the internet",
    Access.GUARDED: "from outside, for whom IAM, a login or a list admits",
    Access.UNKNOWN: "not known before deployment",
    Access.PRIVATE: "private",
}

_TYPES: Final = {
    ALLOYDB_INSTANCE: "AlloyDB instance",
    BIGQUERY_DATASET: "BigQuery data set",
    CLOUDFUNCTIONS_FUNCTION: "Cloud Function",
    CLOUDFUNCTIONSV2_FUNCTION: "Cloud Run function",
    CLOUDRUN_SERVICE: "Cloud Run service",
    CLOUDRUNV2_JOB: "Cloud Run job",
    CLOUDRUNV2_SERVICE: "Cloud Run service",
    CLOUDRUNV2_WORKER_POOL: "Cloud Run worker pool",
    COMPUTE_FORWARDING_RULE: "regional load balancer",
    COMPUTE_GLOBAL_FORWARDING_RULE: "global load balancer",
    COMPUTE_INSTANCE: "virtual machine",
    COMPUTE_INSTANCE_FROM_TEMPLATE: "virtual machine",
    COMPUTE_INSTANCE_GROUP_MANAGER: "instance group",
    COMPUTE_NETWORK: "VPC network",
    COMPUTE_REGION_INSTANCE_GROUP_MANAGER: "instance group",
    COMPUTE_ROUTER_NAT: "Cloud NAT",
    COMPUTE_SUBNETWORK: "subnetwork",
    CONTAINER_CLUSTER: "GKE cluster",
    FILESTORE_INSTANCE: "Filestore",
    MEMCACHE_INSTANCE: "Memorystore, Memcached",
    MEMORYSTORE_INSTANCE: "Memorystore, Valkey",
    REDIS_CLUSTER: "Memorystore, Redis cluster",
    REDIS_INSTANCE: "Memorystore, Redis",
    SQL_DATABASE_INSTANCE: "Cloud SQL",
    STORAGE_BUCKET: "bucket",
}


@dataclass
class _Card:
    """What one box shows: a node, a network with its subnetworks, or many of a kind."""

    key: str
    column: int
    name: str
    about: str
    access: Access
    details: list[str] = field(default_factory=list)
    ports: dict[str, None] = field(default_factory=dict)

    def rows(self) -> list[str]:
        """The lines below the name."""
        ports = [f"in: {listed(list(self.ports), 3)}"] if self.ports else []
        subnetworks = self.details[:3]
        if len(self.details) > len(subnetworks):
            subnetworks.append(f"and {len(self.details) - len(subnetworks):,} more")
        return [*([self.about] if self.about else []), *subnetworks, *ports]

    @property
    def height(self) -> float:
        """How tall the box is."""
        return 26 + _ROW * (len(self.rows()) + bool(_MARKS[self.access])) + 4


@dataclass
class _Link:
    """All edges between two cards."""

    access: Access = Access.PRIVATE
    forward: bool = False
    backward: bool = False
    reasons: dict[str, None] = field(default_factory=dict)


def network_picture(document: Judgement) -> str:
    """What may talk to what; "" where that is not known or nothing talks."""
    network = document.network
    if network is None or not any(node.urns for node in network.nodes):
        return ""
    layout, cards, links = arranged(network)
    drawing = Drawing("Network of the stack", _description(network))
    used = sorted({card.column for card in cards.values()})
    for number, column in enumerate(used):
        x = next(box.x for box in layout.boxes.values() if box.column == number)
        drawing.text(x, 18, _HEADS[column], size=12, fill=MUTED, weight="600")
    # What matters most is drawn last, above the rest.
    lines = [(links[line.source, line.target], line) for line in layout.lines]
    for link, line in sorted(lines, key=lambda item: -item[0].access.rank):
        _draw_line(drawing, line, link, cards)
    for key, box in layout.boxes.items():
        _draw_card(drawing, box, cards[key])
    drawing.height = layout.height + 20
    _legend(drawing, {link.access for link in links.values()})
    _not_drawn(drawing, network)
    return drawing.svg()


def arranged(
    network: NetworkDocument,
) -> tuple[Layout, dict[str, _Card], dict[tuple[str, str], _Link]]:
    """The boxes and lines of a network, in their places."""
    where, cards = _cards(network)
    links: dict[tuple[str, str], _Link] = {}
    for edge in network.edges:
        _link(edge, where, cards, links)
    joined = {key for pair in links for key in pair}
    for card in list(cards.values()):
        # A source whose every way was another's is no box of its own.
        if card.key not in joined and card.column == 0:
            del cards[card.key]
    ends = Counter(key for pair in links for key in pair)
    boxes = [
        Box(
            card.key,
            card.column,
            _BOX,
            # Where many lines end, they need room.
            max(card.height, _LINE_ROOM * ends[card.key]),
            rank=(card.access.rank, f"{card.key != 'internet'} {card.name}"),
        )
        for card in cards.values()
    ]
    return lay_out(boxes, links, WIDTH, _TOP), cards, links


def _cards(network: NetworkDocument) -> tuple[dict[str, str], dict[str, _Card]]:
    """Where each node is shown, and what is shown."""
    into = {edge.target for edge in network.edges}
    nodes = [
        node for node in network.nodes if not (node.kind is NodeKind.SUBNETWORK and node.network)
    ]
    by_column: defaultdict[int, list[NetworkNode]] = defaultdict(list)
    for node in nodes:
        by_column[_column(node, into)].append(node)
    where: dict[str, str] = {}
    cards: dict[str, _Card] = {}
    for column, there in sorted(by_column.items()):
        many = len(there) > MOST
        kinds: defaultdict[tuple[str, str, str], list[NetworkNode]] = defaultdict(list)
        for node in there:
            key = (node.kind.value, node.type, node.access.value)
            kinds[key if many and node.urns else (node.id, "", "")].append(node)
        for group in _few(list(kinds.values())):
            card = _card(group, column)
            cards[card.key] = card
            where |= {node.id: card.key for node in group}
    for node in network.nodes:
        if node.kind is NodeKind.SUBNETWORK and node.network:
            where[node.id] = where[node.network]
            card = cards[where[node.network]]
            card.details.append(f"{node.name} {node.detail}".strip())
    return where, cards


def _column(node: NetworkNode, into: set[str]) -> int:
    # Addresses that are reached, or are private, lie within.
    inside = node.id in into or "private" in node.detail or node.name == "Private Service Connect"
    if node.kind is NodeKind.RANGE and (inside or node.detail == "a tunnel"):
        return 4
    return _COLUMNS[node.kind]


def _few(groups: list[list[NetworkNode]]) -> Iterator[list[NetworkNode]]:
    """So many groups as there is room for; the rest is one, but for the internet."""
    if len(groups) <= MOST:
        yield from groups
        return
    groups.sort(key=lambda group: (group[0].kind is not NodeKind.INTERNET, group[0].access.rank))
    yield from groups[: MOST - 1]
    yield [node for group in groups[MOST - 1 :] for node in group]


def _card(group: Sequence[NetworkNode], column: int) -> _Card:
    first = group[0]
    access = min((node.access for node in group), key=lambda item: item.rank)
    if len(group) == 1:
        about = _TYPES.get(first.type) or first.detail or _short(first.type)
        details = [first.detail] if first.detail and first.detail != about else []
        return _Card(first.id, column, first.name, about, access, details)
    count = sum(max(1, len(node.urns)) for node in group)
    types = {node.type for node in group}
    kind = (_TYPES.get(first.type) or _short(first.type)) if len(types) == 1 else "of several types"
    names = sorted(node.name for node in group)
    about = f"{names[0]} to {names[-1]}"
    return _Card(f"{first.id} and more", column, f"{count:,} {TIMES} {kind}", about, access)


def _short(token: str) -> str:
    return token.partition(":")[2].partition(":")[0] or token


def _link(
    edge: NetworkEdge,
    where: dict[str, str],
    cards: dict[str, _Card],
    links: dict[tuple[str, str], _Link],
) -> None:
    source, target = where[edge.source], where[edge.target]
    if edge.target == "internet":
        # Ways out are said in the box: their lines would run back over everything.
        is_nat = cards[source].column == _COLUMNS[NodeKind.NAT]
        out = "out: to the internet" if is_nat else "out: direct"
        if out not in cards[source].details:
            cards[source].details.append(out)
        return
    for port in edge.ports:
        cards[target].ports[port] = None
    if source == target:
        return
    turned = (target, source) in links
    link = links.setdefault((target, source) if turned else (source, target), _Link())
    link.forward |= not turned
    link.backward |= turned
    link.access = min(link.access, edge.access, key=lambda item: item.rank)
    if len(link.reasons) < 20:  # noqa: PLR2004 more is no tooltip
        ports = f" ({', '.join(edge.ports)})" if edge.ports else ""
        link.reasons[f"{edge.reason}{ports}"] = None


def _draw_line(drawing: Drawing, line: Line, link: _Link, cards: dict[str, _Card]) -> None:
    colour = _COLOURS[link.access]
    width = "1.2" if link.access is Access.PRIVATE else "2"
    dashes = {"stroke_dasharray": "5 4"} if link.access is Access.UNKNOWN else {}
    path = drawing.path(_curve(line), stroke=colour, stroke_width=width, **dashes)
    names = f"{cards[line.source].name} → {cards[line.target].name}"
    tooltip(path, f"{names}: {'; '.join(link.reasons)}")
    for is_there, end in ((link.forward, -1), (link.backward, 0)):
        if is_there:
            drawing.path(_arrow(line, end), stroke="none", fill=colour)


def _curve(line: Line) -> str:
    (x, y), *rest = line.points
    parts = [f"M{x:.1f} {y:.1f}"]
    if line.is_within:
        (x1, y1) = rest[0]
        bend = x - 18 - min(24.0, abs(y1 - y) / 12)
        return f"{parts[0]}C{bend:.1f} {y:.1f} {bend:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    for x1, y1 in rest:
        half = (x1 - x) / 2
        if y == y1:
            parts.append(f"H{x1:.1f}")
        else:
            parts.append(f"C{x + half:.1f} {y:.1f} {x1 - half:.1f} {y1:.1f} {x1:.1f} {y1:.1f}")
        x, y = x1, y1
    return "".join(parts)


def _arrow(line: Line, end: int) -> str:
    """The head of a line, which arrives level."""
    x, y = line.points[end]
    before = line.points[1 if end == 0 else -2]
    back = 7 if before[0] > x else -7
    return f"M{x:.1f} {y:.1f}l{back} -4v8z"


def _draw_card(drawing: Drawing, box: Box, card: _Card) -> None:
    colour = _COLOURS[card.access]
    is_private = card.access is Access.PRIVATE
    frame = drawing.rect(
        box.x,
        box.y,
        box.width,
        box.height,
        fill=SURFACE,
        stroke=LINE if is_private else colour,
        radius=4,
        **({"stroke_dasharray": "5 4"} if card.access is Access.UNKNOWN else {}),
    )
    tooltip(frame, "; ".join([card.name, *card.rows(), *card.details]))
    x, y, room = box.x + _MARGIN, box.y + 19, box.width - 2 * _MARGIN
    drawing.text(x, y, card.name, size=13, weight="600", room=room)
    for row in card.rows():
        y += _ROW
        drawing.text(x, y, row, size=11.5, fill=MUTED, room=room)
    if not is_private:
        y += _ROW
        drawing.text(x, y, _MARKS[card.access], size=11, fill=colour, weight="600", room=room)


def _legend(drawing: Drawing, used: set[Access]) -> None:
    x, y = 0.0, drawing.height + 12
    for access in Access:
        if access not in used:
            continue
        dashes = {"stroke_dasharray": "5 4"} if access is Access.UNKNOWN else {}
        width = "1.2" if access is Access.PRIVATE else "2"
        drawing.path(
            f"M{x:.1f} {y - 4:.1f}h26", stroke=_COLOURS[access], stroke_width=width, **dashes
        )
        drawing.text(x + 32, y, _LEGEND[access], size=11.5, fill=MUTED)
        x += 32 + 6.6 * len(_LEGEND[access]) + 24
    drawing.height = y + 8


def _not_drawn(drawing: Drawing, network: NetworkDocument) -> None:
    said = list(network.notes)
    if network.unknown_types:
        said.append(f"types that the picture does not know: {listed(network.unknown_types, 4)}")
    for words in said:
        drawing.height += 18
        drawing.text(0, drawing.height - 6, fitted(words, WIDTH, 11.5), size=11.5, fill=INK)


def _description(network: NetworkDocument) -> str:
    """The picture in words, for whoever does not see it."""

    def names(access: Access) -> str:
        return listed([node.name for node in network.reached(access)], 12)

    parts = [
        f"{words}: {there}."
        for access, words in (
            (Access.OPEN, "Open to anybody on the internet"),
            (Access.GUARDED, "Reached from outside by whom IAM, a login or a list admits"),
            (Access.UNKNOWN, "Not known before deployment"),
        )
        if (there := names(access))
    ]
    return " ".join(parts) or "Nothing is reached from the internet."
