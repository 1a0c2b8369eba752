"""Levels and severities as the engine's protocol numbers them."""

from __future__ import annotations

from typing import Final

from pulumi.runtime.proto import analyzer_pb2

from apex_guardrails.model import EnforcementLevel, Severity

LEVELS: Final = {
    EnforcementLevel.ADVISORY: analyzer_pb2.ADVISORY,
    EnforcementLevel.MANDATORY: analyzer_pb2.MANDATORY,
    EnforcementLevel.DISABLED: analyzer_pb2.DISABLED,
}
LEVEL_OF: Final = {
    **{number: level for level, number in LEVELS.items()},
    # Where nothing is remediated, what should be must hold.
    analyzer_pb2.REMEDIATE: EnforcementLevel.MANDATORY,
}
SEVERITIES: Final = {
    Severity.LOW: analyzer_pb2.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: analyzer_pb2.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: analyzer_pb2.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: analyzer_pb2.POLICY_SEVERITY_CRITICAL,
}
SEVERITY_OF: Final = {number: severity for severity, number in SEVERITIES.items()}
