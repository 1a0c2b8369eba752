"""The policy pack as the Pulumi engine calls it: an `Analyzer` server over gRPC.

Ours, because the stock one converts every resource once per policy, unwraps secrets before a
policy sees them, and makes an advice of every unknown value. What the engine calls, and in which
order, was read from its source and measured (3.259): `ConfigureStack`, `GetPluginInfo`,
`GetAnalyzerInfo`, `Configure`, then for each resource `Remediate` and `Analyze` with the inputs
after the provider's check and without dependencies, then `AnalyzeStack` with the outputs and the
dependencies, then `Cancel` and an interrupt.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2
from pydantic import ValidationError

from policies.cost import StackCost
from policies.decide import Family, Judge, RuleError
from policies.errors import ApexError, UsageError
from policies.garbage import keep_all, no_collections
from policies.model import (
    STACK_TYPE,
    EnforcedRule,
    EnforcementLevel,
    Finding,
    Outcome,
    Resource,
    ResourceType,
    Rule,
    Severity,
    Stack,
)
from policies.model.credentials import SecretConfig
from policies.model.value import UNKNOWN, Value, leaves
from policies.pack import pack_file, proven_rules
from policies.provider import check, resource_type
from policies.settings import (
    Baseline,
    Costing,
    PolicyPackSettings,
    Waivers,
    base_file,
    enforce,
    is_checkovs,
    load,
    locate,
    read_record,
    waivers_for,
)
from policies.sources.judged_project import judged_project
from policies.sources.wire import WireMapping, plain

_LEVELS: Final = {
    EnforcementLevel.ADVISORY: analyzer_pb2.ADVISORY,
    EnforcementLevel.MANDATORY: analyzer_pb2.MANDATORY,
    EnforcementLevel.DISABLED: analyzer_pb2.DISABLED,
}
_LEVEL_OF: Final = {
    **{number: level for level, number in _LEVELS.items()},
    # The pack repairs nothing, so a policy that should is one that must hold.
    analyzer_pb2.REMEDIATE: EnforcementLevel.MANDATORY,
}
_SEVERITIES: Final = {
    Severity.LOW: analyzer_pb2.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: analyzer_pb2.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: analyzer_pb2.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: analyzer_pb2.POLICY_SEVERITY_CRITICAL,
}
_SCOPES: Final = {
    "resource": analyzer_pb2.POLICY_TYPE_RESOURCE,
    "stack": analyzer_pb2.POLICY_TYPE_STACK,
}


_LOOK_SECONDS: Final = 1.0
"""How often it is looked whether the engine is there still."""

_INCOMPLETE: Final = (
    "the engine ended before the whole stack was known: rules about several resources were not "
    "asked, and resources may be missing"
)


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Judges one stack for the engine."""

    def __init__(self, rules: Sequence[Rule], environment: Mapping[str, str]) -> None:
        self.cancelled = threading.Event()
        self._rules = rules
        self._environment = environment
        self._enforced: Sequence[EnforcedRule] = enforce(load(None, rules), rules, "")
        self._stack = Stack("", "")
        self._judge = Judge(self._enforced)
        self._waivers = Waivers((), datetime.now(UTC).date())
        self._baseline = Baseline()
        self._providers: dict[str, tuple[Mapping[str, Value], bool]] = {}
        self._waiting: dict[str, list[EnforcedRule]] = {}
        self._not_applicable: dict[tuple[object, ...], analyzer_pb2.AnalyzeResponse] = {}
        self._errors: list[RuleError] = []
        self._settings = PolicyPackSettings()
        self._estimated: Callable[[], StackCost] | None = None
        self._project: Path | None = None
        # Between ConfigureStack and what ends it, if that is what settings ask for.
        self._is_report_due = False

    def Handshake(
        self, request: analyzer_pb2.AnalyzerHandshakeRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzerHandshakeResponse:
        """The engine's greeting; only some ways of starting a pack have one."""
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def GetPluginInfo(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """The pack's version."""
        return plugin_pb2.PluginInfo(version=pack_file()["version"])

    def ConfigureStack(
        self, request: analyzer_pb2.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzerStackConfigureResponse:
        """The stack, its config, and with them the settings that apply."""
        secret_keys = set(request.config_secret_keys)
        self._providers = {}
        self._stack = Stack(
            name=request.stack,
            project=request.project,
            config=dict(request.config),
            secret_config=SecretConfig(
                {key: value for key, value in request.config.items() if key in secret_keys}
            ),
        )
        self._is_report_due = False
        try:
            self._project = judged_project(request.project, self._environment)
            settings = load(locate(self._project, self._environment), self._rules)
            costing = Costing(settings, request.stack, base_file(settings, request.stack))
            record = read_record(settings, self._project, self._rules)
        except ApexError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        _say(f"apex: settings: {settings.source}", sys.stdout)
        # Checkov judges offline alone: the engine shows its resources one by one.
        self._baseline = Baseline(record, request.stack, lambda rule_id: not is_checkovs(rule_id))
        if self._baseline.source:
            _say(f"apex: baseline: {self._baseline.source}", sys.stdout)
        self._estimated = costing.of(self._stack)
        self._use(enforce(settings, self._rules, request.stack))
        waivers = [
            item for item in waivers_for(settings, request.stack) if not is_checkovs(item.policy)
        ]
        self._waivers = Waivers(waivers, datetime.now(UTC).date())
        self._settings = settings
        self._is_report_due = settings.reports.directory is not None
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def GetAnalyzerInfo(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzerInfo:
        """The pack's rules, at the levels that settings give them for this stack."""
        about = pack_file()
        return analyzer_pb2.AnalyzerInfo(
            name=about["name"],
            displayName="Apex Guardrails",
            version=about["version"],
            description=about["description"],
            supportsConfig=True,
            policies=[_policy_info(enforced) for enforced in self._enforced],
        )

    def Configure(
        self, request: analyzer_pb2.ConfigureAnalyzerRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """The engine's own configuration, which overrides the settings."""
        try:
            self._use(
                [
                    _configured(enforced, request.policyConfig[enforced.rule.id])
                    if enforced.rule.id in request.policyConfig
                    else enforced
                    for enforced in self._enforced
                ]
            )
        except UsageError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return empty_pb2.Empty()

    def Remediate(
        self, request: analyzer_pb2.AnalyzeRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.RemediateResponse:
        """Nothing is repaired: what is deployed stays what the program says."""
        return analyzer_pb2.RemediateResponse()

    def Analyze(
        self, request: analyzer_pb2.AnalyzeRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzeResponse:
        """What the rules say about one resource's inputs."""
        inputs = WireMapping(request.properties)
        resource = self._resource(request, inputs)
        self._stack.add(resource)
        judged = self._judge.judge_resource(resource)
        # It is kept for the rules about the stack, which look at few resources again.
        inputs.compact()
        nothing_found = self._not_applicable_to(resource.type, judged.skipped)
        if not (judged.findings or judged.waiting or self._judge.decision.errors):
            return nothing_found
        response = analyzer_pb2.AnalyzeResponse()
        response.CopyFrom(nothing_found)
        if judged.waiting:
            self._waiting[resource.urn] = judged.waiting
            response.not_applicable.extend(
                analyzer_pb2.PolicyNotApplicable(
                    policy_name=enforced.rule.id, reason="decided when the whole stack is known"
                )
                for enforced in judged.waiting
            )
        response.diagnostics.extend(self._diagnostics(judged.findings))
        return response

    def AnalyzeStack(
        self, request: analyzer_pb2.AnalyzeStackRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzeResponse:
        """What the rules about several resources say, on the inputs that `Analyze` brought.

        The message has outputs; what is taken from it are dependencies, the stack's outputs, and
        resources that were never analysed.
        """
        with no_collections():
            return self._analyze_stack(request)

    def _analyze_stack(
        self, request: analyzer_pb2.AnalyzeStackRequest
    ) -> analyzer_pb2.AnalyzeResponse:
        stack = self._stack
        for message in request.resources:
            if message.type == STACK_TYPE:
                stack.outputs = Resource(
                    message.urn, resource_type(STACK_TYPE), WireMapping(message.properties), stack
                )
            resource = stack.resources.get(message.urn)
            if resource is None:
                resource = self._resource(message, WireMapping(message.properties))
                stack.add(resource)
            resource.learn(
                message.dependencies,
                {
                    name: tuple(dependencies.urns)
                    for name, dependencies in message.propertyDependencies.items()
                },
                WireMapping(message.properties),
            )
        findings: list[Finding] = []
        for urn, rules in self._waiting.items():
            findings += self._judge.judge_again(stack.resources[urn], rules).findings
        for resource in stack:
            # One that a violation kept out is not listed: what it waits for stays unsaid.
            if resource.property_dependencies is None:
                resource.learn((), {}, {})
        findings += self._judge.judge_stack(stack)
        diagnostics = self._diagnostics(findings)
        warnings = [*self._waivers.warnings(), *self._baseline.warnings(undecided=False)]
        for warning in warnings:
            _say(f"apex: note: {warning}", sys.stdout)
        self._report(warnings, is_complete=True)
        return analyzer_pb2.AnalyzeResponse(
            diagnostics=diagnostics,
            not_applicable=[
                analyzer_pb2.PolicyNotApplicable(
                    policy_name=rule_id, reason="the settings have no limit for it"
                )
                for rule_id in sorted(
                    item.rule.id
                    for item in self._judge.stack_rules
                    if self._judge.decision.not_applicable(item.rule.id)
                )
            ],
        )

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """The engine is done, or was interrupted."""
        self.cancelled.set()
        return empty_pb2.Empty()

    def close(self) -> None:
        """Writes the reports that are due still, marked incomplete: the engine has gone."""
        self._report([_INCOMPLETE], is_complete=False)

    def _report(self, notes: Sequence[str], *, is_complete: bool) -> None:
        """Writes the reports that the settings ask for; the deployment does not depend on them."""
        if not self._is_report_due:
            return
        self._is_report_due = False
        # Nothing of it is needed before, and the engine waits for the pack to start.
        from policies.sources.engine_reports import leave_reports

        decision = replace(
            self._judge.decision,
            findings=self._accepted(self._judge.decision.findings),
            errors=self._errors,
        )
        try:
            leave_reports(
                self._stack,
                decision,
                self._enforced,
                # Of a part of a stack no cost is shown.
                self._estimated() if self._estimated and is_complete else None,
                self._settings,
                project=self._project,
                baseline=self._baseline,
                notes=notes,
                is_complete=is_complete,
            )
        except ApexError as error:
            _say(f"apex: warning: no reports were written: {error}", sys.stdout)

    def _accepted(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings as waivers and the baseline leave them."""
        waived = map(self._waivers.apply, findings)
        return self._baseline.apply(waived, self._waivers, self._stack.secret_config.redact)

    def _use(self, enforced: Sequence[EnforcedRule]) -> None:
        self._enforced = enforced
        self._judge = Judge(enforced)
        self._errors = []
        self._waiting = {}
        self._not_applicable = {}

    def _resource(
        self,
        message: analyzer_pb2.AnalyzeRequest | analyzer_pb2.AnalyzerResource,
        inputs: Mapping[str, Value],
    ) -> Resource:
        custom = message.type.startswith("pulumi:providers:") or message.HasField("provider")
        provider, is_known = self._provider(message.provider)
        if not is_known:
            # Where a provider's own config is not known yet, the engine leaves out its check.
            inputs = check(message.type, message.urn, plain(inputs)).inputs
        return Resource(
            message.urn,
            resource_type(message.type),
            inputs,
            self._stack,
            parent=message.options.parent,
            custom=custom,
            is_protected=message.options.protect,
            provider=provider,
        )

    def _provider(
        self, message: analyzer_pb2.AnalyzerProviderResource
    ) -> tuple[Mapping[str, Value], bool]:
        """A provider's inputs, and whether all of them are known; the same for many resources."""
        if message.urn not in self._providers:
            inputs = WireMapping(message.properties)
            is_known = all(leaf.value is not UNKNOWN for leaf in leaves(inputs))
            self._providers[message.urn] = inputs, is_known
        return self._providers[message.urn]

    def _not_applicable_to(
        self, resource_type: ResourceType, skipped: Sequence[Family]
    ) -> analyzer_pb2.AnalyzeResponse:
        """What the engine must know, lest it count a rule that was not asked as passed.

        Args:
            resource_type: a resource's type, which most rules are not about.
            skipped: rules about the type that do not apply to the resource.
        """
        key = (resource_type.token, *skipped)
        response = self._not_applicable.get(key)
        if response is None:
            asked = {item.rule.id for item in self._judge.rules_for(resource_type)}
            asked = asked.difference(*(family.ids for family in skipped))
            response = analyzer_pb2.AnalyzeResponse(
                not_applicable=[
                    analyzer_pb2.PolicyNotApplicable(policy_name=enforced.rule.id)
                    for enforced in self._judge.resource_rules
                    if enforced.rule.id not in asked
                ]
            )
            self._not_applicable[key] = response
        return response

    def _diagnostics(self, findings: Iterable[Finding]) -> list[analyzer_pb2.AnalyzeDiagnostic]:
        errors, self._judge.decision.errors = self._judge.decision.errors, []
        self._errors += errors
        return [
            *map(_diagnostic, self._accepted(findings)),
            *map(_defect, errors),
        ]


def _policy_info(enforced: EnforcedRule) -> analyzer_pb2.PolicyInfo:
    rule = enforced.rule
    return analyzer_pb2.PolicyInfo(
        name=rule.id,
        displayName=rule.title,
        description=rule.title,
        message=rule.why,
        enforcementLevel=_LEVELS[enforced.level],
        policy_type=_SCOPES[rule.scope],
        severity=_SEVERITIES[rule.severity],
        tags=[rule.service, *rule.controls],
        remediation_steps=rule.fix,
    )


def _configured(enforced: EnforcedRule, config: analyzer_pb2.PolicyConfig) -> EnforcedRule:
    """A rule as the engine's configuration has it.

    Raises:
        UsageError: a parameter is not one of the rule's, or has a wrong value.
    """
    parameters = plain(WireMapping(config.properties))
    merged = {**enforced.parameters.model_dump(), **parameters}
    try:
        checked = enforced.rule.parameters.model_validate(merged)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise UsageError(f"policy config: {enforced.rule.id}.{key}: {first['msg']}") from None
    return replace(enforced, level=_LEVEL_OF[config.enforcementLevel], parameters=checked)


def _diagnostic(finding: Finding) -> analyzer_pb2.AnalyzeDiagnostic:
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
        policyPackName=pack_file()["name"],
        policyPackVersion=pack_file()["version"],
        description=f"{rule.title}.",
        message=f"{waived}{known}{undecided}{finding.message}{at}\n{rule.fix}",
        enforcementLevel=_LEVELS[finding.level],
        urn=finding.urn,
        severity=_SEVERITIES[rule.severity],
    )


def _defect(error: RuleError) -> analyzer_pb2.AnalyzeDiagnostic:
    return analyzer_pb2.AnalyzeDiagnostic(
        policyName=error.rule_id,
        policyPackName=pack_file()["name"],
        policyPackVersion=pack_file()["version"],
        description="The rule could not be asked.",
        message=f"the rule raised, which is a defect of the pack:\n{error.error}",
        enforcementLevel=analyzer_pb2.MANDATORY,
        urn=error.urn,
        severity=analyzer_pb2.POLICY_SEVERITY_CRITICAL,
    )


def _say(line: str, stream: TextIO) -> None:
    """What the engine shows to the user, after the port on the first line."""
    stream.write(f"{line}\n")
    stream.flush()


def serve() -> int:
    """Serves the engine that started this process, until it is done; the exit code."""
    try:
        analyzer = Analyzer(proven_rules(), os.environ)
        keep_all()
    except ApexError as error:
        _say(f"apex: {error}", sys.stderr)
        return error.exit_code
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: analyzer.cancelled.set())
    server = grpc.server(
        ThreadPoolExecutor(max_workers=4),
        # The engine sends a whole stack in one message.
        options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(analyzer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # The engine reads the port from the first line.
    _say(str(port), sys.stdout)
    while not (analyzer.cancelled.wait(_LOOK_SECONDS) or _has_no_reader(sys.stdout)):
        pass
    server.stop(grace=0.5).wait()
    analyzer.close()
    return 0


def _has_no_reader(stream: TextIO) -> bool:
    """Whether nobody reads a pipe any more: an engine that is killed says nothing."""
    poll = select.poll()
    poll.register(stream, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
