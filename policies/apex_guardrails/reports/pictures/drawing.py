"""A small SVG writer: what a picture is made of, escaped, and cut to the room there is."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET

from apex_guardrails.support.text import one_line

WIDTH: Final = 1100
"""Units of a picture's width, as wide as the page's column is in pixels."""

INK: Final = "currentColor"
MUTED: Final = "var(--muted, #59626c)"
LINE: Final = "var(--line, #d9dde2)"
SURFACE: Final = "var(--surface, #ffffff)"
CRITICAL: Final = "var(--sev-critical, #b0121f)"
HIGH: Final = "var(--sev-high, #a8450a)"
MEDIUM: Final = "var(--sev-medium, #785a00)"

TIMES: Final = "\N{MULTIPLICATION SIGN}"

_BOLD: Final = 1.14
"""How much wider bold letters are."""
_NARROW: Final = frozenset("ijlIftr.,:;'|!()[]{}/-` ")
_WIDE: Final = frozenset("mMW@%&")


@dataclass
class Drawing:
    """A picture that grows downwards; nothing in it has an id."""

    title: str
    description: str
    width: float = WIDTH
    height: float = 0
    _elements: list[ET.Element] = field(default_factory=list)

    def rect(  # noqa: PLR0913 a rectangle has so many sides
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str,
        stroke: str = "none",
        radius: float = 0,
        **more: str,
    ) -> ET.Element:
        """A rectangle."""
        given = {"x": x, "y": y, "width": max(0.0, width), "height": height}
        element = ET.Element("rect", {key: number(value) for key, value in given.items()})
        if radius:
            element.set("rx", number(radius))
        return self._with(element, fill=fill, stroke=stroke, **more)

    def path(self, d: str, *, stroke: str, **more: str) -> ET.Element:
        """A line, or with `fill` an area."""
        return self._with(
            ET.Element("path", {"d": d}), **{"fill": "none", "stroke": stroke, **more}
        )

    def text(  # noqa: PLR0913 where, what, and how
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 12,
        fill: str = INK,
        room: float = 0,
        weight: str = "",
    ) -> None:
        """One line of text, cut where there is no more room; what is cut is its tooltip."""
        whole = plain(words)
        shown = fitted(whole, room, size * (_BOLD if weight else 1)) if room else whole
        element = ET.Element("text", {"x": number(x), "y": number(y), "font-size": number(size)})
        element.text = shown
        if weight:
            element.set("font-weight", weight)
        self._with(element, fill=fill)
        if shown != whole:
            tooltip(element, whole)

    def _with(self, element: ET.Element, **attributes: str) -> ET.Element:
        for key, value in attributes.items():
            element.set(key.replace("_", "-"), value)
        self._elements.append(element)
        return element

    def svg(self) -> str:
        """The picture as an `svg` element."""
        box = f"0 0 {number(self.width)} {number(self.height)}"
        root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": box,
                "width": number(self.width),
                "height": number(self.height),
                "role": "img",
                "font-family": "system-ui, sans-serif",
            },
        )
        ET.SubElement(root, "title").text = plain(self.title)
        ET.SubElement(root, "desc").text = plain(self.description)
        root.extend(self._elements)
        return ET.tostring(root, encoding="unicode")


def tooltip(element: ET.Element, words: str) -> None:
    """What is said where the pointer rests."""
    title = ET.Element("title")
    title.text = plain(words)
    # A title comes first; the text of an element stands before its children.
    if element.tag == "text":
        title.tail, element.text = element.text, None
    element.insert(0, title)


def plain(words: str) -> str:
    """A text in one line without what is not seen or turns text around."""
    line = one_line(words, 500)
    if line.isascii():
        return line
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line
    )


def number(value: float) -> str:
    """A length without digits that nobody sees."""
    return f"{value:.1f}".removesuffix(".0")


def width_of(words: str, size: float) -> float:
    """About how wide a text is; rather too much than too little."""
    return sum(map(_width, words)) * size


def _width(character: str) -> float:
    if character in _NARROW:
        return 0.36
    if character in _WIDE or unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character.isupper() or character == "w":
        return 0.75
    return 0.61


def fitted(words: str, room: float, size: float) -> str:
    """As much of a text as there is room for."""
    if width_of(words, size) <= room:
        return words
    left = room - width_of("…", size)
    kept = []
    for character in words:
        left -= _width(character) * size
        if left < 0:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"
