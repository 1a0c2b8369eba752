"""What the pack says to the engine: rules, findings and defects as messages, notes as lines."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TextIO

from pulumi.runtime.proto import analyzer_pb2
from pydantic import ValidationError

from apex_guardrails.decide import RuleError
from apex_guardrails.model import EnforcedRule, EnforcementLevel, Finding, Outcome
from apex_guardrails.pack.about import pack_info
from apex_guardrails.protocol import LEVEL_OF, LEVELS, SEVERITIES
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import mismatch
from apex_guardrails.wire import WireMapping, plain


def configured(enforced: EnforcedRule, config: analyzer_pb2.PolicyConfig) -> EnforcedRule:
    """A rule as the engine's configuration has it.

    Raises:
        UsageError: a parameter is not one of the rule's, or has a wrong value.
    """
    parameters = plain(WireMapping(config.properties))
    # What settings leave out stays left out: an empty default need not be one that may be given.
    merged = {**enforced.parameters.model_dump(exclude_unset=True), **parameters}
    try:
        checked = enforced.rule.parameters.model_validate(merged)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise UsageError(f"policy config: {enforced.rule.id}.{key}: {mismatch(first)}") from None
    remediates = config.enforcementLevel == analyzer_pb2.REMEDIATE
    # What settings say a violation does, where the engine gives back the level that it was given.
    is_as_told = config.enforcementLevel == level(enforced)
    return replace(
        enforced,
        level=enforced.level if is_as_told else LEVEL_OF[config.enforcementLevel],
        parameters=checked,
        remediates=remediates and enforced.rule.is_remediable,
    )


def level(enforced: EnforcedRule) -> analyzer_pb2.EnforcementLevel.ValueType:
    """The engine's level of a rule: one that remediates has no other beside it."""
    if enforced.remediates and enforced.level is not EnforcementLevel.DISABLED:
        return analyzer_pb2.REMEDIATE
    return LEVELS[enforced.level]


def diagnostic(finding: Finding) -> analyzer_pb2.AnalyzeDiagnostic:
    """A finding, with whose waiver it has and since when it is known."""
    rule = finding.rule
    undecided = "undecided: " if finding.outcome is Outcome.UNDECIDED else ""
    at = f" ({finding.path})" if finding.path else ""
    waiver = finding.waiver
    waived = (
        f"waived by {waiver.owner} until {waiver.expires.isoformat()}, {waiver.reason}: "
        if waiver
        else ""
    )
    known = f"known since {finding.known_since} (baseline): " if finding.known_since else ""
    return analyzer_pb2.AnalyzeDiagnostic(
        policyName=rule.id,
        policyPackName=pack_info()["name"],
        policyPackVersion=pack_info()["version"],
        description=f"{rule.title}.",
        message=f"{waived}{known}{undecided}{finding.message}{at}\n{finding.fix}".rstrip(),
        enforcementLevel=LEVELS[finding.level],
        urn=finding.urn,
        severity=SEVERITIES[rule.severity],
    )


def defect(error: RuleError) -> analyzer_pb2.AnalyzeDiagnostic:
    """A rule that raised, which stops the deployment."""
    return analyzer_pb2.AnalyzeDiagnostic(
        policyName=error.rule_id,
        policyPackName=pack_info()["name"],
        policyPackVersion=pack_info()["version"],
        description="The rule could not be evaluated.",
        message=f"the rule raised, which is a defect of the pack:\n{error.error}",
        enforcementLevel=analyzer_pb2.MANDATORY,
        urn=error.urn,
        severity=analyzer_pb2.POLICY_SEVERITY_CRITICAL,
    )


def say(line: str, stream: TextIO | None = None) -> None:
    """Shows a line to the user: the engine passes on what its plugins write."""
    stream = stream or sys.stdout
    stream.write(f"{line}\n")
    stream.flush()
