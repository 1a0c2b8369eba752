"""Makes the judgement of what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from apex_guardrails.controls import FrameworkCoverage, Result, RuleResult, coverage, frameworks
from apex_guardrails.cost import StackCost
from apex_guardrails.decide import RuleError
from apex_guardrails.judgement.assumed import assumed_answers, assumed_notes
from apex_guardrails.judgement.circumstances import Circumstances
from apex_guardrails.judgement.entries import (
    BaselineFile,
    ChangeEntry,
    ControlEntry,
    Counts,
    FindingEntry,
    FrameworkEntry,
    ReachEntry,
    RemediationEntry,
    ReplacementEntry,
    ResourceEntry,
    RuleEntry,
    RuleErrorEntry,
    SettingsFile,
    Tool,
    WaiverEntry,
)
from apex_guardrails.judgement.fixes import TERRAFORM, fix_in, language_of
from apex_guardrails.judgement.model import Judgement
from apex_guardrails.judgement.texts import Texts
from apex_guardrails.judgement.verdict import Conclusion
from apex_guardrails.model import (
    EnforcedRule,
    Finding,
    Identity,
    Reach,
    Resource,
    SourcePosition,
    Stack,
    Waiver,
    identities,
)
from apex_guardrails.model.view import DependenciesUnknownError
from apex_guardrails.network.analysis import network_of
from apex_guardrails.pack.about import pack_info, rules_digest
from apex_guardrails.remedies import Difference, shown
from apex_guardrails.settings import Baseline, SettingChange, format_value, headlines


@dataclass(frozen=True)
class Found:
    """What came of a run, with waivers and baseline applied.

    Attributes:
        stack: what would be deployed.
        findings: the worst first.
        errors: rules that raised.
        reach: what of the stack was evaluated.
        rules: every rule of the pack as it is in force, disabled ones too.
        said: what each of them says of the stack.
        cost: what the stack costs; `None` where not all of it was seen.
        baseline: the record that counted.
        changes: what settings and options change of the pack's defaults, in order.
        output: what the program printed.
        notes: what a reader should know.
        not_evaluated: what Checkov could not look at, and why.
        program_errors: why the program cannot be deployed, whatever the rules say.
        is_complete: whether everything that the program would deploy was seen.
        remedied: what is deployed otherwise than the program says.
    """

    stack: Stack
    findings: Sequence[Finding]
    errors: Sequence[RuleError]
    reach: Reach
    rules: Sequence[EnforcedRule]
    said: Sequence[RuleResult]
    cost: StackCost | None
    baseline: Baseline
    changes: Sequence[SettingChange] = ()
    output: Sequence[str] = ()
    notes: Sequence[str] = ()
    not_evaluated: Sequence[str] = ()
    program_errors: Sequence[str] = ()
    is_complete: bool = True
    remedied: Sequence[Difference] = ()


def make(found: Found, circumstances: Circumstances, *, in_full: bool = True) -> Judgement:
    """The judgement of what was found.

    Args:
        found: what came of the run.
        circumstances: when, where and by which settings it was.
        in_full: whether it has the network and the frameworks, and what each resource costs. They
            take time, and a terminal shows none of them.
    """
    stack, settings = found.stack, circumstances.settings
    language = TERRAFORM if circumstances.source.is_terraforms else language_of(stack)
    texts = Texts(stack.secret_config.redact, circumstances.root)
    conclusion = Conclusion.of(found)
    reach = _placed(found.reach, texts)
    about = pack_info()
    limits = stack.spending.limits
    return Judgement(
        tool=Tool(
            pack=about["name"],
            version=about["version"],
            rules_sha256=rules_digest([item.rule for item in found.rules]),
        ),
        time=circumstances.time,
        project=texts(stack.project),
        stack=texts(stack.name),
        source=circumstances.source,
        project_file=_project_file(circumstances.project, texts),
        settings=SettingsFile(
            file=texts.path(str(settings.path.absolute())) if settings.path else None,
            sha256=settings.digest or None,
        ),
        baseline=_baseline(found.baseline, texts),
        changes=tuple(_change(item, texts) for item in found.changes),
        loosened=tuple(headlines(found.changes)),
        verdict=conclusion.verdict,
        exit_code=conclusion.exit_code,
        summary=texts(conclusion.summary),
        reach=_reach(reach, texts),
        is_complete=found.is_complete,
        findings=tuple(
            _finding(item, texts, identity, circumstances, language)
            for item, identity in zip(
                found.findings, identities(found.findings, texts), strict=True
            )
        ),
        remediations=tuple(_remediation(item, texts) for item in found.remedied),
        program_errors=tuple(map(texts, found.program_errors)),
        rule_errors=tuple(
            RuleErrorEntry(rule=item.rule_id, urn=texts(item.urn), error=texts(item.error))
            for item in found.errors
        ),
        notes=tuple(map(texts, (*found.reach.notes(), *assumed_notes(stack), *found.notes))),
        assumed=tuple(assumed_answers(stack, texts)),
        not_evaluated=tuple(map(texts, (*reach.lines(), *found.not_evaluated))),
        output=tuple(map(texts, found.output)),
        rules=tuple(_rules(found)),
        rule_pages=settings.reports.rule_pages,
        resources=tuple(
            sorted((_resource(item, texts) for item in stack), key=lambda item: item.urn)
        ),
        cost=texts.cost(found.cost, stack, in_full=in_full) if found.cost else None,
        budget=limits.budget if found.cost else None,
        unpriced=len(found.cost.unpriced) if found.cost else 0,
        budget_figure=limits.counts,
        network=network_of(stack, texts) if in_full else None,
        frameworks=(
            tuple(map(_framework, coverage(frameworks().values(), found.said))) if in_full else ()
        ),
    )


def _rules(found: Found) -> Iterator[RuleEntry]:
    resources, language = len(found.stack.resources), language_of(found.stack)
    for enforced, result in zip(found.rules, found.said, strict=True):
        yield _rule(enforced, result, resources, language)


def _placed(reach: Reach, texts: Texts) -> Reach:
    """The same with paths as they are seen from the root."""
    return replace(
        reach,
        unrun=tuple(
            replace(
                item,
                position=item.position
                and SourcePosition(texts.path(item.position.file), item.position.line),
            )
            for item in reach.unrun
        ),
    )


def _reach(reach: Reach, texts: Texts) -> ReachEntry:
    return ReachEntry(
        evaluated=reach.evaluated,
        not_evaluated={
            texts(provider): {texts(token): types[token] for token in sorted(types)}
            for provider, types in reach.not_evaluated.items()
        },
        not_run={texts(token): reach.not_run[token] for token in sorted(reach.not_run)},
        unrun=tuple(texts(callback.label) for callback in reach.unrun),
        read={texts(token): reach.read[token] for token in sorted(reach.read)},
        imported=tuple(map(texts, reach.imported)),
        ignored=tuple(map(texts, reach.ignored)),
    )


def _change(item: SettingChange, texts: Texts) -> ChangeEntry:
    return ChangeEntry(
        kind=item.kind,
        setting=texts(item.setting),
        direction=item.direction,
        default=texts(format_value(item.default)),
        value=texts(format_value(item.value)),
        rule=item.rule,
        severity=item.severity,
        is_off=item.is_off,
    )


def _baseline(baseline: Baseline, texts: Texts) -> BaselineFile | None:
    record = baseline.record
    if not baseline.entries:
        return None
    return BaselineFile(file=texts.path(str(record.path.absolute())), sha256=record.digest)


def _project_file(folder: Path | None, texts: Texts) -> str | None:
    if folder is None:
        return None
    other = folder / "Pulumi.yml"
    return texts.path(str(other if other.exists() else folder / "Pulumi.yaml"))


def _finding(
    item: Finding, texts: Texts, identity: Identity, circumstances: Circumstances, language: str
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
        fix=fix_in(language, item.fix),
        position=texts.position(item.position),
        property_position=texts.position(item.property_position),
        controls=item.rule.controls,
        also=item.also,
        waiver=_waiver(item.waiver, circumstances) if item.waiver else None,
        known_since=item.known_since,
        replacements=tuple(
            ReplacementEntry(**{**asdict(each), "file": texts.path(each.file)})
            for each in item.replacements
        ),
        occurrence=identity.occurrence,
        fingerprint=identity.fingerprint,
    )


def _remediation(item: Difference, texts: Texts) -> RemediationEntry:
    return RemediationEntry(
        rule=item.rule.id,
        urn=texts(item.urn),
        path=texts(item.path),
        before=texts(shown(item.before)),
        after=texts(shown(item.after)),
        position=texts.position(item.position),
    )


def _waiver(waiver: Waiver, circumstances: Circumstances) -> WaiverEntry:
    return WaiverEntry(
        reason=waiver.reason,
        owner=waiver.owner,
        expires=waiver.expires,
        ticket=waiver.ticket,
        days_left=(waiver.expires - circumstances.time.date()).days,
    )


def _resource(resource: Resource, texts: Texts) -> ResourceEntry:
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


def _rule(enforced: EnforcedRule, result: RuleResult, resources: int, language: str) -> RuleEntry:
    rule, counts = enforced.rule, result.counts
    evaluated = counts.total() if rule.scope == "resource" else resources
    return RuleEntry(
        id=rule.id,
        title=rule.title,
        why=rule.why,
        fix=fix_in(language, rule.fix),
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
            not_applicable=(
                0 if result.result is Result.DISABLED else max(0, resources - evaluated)
            ),
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
