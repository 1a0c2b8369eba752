"""What the tree of resources says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apex_guardrails.judgement.entries import FindingEntry, Position, ResourceEntry
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model import EnforcementLevel, Outcome, Severity
from apex_guardrails.reports.review import render
from apex_guardrails.reports.review.tree import Branch, Mark, branches, short
from tests.policies.reports.documents import WAIVER, finding, small
from tests.policies.reports.review.pages import read

TIMES = "\N{MULTIPLICATION SIGN}"


def entry(name: str, parent: str = "", token: str = "gcp:x/y:Y") -> ResourceEntry:
    return ResourceEntry(
        urn=name, type=token, name=name, parent=parent, custom=token.startswith("gcp:")
    )


def component(name: str, parent: str = "") -> ResourceEntry:
    return entry(name, parent, "app:Thing")


def document(*resources: ResourceEntry, findings: tuple[FindingEntry, ...] = ()) -> Judgement:
    return small(resources=resources, findings=findings)


def every(found: Sequence[Branch]) -> Iterator[Branch]:
    for branch in found:
        yield branch
        yield from every(branch.below)


def outline(found: Sequence[Branch], depth: int = 0) -> list[str]:
    lines = []
    for branch in found:
        lines.append(f"{'  ' * depth}{branch.name} {branch.type}")
        lines += outline(branch.below, depth + 1)
    return lines


def test_without_resources_there_is_nothing() -> None:
    assert branches(document()) == []


def test_resources_stand_below_what_they_belong_to() -> None:
    found = branches(
        document(
            entry("stack", token="pulumi:pulumi:Stack"),
            entry("db", "data"),
            component("data", "stack"),
            component("inner", "data"),
            entry("leaf", "inner"),
            entry("alone", "stack"),
            entry("of-another", "elsewhere"),
        )
    )
    assert outline(found) == [
        "of-another x/y",
        "stack pulumi:pulumi:Stack",
        "  alone x/y",
        "  data app:Thing",
        "    db x/y",
        "    inner app:Thing",
        "      leaf x/y",
    ]


@pytest.mark.parametrize(
    ("facts", "mark"),
    [
        ([{"severity": Severity.LOW}, {}], Mark("▲ critical (2 findings)", Severity.CRITICAL)),
        (
            [{"severity": Severity.HIGH, "outcome": Outcome.UNDECIDED}],
            Mark("? high", Severity.HIGH),
        ),
        (
            [{"severity": Severity.MEDIUM, "level": EnforcementLevel.ADVISORY}],
            Mark("△ medium", Severity.MEDIUM),
        ),
        ([{"waiver": WAIVER}], Mark("waived", None)),
        ([{"waiver": WAIVER}] * 2, Mark(f"waived {TIMES} 2", None)),
        ([{"waiver": WAIVER}, {"severity": Severity.LOW}], Mark("▲ low", Severity.LOW)),
        ([], None),
    ],
)
def test_the_worst_that_was_found_is_said(facts: list[dict[str, object]], mark: Mark) -> None:
    found = tuple(finding(urn="a", **given) for given in facts)
    [branch] = branches(document(entry("a"), findings=found))
    assert branch.mark == mark
    assert branch.has_findings is bool(facts)


def test_what_nothing_was_found_in_is_folded() -> None:
    resources = [component("top"), component("good", "top"), component("bad", "top")]
    leaves = [entry("a", "good"), entry("b", "bad")]
    found = {
        branch.name: branch.is_open
        for branch in every(
            branches(document(*resources, *leaves, findings=(finding(urn="b", waiver=WAIVER),)))
        )
    }
    assert found["bad"]
    assert not found["good"]
    # What is at the top is seen, be it that nothing was found at all.
    assert [branch.is_open for branch in branches(document(*resources, *leaves))] == [True]


def test_of_many_those_of_a_type_are_one_line() -> None:
    parts = [component(f"part{number:03}") for number in range(400)]
    leaves = [entry(f"leaf{number}", f"part{number % 400:03}") for number in range(9_000)]
    machines = [entry(f"vm{number}", "part000") for number in range(120)]
    found = (finding(urn="vm7"), finding(urn="leaf3", severity=Severity.HIGH))
    [several] = branches(document(*parts, *leaves, *machines, findings=found))
    assert (several.name, several.type) == (f"400 {TIMES} app:Thing", "with 9,120 resources")
    assert several.mark == Mark("▲ critical (2 findings)", Severity.CRITICAL)
    assert not several.is_open
    assert several.is_component
    first = several.below[0]
    assert outline(first.below)[0] == f"143 {TIMES} x/y "
    # Those that are few stand by themselves.
    some = branches(document(component("top"), entry("a", "top"), *leaves))
    assert "  a x/y" in outline(some)


def test_what_is_far_below_stands_on_the_last_level() -> None:
    deep = [
        component("0"),
        *(component(str(number), str(number - 1)) for number in range(1, 2_000)),
    ]
    found = branches(document(*deep, findings=(finding(urn="1999"),)))
    lines = outline(found)
    assert len(lines) == 2_000
    assert max(len(line) - len(line.lstrip()) for line in lines) == 2 * 14
    assert found[0].has_findings
    read(render(document(*deep)))


def test_each_resource_is_there_once_even_where_two_are_each_others_parent() -> None:
    found = branches(document(entry("a", "b"), entry("b", "a"), entry("c")))
    assert outline(found) == ["c x/y", "a x/y", "  b x/y"]


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=400))
@settings(max_examples=30, deadline=None)
def test_every_resource_is_in_the_tree_once(given: list[tuple[int, bool]]) -> None:
    resources = [
        (component if is_component else entry)(str(number), str(parent))
        for number, (parent, is_component) in enumerate(given)
    ]
    names = [
        branch.name for branch in every(branches(document(*resources))) if TIMES not in branch.name
    ]
    assert sorted(names) == sorted(item.name for item in resources)


def test_the_page_has_the_tree_with_places_and_marks() -> None:
    place = Position(file="infra/a.py", line=7)
    leaf = entry("db", "data").model_copy(update={"position": place})
    page = read(render(document(component("data"), leaf, findings=(finding(urn="db"),))))
    [tree] = page.all("ul", **{"class": "tree"})
    [folded] = tree.all("details")
    assert "open" in folded.attributes
    assert " ".join(folded.all("li")[0].text.split()) == "db x/y ▲ critical infra/a.py:7"
    assert folded.all("span", **{"class": "mark critical"})


@pytest.mark.parametrize(
    ("token", "spoken"),
    [
        ("gcp:compute/instance:Instance", "compute/instance"),
        ("aws:s3/bucket:Bucket", "aws:s3/bucket"),
        ("apex:compute:Api", "apex:compute:Api"),
        ("", ""),
    ],
)
def test_a_type_as_people_speak_of_it(token: str, spoken: str) -> None:
    assert short(token) == spoken
