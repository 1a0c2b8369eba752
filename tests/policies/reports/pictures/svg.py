"""Pictures as their readers see them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

NAMESPACE = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    """A picture, with what every picture must have."""
    root = ET.fromstring(svg)  # noqa: S314 ours
    assert root.tag == f"{NAMESPACE}svg"
    assert root.get("role") == "img"
    assert [child.tag.removeprefix(NAMESPACE) for child in root[:2]] == ["title", "desc"]
    for element in root.iter():
        # Ids clash with other pictures', and a page's policy forbids styles.
        assert not {"id", "style", "href"} & set(element.keys())
        assert element.tag.removeprefix(NAMESPACE) in {
            "svg", "title", "desc", "rect", "path", "text",
        }  # fmt: skip
    _, _, width, height = map(float, str(root.get("viewBox")).split())
    assert width <= 1100
    for rect in root.iter(f"{NAMESPACE}rect"):
        x, y, w, h = (float(str(rect.get(key))) for key in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + w <= width + 0.1
        assert y + h <= height + 0.1
    for text in root.iter(f"{NAMESPACE}text"):
        assert 0 <= float(str(text.get("x"))) <= width
        assert 0 < float(str(text.get("y"))) <= height
    return root


def words(svg: str) -> list[str]:
    """The lines of text, as they are seen."""
    return [
        (text.text or "") + "".join(child.tail or "" for child in text)
        for text in parsed(svg).iter(f"{NAMESPACE}text")
    ]


def said(svg: str) -> str:
    """The picture in words."""
    return parsed(svg)[1].text or ""
