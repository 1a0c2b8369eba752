"""What the picture of a network says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from apex_guardrails.network.document import NetworkDocument, NetworkEdge, NetworkNode
from apex_guardrails.network.terms import Access, NodeKind
from apex_guardrails.reports.pictures import network_picture
from tests.policies.reports.documents import small, texts
from tests.policies.reports.pictures.svg import NAMESPACE, parsed, said, words


def node(key: str, kind: NodeKind = NodeKind.WORKLOAD, **facts: object) -> NetworkNode:
    given = {"id": key, "kind": kind, "type": "gcp:x/y:Y", "name": key, "urns": (f"urn:{key}",)}
    return NetworkNode.model_validate({**given, **facts})


INTERNET = node("internet", NodeKind.INTERNET, name="Internet", type="", urns=())


def edge(source: str, target: str, access: Access = Access.PRIVATE, *ports: str) -> NetworkEdge:
    return NetworkEdge(source=source, target=target, access=access, reason="why", ports=ports)


def picture(
    *parts: NetworkNode | NetworkEdge, unknown: tuple[str, ...] = (), notes: tuple[str, ...] = ()
) -> str:
    return network_picture(
        small(
            network=NetworkDocument(
                nodes=tuple(item for item in parts if isinstance(item, NetworkNode)),
                edges=tuple(item for item in parts if isinstance(item, NetworkEdge)),
                unknown_types=unknown,
                notes=notes,
            )
        )
    )


def test_there_is_none_where_nothing_is_known() -> None:
    assert network_picture(small(network=None)) == ""
    assert picture() == ""
    assert picture(INTERNET) == ""


def test_what_is_open_is_said_in_words_and_colour() -> None:
    svg = picture(
        INTERNET,
        node("web", access="open"),
        node("db", NodeKind.DATA),
        node("perhaps", access="unknown"),
        node("vpc", NodeKind.NETWORK),
        node("subnet", NodeKind.SUBNETWORK, network="vpc", detail="10.0.0.0/20"),
        node("nat", NodeKind.NAT),
        edge("internet", "web", Access.OPEN, "tcp 443"),
        edge("internet", "perhaps", Access.UNKNOWN),
        edge("web", "subnet"),
        edge("subnet", "web"),
        edge("vpc", "db", Access.PRIVATE, "tcp 5432"),
        edge("web", "perhaps"),
        edge("nat", "internet"),
        edge("web", "internet"),
    )
    shown = words(svg)
    for text in (
        "Internet",
        "● open to the internet",
        "? not known yet",
        "in: tcp 443",
        "in: tcp 5432",
        "subnet 10.0.0.0/20",
        "out: to the internet",
        "out: direct",
        "not known before deployment",
    ):
        assert text in shown
    assert said(svg) == (
        "Open to anybody on the internet: web. Not known before deployment: perhaps."
    )
    paths = list(parsed(svg).iter(f"{NAMESPACE}path"))
    dashed = [path for path in paths if path.get("stroke-dasharray")]
    assert {path.get("stroke") for path in dashed} == {"var(--sev-medium, #785a00)"}
    assert "Internet → web: why (tcp 443)" in svg


def test_nothing_public_is_said_too() -> None:
    assert said(picture(node("db", NodeKind.DATA))) == "Nothing is reached from the internet."


def test_what_it_does_not_know_is_counted() -> None:
    types = tuple(f"aws:x{number}/y:Y (2)" for number in range(6))
    shown = words(picture(node("db", NodeKind.DATA), unknown=types, notes=("a note",)))
    assert "a note" in shown
    assert any(line.endswith("aws:x3/y:Y (2) and 2 more") for line in shown)


def test_many_of_a_kind_are_one_box() -> None:
    many = [node(f"db{number:04}", NodeKind.DATA) for number in range(500)]
    kinds = [node(f"kind{number:03}", type=f"gcp:k{number}/y:Y") for number in range(60)]
    svg = picture(
        INTERNET,
        *many,
        *kinds,
        node("open", NodeKind.DATA, access="open"),
        edge("internet", "open", Access.OPEN),
        *(edge("kind000", item.id) for item in many),
    )
    shown = words(svg)
    assert "500 \N{MULTIPLICATION SIGN} x/y" in shown
    assert "open" in shown
    assert any("of several" in line for line in shown)
    assert len(svg) < 200_000


NODES = st.lists(
    st.tuples(st.sampled_from(NodeKind), st.sampled_from(Access), texts), min_size=1, max_size=25
)


@given(NODES, st.data())
@settings(max_examples=30, deadline=None)
def test_whatever_names_hold_it_is_a_picture(
    nodes: list[tuple[NodeKind, Access, str]], data: st.DataObject
) -> None:
    safe = [
        text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for *_, text in nodes
    ]
    made = [
        node(str(number), kind, name=name, detail=name, access=access)
        for number, ((kind, access, _), name) in enumerate(zip(nodes, safe, strict=True))
    ]
    ids = st.sampled_from([item.id for item in made])
    pairs = data.draw(st.lists(st.tuples(ids, ids, st.sampled_from(Access)), max_size=30))
    svg = picture(*made, *(edge(*pair) for pair in pairs))
    parsed(svg)
    assert "<script" not in svg
    assert svg == picture(*made, *(edge(*pair) for pair in pairs))
