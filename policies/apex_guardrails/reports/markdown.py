"""Markdown for a comment on a pull request: the verdict, what is to be done, the rest folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final
from urllib.parse import quote

from apex_guardrails.controls import Result
from apex_guardrails.judgement.entries import FindingEntry, RuleErrorEntry, Verdict
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import name_of
from apex_guardrails.model.cost import dollars
from apex_guardrails.model.phrases import listed
from apex_guardrails.network.terms import Access
from apex_guardrails.reports.formats import Format
from apex_guardrails.settings import ReportFormat
from apex_guardrails.support.text import one_line

LARGEST: Final = 65_000
"""Bytes of UTF-8. GitHub takes 65,536 characters; counted so, no way of counting has more."""

_RESERVED: Final = 8_000
"""Bytes kept for what is said of each section that is left out, and for the end."""

_LONGEST: Final = 300
"""Characters of a message or a name; whoever needs more has the other formats."""

_MOST_CHANGES: Final = 20

_MOST_PUBLIC: Final = 10

_PUBLIC: Final = {
    Access.OPEN: "Open to the internet",
    Access.UNKNOWN: "Not known before deployment whether open to the internet",
}

_VERDICTS: Final = {
    Verdict.ALLOWED: "\N{WHITE HEAVY CHECK MARK} {stack} may be deployed",
    Verdict.NOTHING_EVALUATED: "{stack} {nothing}",
    Verdict.REFUSED: "\N{CROSS MARK} {stack} may not be deployed",
    Verdict.OVER_BUDGET: "\N{CROSS MARK} {stack} costs more than it may",
    Verdict.INCOMPLETE: "\N{CROSS MARK} {stack} was not evaluated completely",
    Verdict.PACK_FAILED: "\N{CROSS MARK} {stack} was not evaluated completely: a rule failed",
}


def marker(document: Judgement) -> str:
    """A line that is not shown, by which a comment about the same stack is found again."""
    return f"<!-- apex: {quote(document.project[:100])} {quote(document.stack[:100])} -->"


def render(document: Judgement) -> str:
    """The document as Markdown, never longer than `LARGEST`."""
    page = _Page()
    stack = code(document.stack)
    nothing = document.reach.in_place_of_a_verdict
    verdict = _VERDICTS[document.verdict].format(stack=stack, nothing=nothing)
    page.always(marker(document), f"## {verdict}", "")
    page.always(text(document.summary, 1_000), "")
    page.always(*_loosened(document))
    page.always(*_public(document))
    for section in _sections(document):
        page.add(section)
    page.always(*_origin(document))
    return page.text()


def _loosened(document: Judgement) -> Iterator[str]:
    """What settings switch off, which no verdict is worth more than."""
    for line in document.loosened:
        yield f"\N{WARNING SIGN} {text(line)}."
        yield ""


def _public(document: Judgement) -> Iterator[str]:
    """What the internet reaches by itself, or may reach."""
    for access, words in _PUBLIC.items():
        nodes = document.network.reached(access) if document.network else []
        if nodes:
            names = [code(one_line(item.name, 60)) for item in nodes]
            yield f"{words}: {listed(names, _MOST_PUBLIC)}."
            yield ""


@dataclass(frozen=True)
class _Section:
    """A heading and what stands below it, item by item, so that it can be cut anywhere."""

    title: str
    items: Sequence[str]
    folded: bool = True
    noun: str = "findings"
    before: Sequence[str] = ()


@dataclass
class _Page:
    """What is written so far, and how much still fits."""

    lines: list[str] = field(default_factory=list)
    size: int = 0

    def always(self, *lines: str) -> None:
        """Adds lines for which there is always room."""
        self.lines += lines
        self.size += sum(map(_size, lines))

    def add(self, section: _Section) -> None:
        """Adds as much of a section as fits, and says what is left out."""
        if not section.items:
            return
        count = f"{len(section.items):,}"
        title = f"{section.title} ({count})" if section.noun else section.title
        self.always(
            *(
                ["<details>", f"<summary>{title}</summary>", ""]
                if section.folded
                else [f"### {title}", ""]
            ),
            *section.before,
        )
        # What comes later gets a part of the room, too.
        end = self.size + (LARGEST - _RESERVED - self.size) * 2 // 3
        for number, item in enumerate(section.items):
            if self.size + _size(item) > end:
                left = len(section.items) - number
                self.always(
                    "", f"_{left:,} more {section.noun or 'lines'} are left out here: too long._"
                )
                break
            self.always(item)
        self.always("", *(["</details>", ""] if section.folded else []))

    def text(self) -> str:
        """The whole page."""
        return "\n".join(self.lines) + "\n"


def _size(line: str) -> int:
    return len(line.encode()) + 1


def _sections(document: Judgement) -> Iterator[_Section]:
    yield _Section(
        "The program failed",
        [f"- {text(item)}" for item in document.program_errors],
        folded=False,
        noun="errors",
    )
    yield _Section(
        "Rules that failed, which is a defect of the pack",
        list(map(_rule_error, document.rule_errors)),
        folded=False,
        noun="errors",
    )
    fresh = [item for item in (*document.blocking, *document.advice) if item.is_new]
    known = [item for item in document.blocking if not item.is_new]
    compared = any(item.is_new is not None for item in document.findings)
    pages = document.pages()

    def findings(title: str, items: Iterable[FindingEntry], *, folded: bool = True) -> _Section:
        return _Section(title, [_finding(item, pages) for item in items], folded=folded)

    yield findings("New", fresh, folded=False)
    stops = "Stops the deployment, and is not new" if compared else "Stops the deployment"
    yield findings(stops, known, folded=False)
    yield from _cost(document)
    yield _savings(document)
    yield findings("Advice", [item for item in document.advice if not item.is_new])
    yield _Section(
        "Deployed otherwise than the program says, by remedies that settings ask for",
        [
            f"- {code(str(item.position)) + ' ' if item.position else ''}{code(item.rule)}: "
            f"{text(item.text)}"
            for item in document.remediations
        ],
        noun="inputs",
    )
    yield findings("Waived", document.waived)
    yield findings("Known already (baseline)", document.known)
    yield _Section(
        "Not evaluated", [f"- {text(item)}" for item in document.not_evaluated], noun="items"
    )
    yield _Section(
        "Settings that differ from the default",
        [f"- {item.direction}: {text(item.text)}" for item in document.changes],
        noun="settings",
    )
    yield _Section("Notes", [f"- {text(item)}" for item in document.notes], noun="notes")
    yield _controls(document)


def _finding(item: FindingEntry, pages: Mapping[str, str]) -> str:
    undecided = ", undecided" if item.is_undecided else ""
    advice = "" if item.is_blocking or item.waiver or item.known_since else ", advice"
    place = f"{code(str(item.place))} " if item.place else ""
    at = f" ({code(item.path)})" if item.path else ""
    lines = [
        f"- **{item.severity}{undecided}{advice}**: {text(item.title)}  ",
        f"  {place}{code(item.resource)}: {text(item.message)}{at}  ",
    ]
    if item.waiver is not None:
        waiver = item.waiver
        ticket = f", {text(waiver.ticket)}" if waiver.ticket else ""
        lines.append(
            f"  waived by {text(waiver.owner)} until {waiver.expires.isoformat()}"
            f" ({waiver.days_left} days){ticket}: {text(waiver.reason)}  "
        )
    else:
        if item.known_since is not None:
            lines.append(f"  known since {item.known_since.isoformat()} (baseline)  ")
        if item.fix:
            lines.append(f"  fix: {text(item.fix)}  ")
    rule = code(item.rule)
    page = pages.get(item.rule)
    return "\n".join([*lines, f"  rule: [{rule}](<{page}>)" if page else f"  rule: {rule}"])


def _rule_error(error: RuleErrorEntry) -> str:
    last = error.error.strip().rpartition("\n")[2]
    return f"- {code(error.rule)} on {code(error.urn)}: {text(last)}"


def _cost(document: Judgement) -> Iterator[_Section]:
    if document.cost is None:
        return
    monthly = document.cost.monthly
    changes, is_compared = document.cost_changes(), document.cost.differences is not None
    unpriced = sum(bool(item.unpriced) for item in document.cost.resources)
    difference = sum((item.added for item in changes), Decimal(0))
    converted = document.cost.converted
    also = f" ({text(converted.of(difference, signed=True))}, converted)" if converted else ""
    lines = [
        (
            f"**{dollars(monthly.expected)} USD a month** "
            f"({dollars(monthly.low)} to {dollars(monthly.high)})."
        ),
        *([f"{text(converted.text)}."] if converted else []),
        *(
            [f"The difference is **{dollars(difference, signed=True)}**{also}."]
            if is_compared
            else []
        ),
        *([f"{unpriced:,} unpriced in full or in part, and not in the total."] if unpriced else []),
        *([f"It {text(line)}." for line in document.cost.assumes]),
    ]
    yield _Section("Cost", lines, folded=False, noun="")
    yield _Section(
        "What changes the cost",
        [
            f"| {text(item.change)} | {code(item.name, cell=True)} "
            f"| {code(item.type, cell=True)} | {dollars(item.added, signed=True)}"
            f"{', and something unpriced' if item.unpriced else ''} "
            f"| {text('; '.join(item.reasons))} |"
            for item in sorted(changes, key=lambda item: -abs(item.added))[:_MOST_CHANGES]
        ],
        noun="lines",
        before=[
            "| change | resource | type | USD a month | why |",
            "| --- | --- | --- | ---: | --- |",
        ],
    )


def _savings(document: Judgement) -> _Section:
    """What could cost less; nothing where settings do not ask for it."""
    cost = document.cost
    converted = cost.converted if cost else None
    return _Section(
        "Could cost less, each by itself",
        [
            f"| {code(name_of(item.urn), cell=True)} | {text(item.advice)} "
            f"| {dollars(-item.monthly.expected, signed=True)}"
            + (
                f" ({text(converted.of(-item.monthly.expected, signed=True))}, converted)"
                if converted
                else ""
            )
            + " |"
            for item in (cost.savings if cost else ())[:_MOST_CHANGES]
        ],
        noun="lines",
        before=["| resource | advice | USD a month |", "| --- | --- | ---: |"],
    )


def _controls(document: Judgement) -> _Section:
    shown = (Result.PASSES, Result.FAILS, Result.UNDECIDED, Result.WAIVED)
    return _Section(
        "Controls",
        [
            f"| {text(item.name)} {text(item.version)} | {len(item.controls)} | "
            + " | ".join(str(item.counts.get(result, 0)) for result in shown)
            + " |"
            for item in document.frameworks
        ],
        noun="",
        before=[
            "| framework | controls | pass | fail | undecided | waived |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
        ],
    )


def _origin(document: Judgement) -> Iterator[str]:
    tool, settings = document.tool, document.settings
    file = code(settings.file) if settings.file else "the pack's defaults"
    record = document.baseline
    baseline = f"; baseline: {code(record.file)}{_digest(record.sha256)}" if record else ""
    yield (
        f"<sub>{code(document.project)}, evaluated {document.source.evaluated} at "
        f"{document.time:%Y-%m-%d %H:%M} UTC by {text(tool.pack, 100)} {text(tool.version, 100)} "
        f"({text(tool.rules_sha256[:12])}); settings: {file}{_digest(settings.sha256)}"
        f"{baseline}</sub>"
    )


def _digest(sha256: str | None) -> str:
    return f" ({text(sha256[:12])})" if sha256 else ""


_ESCAPED: Final = re.compile(r"[&<>`*_\[\]\\|~$]|[@#:](?=\S)|(?<=www)\.", re.IGNORECASE)
_LINKING: Final = frozenset("@#:.")


def text(words: str, most: int = _LONGEST) -> str:
    """Text that others wrote, as Markdown that shows it in one line and does nothing else.

    An empty comment keeps GitHub from making a mention, a reference, an address or an emoji of it.
    """
    return _ESCAPED.sub(_escape, one_line(words, most))


def _escape(found: re.Match[str]) -> str:
    return f"{found[0]}<!-- -->" if found[0] in _LINKING else f"&#{ord(found[0])};"


def code(words: str, *, cell: bool = False) -> str:
    """The same as code; in the cell of a table a `|` needs more."""
    line = one_line(words, _LONGEST)
    if not line:
        return ""
    runs = re.findall(r"`+", line)
    fence = "`" * (max(map(len, runs), default=0) + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line.replace('|', chr(92) + '|') if cell else line}{space}{fence}"


FORMAT: Final = Format(ReportFormat.MARKDOWN, ".md", render)
