"""Boxes do not overlap, and lines go from box to box between them."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from apex_guardrails.reports.pictures.layers import Box, lay_out

WIDTH, TOP = 1100, 40
COLUMNS = st.lists(st.integers(0, 4), min_size=1, max_size=30)


@given(COLUMNS, st.data())
@settings(max_examples=60, deadline=None)
def test_boxes_and_lanes_do_not_overlap(columns: list[int], data: st.DataObject) -> None:
    boxes = [
        Box(str(number), column, 172, data.draw(st.integers(24, 90)))
        for number, column in enumerate(columns)
    ]
    every = list(combinations([box.key for box in boxes], 2))
    pairs = data.draw(st.lists(st.sampled_from(every), unique=True, max_size=40)) if every else []
    layout = lay_out(boxes, pairs, WIDTH, TOP)
    assert set(layout.boxes) == {box.key for box in boxes}
    for one, other in combinations([*layout.boxes.values(), *layout.lanes], 2):
        assert (
            one.x + one.width <= other.x
            or other.x + other.width <= one.x
            or one.y + one.height <= other.y + 0.01
            or other.y + other.height <= one.y + 0.01
        )
    for box in layout.boxes.values():
        assert box.x >= 0
        assert box.x + box.width <= WIDTH
        assert box.y >= TOP - 0.01
        assert box.y + box.height <= layout.height + 0.01
    assert [(line.source, line.target) for line in layout.lines] == pairs
    for line in layout.lines:
        for key, (x, y) in ((line.source, line.points[0]), (line.target, line.points[-1])):
            box = layout.boxes[key]
            assert x in {box.x, box.x + box.width}
            assert box.y <= y <= box.y + box.height


def test_the_layout_depends_on_nothing_else() -> None:
    boxes = [Box(key, ord(key) % 3, 100, 40) for key in "abcdefgh"]
    pairs = [("a", "b"), ("b", "c"), ("a", "e"), ("h", "c")]

    def places(given: list[Box]) -> dict[str, tuple[float, float]]:
        fresh = [Box(box.key, box.column, box.width, box.height) for box in given]
        layout = lay_out(fresh, pairs, WIDTH, TOP)
        return {key: (box.x, box.y) for key, box in layout.boxes.items()}

    assert places(boxes) == places(boxes[::-1])
