"""What was judged is counted, and what no rule could look at is said."""

from __future__ import annotations

from apex_guardrails.model import Outcome, Reach, Resource, Stack, case
from apex_guardrails.model.case import Case
from apex_guardrails.provider import resource_type
from apex_guardrails.rules import all_rules
from apex_guardrails.testing.cases import build

SQL = "gcp:sql/databaseInstance:DatabaseInstance"
SPANNER = "gcp:spanner/instance:Instance"


def stack_of(*tokens: str) -> Stack:
    resources = [case.resource(token, f"r{number}") for number, token in enumerate(tokens)]
    return build(all_rules()[0], Case(Outcome.PASSES, resources))


def reach(*tokens: str) -> Reach:
    return Reach.of(stack_of(*tokens), all_rules())


def test_a_type_that_a_rule_is_about_is_judged() -> None:
    found = reach(SQL, "pulumi:providers:gcp")
    assert found == Reach(evaluated=1)
    assert list(found.lines()) == []
    assert found.counts() == "1 resource evaluated"


def test_rules_that_ask_the_same_of_every_type_do_not_count() -> None:
    # It can have labels and has a place, and no rule knows what it is.
    labels = [rule for rule in all_rules() if rule.service in {"labels", "locations"}]
    assert any(rule.is_about(resource_type(SPANNER)) for rule in labels)
    assert Reach.of(stack_of(SQL), labels).evaluated == 0


def test_others_are_counted_by_provider() -> None:
    found = reach(
        "gcp:dns/recordSet:RecordSet",
        "aws:s3/bucket:Bucket",
        "kubernetes:core/v1:Namespace",
        "aws:s3/bucket:Bucket",
        "aws:ec2/instance:Instance",
        "google-native:pubsub/v1:Topic",
        "pulumi-python:dynamic:Resource",
        "pulumi-nodejs:dynamic/shop:Thing",
        SQL,
        SQL,
    )
    assert list(found.lines()) == [
        (
            "3 resources of aws that only rules about every type looked at: "
            "aws:s3/bucket:Bucket (2), aws:ec2/instance:Instance (1)"
        ),
        (
            "2 resources of dynamic providers, which do what their code says: "
            "pulumi-nodejs:dynamic/shop:Thing (1), pulumi-python:dynamic:Resource (1)"
        ),
        (
            "1 resource of google-native, which is discontinued, while the rules are about gcp: "
            "google-native:pubsub/v1:Topic (1)"
        ),
        (
            "1 resource of kubernetes that only rules about every type looked at: "
            "kubernetes:core/v1:Namespace (1)"
        ),
        "1 resource of Google types without a rule of their own: gcp:dns/recordSet:RecordSet (1)",
    ]
    assert found.counts() == (
        "2 of 10 resources evaluated; 3 of aws, 2 of dynamic providers, 1 of google-native, "
        "1 of kubernetes, 1 of gcp not evaluated"
    )


def test_many_types_are_one_line_all_the_same() -> None:
    (line,) = reach(*(f"aws:x{number}/y:Y" for number in range(20))).lines()
    assert line.startswith("20 resources of aws ")
    assert line.endswith("aws:x15/y:Y (1) and 12 more types")


def test_what_is_read_is_not_judged_and_what_is_imported_is_noted() -> None:
    stack = stack_of(SQL)
    stack.read[SQL] = 2
    for number in range(9):
        made = Resource(f"urn:pulumi:a::b::{SQL}::i{number}", resource_type(SQL), {}, stack)
        made.is_imported = True
        stack.add(made)
    seen = Resource(f"urn:pulumi:a::b::{SPANNER}::s", resource_type(SPANNER), {}, stack)
    seen.is_read = True
    found = Reach.of(stack.add(seen), all_rules(), ["urn:b", "urn:a", "urn:b"])
    assert found.counts() == (
        "10 resources evaluated; 3 only read; 9 imported; 2 with ignored changes"
    )
    assert found.ignored == ("urn:a", "urn:b")
    assert list(found.lines()) == [
        f"3 resources that exist already and only read: {SQL} (2), {SPANNER} (1)"
    ]
    assert list(found.notes()) == [
        (
            "9 resources imported: i0, i1, i2, i3, i4, i5, i6, i7 and 1 more; evaluated is what "
            "the program says, and what is there already is not known"
        )
    ]


def test_types_whose_rules_are_off_are_named_apart() -> None:
    stack = stack_of(SQL, "gcp:dns/recordSet:RecordSet")
    lines = list(Reach.of(stack, [], off=all_rules()).lines())
    assert lines == [
        "1 resource of Google types without a rule of their own: gcp:dns/recordSet:RecordSet (1)",
        f"1 resource of types whose rules are all off: {SQL} (1)",
    ]
