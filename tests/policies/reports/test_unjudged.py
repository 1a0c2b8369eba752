"""What no rule could look at is said, by count."""

from __future__ import annotations

from policies.model import Outcome, Stack, case
from policies.model.case import Case
from policies.reports.unjudged import unjudged
from policies.rules import all_rules
from policies.settings import PolicyPackSettings, enforce
from policies.testing.cases import build

RULES = enforce(PolicyPackSettings(), all_rules(), "dev")


def said(*tokens: str) -> list[str]:
    resources = [case.resource(token, f"r{number}") for number, token in enumerate(tokens)]
    stack: Stack = build(all_rules()[0], Case(Outcome.PASSES, resources))
    return list(unjudged(stack, RULES))


def test_a_type_that_a_rule_is_about_is_judged() -> None:
    assert said("gcp:sql/databaseInstance:DatabaseInstance") == []
    assert said("pulumi:providers:gcp") == []


def test_others_are_counted_by_provider() -> None:
    assert said(
        "gcp:dns/recordSet:RecordSet",
        "aws:s3/bucket:Bucket",
        "kubernetes:core/v1:Pod",
        "aws:s3/bucket:Bucket",
        "aws:ec2/instance:Instance",
        "google-native:storage/v1:Bucket",
        "pulumi-python:dynamic:Resource",
        "pulumi-nodejs:dynamic/shop:Thing",
    ) == [
        (
            "3 resources of aws that only rules about every type looked at: "
            "aws:s3/bucket:Bucket (2), aws:ec2/instance:Instance (1)"
        ),
        (
            "2 resources of dynamic providers, which do what their code says: "
            "pulumi-nodejs:dynamic/shop:Thing (1), pulumi-python:dynamic:Resource (1)"
        ),
        (
            "1 resource of google-native, while the rules are about gcp: "
            "google-native:storage/v1:Bucket (1)"
        ),
        (
            "1 resource of kubernetes that only rules about every type looked at: "
            "kubernetes:core/v1:Pod (1)"
        ),
        (
            "1 resource of gcp that only rules about every type looked at: "
            "gcp:dns/recordSet:RecordSet (1)"
        ),
    ]


def test_many_types_are_one_line_all_the_same() -> None:
    (line,) = said(*(f"aws:x{number}/y:Y" for number in range(20)))
    assert line.startswith("20 resources of aws ")
    assert line.endswith("aws:x15/y:Y (1), 12 more types")
