"""JUnit XML: a test suite for each service, a test case for each rule, or each of its findings.

What stops the deployment fails; advice, waivers and what the baseline knows are skipped tests, so
that nothing turns red that may be deployed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from junitparser import Error, Failure, JUnitXml, Properties, Property, Skipped, TestCase, TestSuite
from junitparser.junitparser import FinalResult

from apex_guardrails.controls import Result as Said
from apex_guardrails.judgement.entries import FindingEntry, RuleEntry, Verdict
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.model.cost import dollars
from apex_guardrails.reports.formats import Format
from apex_guardrails.settings import ReportFormat
from apex_guardrails.support.text import one_line, visible

MOST_CHANGES: Final = 500
"""Settings that are told one by one."""


def render(document: Judgement) -> str:
    """The document as JUnit XML."""
    report = JUnitXml(visible(f"apex {document.project} {document.stack}"))
    suites: dict[str, TestSuite] = {}
    for service, case in _cases(document):
        if service not in suites:
            suites[service] = _suite(service, document)
        # Not add_testcase, which counts all of them again each time.
        suites[service].append(case)
    for suite in suites.values():
        report.append(suite)
    report.update_statistics()
    text: bytes = report.tostring()
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text.decode()}\n'


def _suite(service: str, document: Judgement) -> TestSuite:
    suite = TestSuite(visible(f"{document.stack}: {service}"))
    suite.timestamp = document.time.isoformat(timespec="seconds")
    properties, cost = Properties(), document.cost
    for name, value in {
        "project": document.project,
        "stack": document.stack,
        "source": document.source,
        "summary": document.summary,
        **({"cost": f"{dollars(cost.monthly.expected)} USD a month"} if cost else {}),
        **({"cost_converted": cost.converted.text} if cost and cost.converted else {}),
        **({"assumptions": "; ".join(cost.assumes)} if cost and cost.assumes else {}),
        "settings": document.settings.file or "the pack's defaults",
        "pack": f"{document.tool.pack} {document.tool.version}",
    }.items():
        properties.add_property(Property(name, visible(value)))
    suite.append(properties)
    return suite


def _cases(document: Judgement) -> Iterator[tuple[str, TestCase]]:
    """Each test case with its suite."""
    for text in document.program_errors:
        yield "program", _case("program", one_line(text, 200), [_with(Error, text)])
    if document.verdict is Verdict.NOTHING_EVALUATED:
        yield "program", _case("program", "a verdict", [_with(Skipped, document.summary)])
    for text in document.not_evaluated:
        yield "program", _case("program", one_line(text, 200), [_with(Skipped, text)])
    for error in document.rule_errors:
        about = f"the rule raised on {error.urn}:\n{error.error}"
        yield "program", _case("program", f"the rule {error.rule}", [_with(Error, about)])
    for text in document.loosened:
        yield "settings", _case("settings", one_line(text, 200), [_with(Skipped, text)])
    for change in document.changes[:MOST_CHANGES]:
        about = f"{change.direction}: {change.text}"
        yield (
            "settings",
            _case("settings", one_line(change.setting, 200), [_with(Skipped, about)]),
        )
    yield from _of_rules(document)


def _of_rules(document: Judgement) -> Iterator[tuple[str, TestCase]]:
    services = {rule.id: rule.service for rule in document.rules}
    for remedied in document.remediations:
        service = services.get(remedied.rule, "other")
        about = f"remediated at deployment: {remedied.text}"
        yield service, _case(_class(document, service), remedied.rule, [_with(Skipped, about)])
    for item in document.findings:
        service = services.get(item.rule, "other")
        name = f"{item.rule}: {item.resource}{f' ({item.path})' if item.path else ''}"
        yield service, _case(_class(document, service), name, [_result(item)])
    found = {item.rule for item in document.findings}
    for rule in document.rules:
        if rule.is_in_force and rule.id not in found:
            yield rule.service, _case(_class(document, rule.service), rule.id, list(_no(rule)))


def _class(document: Judgement, service: str) -> str:
    return f"apex.{document.stack}.{service}"


def _no(rule: RuleEntry) -> Iterator[FinalResult]:
    """What stands beside a rule without findings."""
    if rule.result is not Said.PASSES:
        yield _with(Skipped, rule.result)


def _result(item: FindingEntry) -> FinalResult:
    place = f"{item.place}: " if item.place else ""
    undecided = "undecided: " if item.is_undecided else ""
    fix = f"Fix: {item.fix}\n" if item.fix else ""
    text = f"{place}{undecided}{item.message}\n{item.title}.\n{fix}{item.urn}"
    if item.waiver is not None:
        waiver = item.waiver
        until = waiver.expires.isoformat()
        return _with(Skipped, f"waived by {waiver.owner} until {until}: {waiver.reason}\n{text}")
    if item.known_since is not None:
        return _with(Skipped, f"known since {item.known_since.isoformat()} (baseline): {text}")
    if not item.is_blocking:
        return _with(Skipped, f"advice: {text}")
    return _with(Failure, text, kind=f"{item.severity} {item.outcome}")


def _with(kind_of_result: type[FinalResult], text: str, kind: str | None = None) -> FinalResult:
    result = kind_of_result(one_line(text, 500), kind)
    result.text = visible(text)
    return result


def _case(classname: str, name: str, results: list[FinalResult]) -> TestCase:
    case = TestCase(one_line(name), visible(classname), 0)
    case.result = results
    return case


FORMAT: Final = Format(ReportFormat.JUNIT, ".junit.xml", render)
