"""Makes the document of a judgement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from apex_guardrails.controls import (
    FrameworkCoverage,
    Result,
    RuleResult,
    coverage,
    frameworks,
    results,
)
from apex_guardrails.cost.document import CostDocument
from apex_guardrails.cost.document import document as cost_document
from apex_guardrails.judgement.circumstances import Circumstances
from apex_guardrails.judgement.document import (
    VERDICTS,
    BaselineFile,
    ChangeEntry,
    ControlEntry,
    Counts,
    Document,
    FindingEntry,
    FrameworkEntry,
    Position,
    ReachEntry,
    ResourceEntry,
    RuleEntry,
    RuleErrorEntry,
    SettingsFile,
    Tool,
    Verdict,
    WaiverEntry,
)
from apex_guardrails.judgement.judgement import Report, component_names
from apex_guardrails.model import (
    EnforcedRule,
    Finding,
    Reach,
    Resource,
    SourcePosition,
    Waiver,
    identities,
)
from apex_guardrails.model.view import DependenciesUnknownError
from apex_guardrails.network.analysis import network_of
from apex_guardrails.pack.about import pack_info, rules_digest
from apex_guardrails.settings import Baseline, Change, headlines, whole


def document(report: Report) -> Document:
    """The document of a judgement."""
    circumstances = report.circumstances
    texts = _Texts(report.stack.secret_config.redact, circumstances.root)
    said = results(report.rules, report.stack, report.decision)
    about = pack_info()
    settings = circumstances.settings
    file = settings.path
    project = circumstances.project
    return Document(
        tool=Tool(
            pack=about["name"],
            version=about["version"],
            rules_sha256=rules_digest([item.rule for item in report.rules]),
        ),
        time=circumstances.time,
        project=texts(report.stack.project),
        stack=texts(report.stack.name),
        source=circumstances.source,
        project_file=texts.path(str(_project_file(project))) if project else None,
        settings=SettingsFile(
            file=texts.path(str(file.absolute())) if file else None,
            sha256=settings.digest or None,
        ),
        baseline=_baseline(report.baseline, texts),
        changes=tuple(_change(item, texts) for item in report.changes),
        loosened=tuple(headlines(report.changes)),
        verdict=Verdict.NOTHING_JUDGED if report.is_about_nothing else VERDICTS[report.exit_code],
        exit_code=report.exit_code,
        summary=texts(report.summary()),
        reach=_reach(report.reach, texts),
        is_complete=report.is_complete,
        findings=tuple(_findings(report, texts, circumstances)),
        program_errors=tuple(map(texts, report.program_errors)),
        rule_errors=tuple(
            RuleErrorEntry(rule=item.rule_id, urn=texts(item.urn), error=texts(item.error))
            for item in report.decision.errors
        ),
        notes=tuple(map(texts, report.remarks)),
        not_judged=tuple(map(texts, report.not_judged)),
        output=tuple(map(texts, report.output)),
        rules=tuple(
            _rule(enforced, result, len(report.stack.resources))
            for enforced, result in zip(report.rules, said, strict=True)
        ),
        rule_pages=settings.reports.rule_pages,
        resources=tuple(
            sorted((_resource(item, texts) for item in report.stack), key=lambda item: item.urn)
        ),
        cost=_cost(report, texts),
        budget=report.stack.spending.limits.budget if report.cost else None,
        network=network_of(report.stack, texts),
        frameworks=tuple(map(_framework, coverage(frameworks().values(), said))),
    )


def _reach(reach: Reach, texts: _Texts) -> ReachEntry:
    return ReachEntry(
        judged=reach.judged,
        not_judged={
            texts(provider): {texts(token): types[token] for token in sorted(types)}
            for provider, types in reach.not_judged.items()
        },
        read={texts(token): reach.read[token] for token in sorted(reach.read)},
        imported=tuple(map(texts, reach.imported)),
        ignored=tuple(map(texts, reach.ignored)),
    )


def _change(item: Change, texts: _Texts) -> ChangeEntry:
    return ChangeEntry(
        kind=item.kind,
        setting=texts(item.setting),
        direction=item.direction,
        default=texts(whole(item.default)),
        value=texts(whole(item.value)),
        rule=item.rule,
        severity=item.severity,
        is_off=item.is_off,
    )


def _cost(report: Report, texts: _Texts) -> CostDocument | None:
    # Of a part of a stack no cost is shown.
    if report.cost is None or not report.is_complete:
        return None
    stack = report.stack
    made = cost_document(report.cost, stack.project, stack.name, component_names(stack))
    return CostDocument.model_validate_json(texts(made.model_dump_json()))


def _baseline(baseline: Baseline, texts: _Texts) -> BaselineFile | None:
    record = baseline.record
    if not baseline.entries:
        return None
    return BaselineFile(file=texts.path(str(record.path.absolute())), sha256=record.digest)


def _project_file(folder: Path) -> Path:
    other = folder / "Pulumi.yml"
    return other if other.exists() else folder / "Pulumi.yaml"


@dataclass(frozen=True)
class _Texts:
    """What the program brings, made fit for a document."""

    redact: Callable[[str], str]
    root: Path

    def __call__(self, text: str) -> str:
        """Without secret config values, and without halves of characters, which no file takes."""
        text = self.redact(text)
        if text.isascii():
            return text
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def path(self, file: str) -> str:
        """A path as seen from the root, with `/`; one that is not below it stays as it is."""
        path = Path(file)
        for root in (self.root, self.root.resolve()):
            if path.is_relative_to(root):
                return self(path.relative_to(root).as_posix())
        return self(file)

    def position(self, position: SourcePosition | None) -> Position | None:
        """A line in the program."""
        if position is None:
            return None
        return Position(file=self.path(position.file), line=position.line)


def _findings(
    report: Report, texts: _Texts, circumstances: Circumstances
) -> Iterator[FindingEntry]:
    findings = report.decision.sorted_findings()
    for item, identity in zip(findings, identities(findings, texts), strict=True):
        yield _finding(item, texts, identity.fingerprint, circumstances)


def _finding(
    item: Finding, texts: _Texts, known_by: str, circumstances: Circumstances
) -> FindingEntry:
    return FindingEntry(
        rule=item.rule.id,
        title=item.rule.title,
        severity=item.rule.severity,
        level=item.level,
        outcome=item.outcome,
        urn=texts(item.urn),
        path=texts(item.path),
        message=texts(item.message),
        fix=item.fix,
        position=texts.position(item.position),
        property_position=texts.position(item.property_position),
        controls=item.rule.controls,
        also=item.also,
        waiver=_waiver(item.waiver, circumstances) if item.waiver else None,
        known_since=item.known_since,
        fingerprint=known_by,
    )


def _waiver(waiver: Waiver, circumstances: Circumstances) -> WaiverEntry:
    return WaiverEntry(
        reason=waiver.reason,
        owner=waiver.owner,
        expires=waiver.expires,
        ticket=waiver.ticket,
        days_left=(waiver.expires - circumstances.time.date()).days,
    )


def _resource(resource: Resource, texts: _Texts) -> ResourceEntry:
    try:
        dependencies = tuple(sorted(map(texts, resource.dependencies)))
    except DependenciesUnknownError:
        dependencies = None
    return ResourceEntry(
        urn=texts(resource.urn),
        type=texts(resource.type.token),
        name=texts(resource.name),
        parent=texts(resource.parent),
        position=texts.position(resource.position),
        custom=resource.custom,
        dependencies=dependencies,
    )


def _rule(enforced: EnforcedRule, result: RuleResult, resources: int) -> RuleEntry:
    rule, counts = enforced.rule, result.counts
    judged = counts.total() if rule.scope == "resource" else resources
    return RuleEntry(
        id=rule.id,
        title=rule.title,
        why=rule.why,
        fix=rule.fix,
        service=rule.service,
        severity=rule.severity,
        level=enforced.level,
        undecided=enforced.undecided,
        scope=rule.scope,
        controls=rule.controls,
        result=result.result,
        counts=Counts(
            passed=counts[Result.PASSES],
            failed=counts[Result.FAILS],
            undecided=counts[Result.UNDECIDED],
            waived=counts[Result.WAIVED],
            not_applicable=(0 if result.result is Result.DISABLED else max(0, resources - judged)),
        ),
    )


def _framework(item: FrameworkCoverage) -> FrameworkEntry:
    about = item.framework
    return FrameworkEntry(
        id=about.id,
        name=about.name,
        version=about.version,
        source=about.source,
        counts={result: item.counts[result] for result in Result if item.counts[result]},
        controls=tuple(
            ControlEntry(
                id=found.control.id,
                title=found.control.title,
                result=found.result,
                unseen=found.control.unseen,
                rules=tuple(rule.rule.id for rule in found.rules),
            )
            for found in item.controls
        ),
    )
