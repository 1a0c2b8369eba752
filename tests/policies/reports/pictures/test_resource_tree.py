"""What the tree of resources says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from apex_guardrails.judgement.document import Document, FindingEntry, ResourceEntry
from apex_guardrails.model import EnforcementLevel, Outcome, Severity
from apex_guardrails.reports.pictures import resource_tree
from tests.policies.reports.documents import WAIVER, finding, small, texts
from tests.policies.reports.pictures.svg import parsed, said, words

TIMES = "\N{MULTIPLICATION SIGN}"


def entry(name: str, parent: str = "", token: str = "gcp:x/y:Y") -> ResourceEntry:
    return ResourceEntry(
        urn=name, type=token, name=name, parent=parent, custom=token.startswith("gcp:")
    )


def component(name: str, parent: str = "") -> ResourceEntry:
    return entry(name, parent, "app:Thing")


def document(*resources: ResourceEntry, findings: tuple[FindingEntry, ...] = ()) -> Document:
    return small(resources=resources, findings=findings)


def test_there_is_none_without_resources() -> None:
    assert resource_tree(document()) == ""
    assert resource_tree(document(entry("s", token="pulumi:pulumi:Stack"))) == ""


def test_resources_stand_below_what_they_belong_to() -> None:
    svg = resource_tree(
        document(
            entry("stack", token="pulumi:pulumi:Stack"),
            entry("db", "data"),
            component("data", "stack"),
            component("inner", "data"),
            entry("leaf", "inner"),
            entry("alone", "stack"),
        )
    )
    assert words(svg) == ["alone x/y", "data app:Thing", "db x/y", "inner app:Thing", "leaf x/y"]
    assert said(svg).startswith("3 resources ")


def test_the_worst_that_was_found_is_a_word_and_a_colour() -> None:
    found = (
        finding(urn="a", severity=Severity.LOW),
        finding(urn="a", severity=Severity.CRITICAL),
        finding(urn="b", severity=Severity.HIGH, outcome=Outcome.UNDECIDED),
        finding(urn="c", severity=Severity.MEDIUM, level=EnforcementLevel.ADVISORY),
        finding(urn="d", waiver=WAIVER),
    )
    svg = resource_tree(document(*map(entry, "abcde"), findings=found))
    shown = words(svg)
    for text in ("▲ critical (2 findings)", "? high", "△ medium", "waived"):
        assert text in shown
    assert len(shown) == 9
    assert "findings: 1 critical, 1 high, 1 medium, 1 low." in said(svg)


def test_of_many_those_of_a_type_are_one_line() -> None:
    parts = [component(f"part{number:03}") for number in range(400)]
    leaves = [entry(f"leaf{number}", f"part{number % 400:03}") for number in range(9_000)]
    machines = [entry(f"vm{number}", "group") for number in range(120)]
    found = (finding(urn="vm7"), finding(urn="leaf3", severity=Severity.HIGH))
    svg = resource_tree(document(component("group"), *parts, *leaves, *machines, findings=found))
    shown = words(svg)
    assert f"401 {TIMES} app:Thing with 9,120 resources" in shown
    assert "▲ critical (2 findings)" in shown
    assert len(svg) < 200_000
    one = resource_tree(
        document(
            component("group"),
            *machines,
            *leaves[:9],
            *parts[:1],
            *(entry(f"other{number}", "group", f"gcp:o/{number}:O") for number in range(500)),
        )
    )
    assert len(one) < 200_000
    assert any(line.endswith("more lines are left out.") for line in words(one))


def test_a_document_in_which_two_are_each_others_parent_is_drawn_all_the_same() -> None:
    assert words(resource_tree(document(entry("a", "b"), entry("b", "a"), entry("c")))) == ["c x/y"]


@given(st.lists(st.tuples(texts, st.integers(0, 12)), min_size=1, max_size=40))
@settings(max_examples=20, deadline=None)
def test_whatever_names_hold_it_is_a_picture(given: list[tuple[str, int]]) -> None:
    resources = [
        ResourceEntry(
            urn=str(number),
            type="gcp:x/y:Y",
            name=name.encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
            parent=str(parent) if parent < number else "",
            custom=True,
        )
        for number, (name, parent) in enumerate(given)
    ]
    svg = resource_tree(document(*resources))
    assert len(words(svg)) == len(resources)
    parsed(svg)
