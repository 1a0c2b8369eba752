"""JUnit XML as test reporters read it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase

from apex_guardrails.judgement.model import Judgement
from apex_guardrails.reports.junit import render
from apex_guardrails.support.text import visible
from tests.policies.reports.documents import full_of, small, texts


def cases(document: Judgement) -> dict[str, TestCase]:
    report = JUnitXml.fromstring(render(document).encode())
    return {case.name: case for suite in report for case in suite}


def kinds(document: Judgement) -> dict[str, type | None]:
    return {
        name: type(case.result[0]) if case.result else None
        for name, case in cases(document).items()
    }


def test_what_stops_the_deployment_fails_and_the_rest_does_not() -> None:
    db = "gcp:sql/databaseInstance:DatabaseInstance db (settings.ipConfiguration.ipv4Enabled)"
    assert kinds(small()) == {
        "the remote component site": Skipped,
        "1 rule is off by settings, 0 of them critical": Skipped,
        "run-probes": Skipped,
        "cost.usage.resources.*.active_hours": Skipped,
        "labels-required-keys.keys": Skipped,
        f"sql-no-public-ip: {db}": Failure,
        "stack-entry-declared: pulumi:pulumi:Stack shop-dev": Failure,
        f"sql-backups: {db}": Skipped,
        f"sql-ssl: {db}": Skipped,
        "sql-flags: gcp:sql/databaseInstance:DatabaseInstance db (settings.databaseFlags)": Skipped,
        "redis-auth": None,
        "vpc-flow-logs": Skipped,
    }
    failure = cases(small())[f"sql-no-public-ip: {db}"].result[0]
    [known] = [case.result[0] for name, case in cases(small()).items() if "sql-flags" in name]
    assert known.message.startswith("known since 2026-11-30 (baseline): infra/db main.py:15: ")
    [hours] = cases(small())["cost.usage.resources.*.active_hours"].result
    assert hours.message == "looser: cost.usage.resources.*.active_hours: 0.0001 (default 730)"
    assert failure.type == "critical fails"
    assert failure.message.startswith("infra/db main.py:15: has a public IPv4 address")
    assert "Fix: Set ipv4_enabled=False." in failure.text


def test_the_numbers_are_those_of_the_cases() -> None:
    report = JUnitXml.fromstring(render(small()).encode())
    assert (report.tests, report.failures, report.errors, report.skipped) == (12, 2, 0, 9)


def test_what_went_wrong_is_an_error() -> None:
    document = full_of("it ended").model_copy(update={"not_evaluated": ()})
    made = kinds(document)
    assert made["it ended"] is Error
    assert made["the rule sql-ssl"] is Error


@given(texts)
def test_it_is_xml_whatever_the_program_says(text: str) -> None:
    document = full_of(text)
    root = ET.fromstring(render(document))  # noqa: S314 our own
    assert [element.tag for element in root] == ["testsuite"] * 6
    tags = {element.tag for element in root.iter()}
    assert tags <= {
        "testsuites",
        "testsuite",
        "properties",
        "property",
        "testcase",
        "failure",
        "error",
        "skipped",
    }
    [error, *_] = root.iter("error")
    assert (error.text or "") == visible(document.program_errors[0])
