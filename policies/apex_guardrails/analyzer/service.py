"""The policy pack as the Pulumi engine asks it, message by message.

What the engine calls, and in which order, was read from its source and measured (3.259):
`ConfigureStack`, `GetPluginInfo`, `GetAnalyzerInfo`, `Configure`, then for each resource
`Remediate` and `Analyze` with the inputs after the provider's check and without dependencies, then
`AnalyzeStack` with the outputs and the dependencies, then `Cancel` and an interrupt. Of a state,
`pulumi policy analyze` leaves out `ConfigureStack`: which stack it is, the first URN says then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, plugin_pb2

from apex_guardrails.analyzer.info import analyzer_info
from apex_guardrails.analyzer.messages import configured, defect, diagnostic, level, say
from apex_guardrails.decide import Evaluation, Evaluator, Family
from apex_guardrails.judgement.circumstances import Run, Source
from apex_guardrails.judgement.pipeline import Pipeline
from apex_guardrails.model import (
    STACK_TYPE,
    EnforcedRule,
    Resource,
    Rule,
    Stack,
    stack_and_project_of,
    type_of,
)
from apex_guardrails.model.credentials import SecretConfig
from apex_guardrails.model.stack import CONFIGURED, WHOLE
from apex_guardrails.model.value import UNKNOWN, Value, leaves
from apex_guardrails.pack.about import pack_info
from apex_guardrails.pack.rules import prove
from apex_guardrails.provider import check, current, current_names, resource_type
from apex_guardrails.settings import PolicyPackSettings, Record, fold, load, locate
from apex_guardrails.sources.judged_project import judged_project
from apex_guardrails.support.errors import ApexError, UsageError
from apex_guardrails.support.garbage import no_collections
from apex_guardrails.translation import equivalent
from apex_guardrails.wire import TooDeepError, WireMapping, plain, urns_by_input

_INCOMPLETE: Final = (
    "the engine ended before the whole stack was known: rules about several resources "
    "were not evaluated, and resources may be missing"
)


class Analyzer:
    """Judges one stack for the engine: a method for each call of the protocol."""

    def __init__(self, rules: Sequence[Rule], environment: Mapping[str, str]) -> None:
        self._rules = rules
        self._environment = environment
        self._stack = Stack("", "")
        # Until the engine says which stack it is.
        self._use(Pipeline(PolicyPackSettings(), "", rules, Source.ENGINE, record=Record()))
        self._providers: dict[str, tuple[Mapping[str, Value], bool]] = {}
        # Between ConfigureStack and what ends it, if that is what settings ask for.
        self._is_report_due = False
        self._asks_stock = False
        self._is_known = False
        self._told: Mapping[str, analyzer_pb2.EnforcementLevel.ValueType] = {}
        self._configuration = analyzer_pb2.ConfigureAnalyzerRequest()

    def handshake(
        self, request: analyzer_pb2.AnalyzerHandshakeRequest
    ) -> analyzer_pb2.AnalyzerHandshakeResponse:
        """The engine's greeting; only some ways of starting a pack have one."""
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def get_plugin_info(self, request: empty_pb2.Empty) -> plugin_pb2.PluginInfo:
        """The pack's version."""
        return plugin_pb2.PluginInfo(version=pack_info()["version"])

    def configure_stack(
        self, request: analyzer_pb2.AnalyzerStackConfigureRequest
    ) -> analyzer_pb2.AnalyzerStackConfigureResponse:
        """The stack, its config, and with them the settings that apply.

        Raises:
            ApexError: the settings, the base of the costs or the baseline are not valid.
        """
        self._begin(request, dict(request.tags))
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def _begin(
        self, request: analyzer_pb2.AnalyzerStackConfigureRequest, tags: Mapping[str, str] | None
    ) -> None:
        """Takes up a stack; its tags are `None` where they are not known."""
        self._is_known = True
        secret_keys = set(request.config_secret_keys)
        self._providers = {}
        self._stack = Stack(
            name=request.stack,
            project=request.project,
            equivalent=equivalent,
            config=dict(request.config),
            secret_config=SecretConfig(
                {key: value for key, value in request.config.items() if key in secret_keys}
            ),
        )
        self._stack.analyzed[CONFIGURED] = request
        self._is_report_due = False
        project = judged_project(request.project, self._environment)
        today = datetime.now(UTC).date()
        settings = load(locate(project, self._environment), self._rules, today)
        if tags is not None:
            settings.is_about(tags)
        pipeline = Pipeline(
            settings, request.stack, settings.known_rules, Source.ENGINE, project=project
        )
        say(f"apex: settings: {settings.source}")
        if pipeline.baseline.source:
            say(f"apex: baseline: {pipeline.baseline.source}")
        self._use(pipeline)
        for line in fold(pipeline.changes()):
            say(f"apex: {line}")
        self._is_report_due = settings.reports.directory is not None
        self._asks_stock = bool(settings.stock_policies)

    def get_analyzer_info(self, request: empty_pb2.Empty) -> analyzer_pb2.AnalyzerInfo:
        """The pack's rules, at the levels that settings give them for this stack."""
        self._told = {item.rule.id: level(item) for item in self._pipeline.rules}
        return analyzer_info(self._pipeline.rules, self._pipeline.settings.reports.rule_pages)

    def configure(self, request: analyzer_pb2.ConfigureAnalyzerRequest) -> empty_pb2.Empty:
        """The engine's own configuration, which overrides the settings.

        Raises:
            UsageError: a parameter is not one of the rule's, or has a wrong value.
        """
        self._configuration = request
        self._pipeline.configure(
            [
                configured(enforced, request.policyConfig[enforced.rule.id])
                if enforced.rule.id in request.policyConfig
                else enforced
                for enforced in self._pipeline.rules
            ]
        )
        self._use(self._pipeline)
        return empty_pb2.Empty()

    def _learn_from(self, urn: str) -> None:
        """Takes up the stack that a resource is of, where the engine has not said which it is.

        What it was told of the rules, and gives back, was not of this stack: only what it changes
        of that is its own configuration.
        """
        if self._is_known:
            return
        stack, project = stack_and_project_of(urn)
        if not stack:
            return
        told, configuration = self._told, self._configuration
        self._begin(
            analyzer_pb2.AnalyzerStackConfigureRequest(stack=stack, project=project), tags=None
        )
        own = analyzer_pb2.ConfigureAnalyzerRequest()
        for enforced in self._pipeline.rules:
            name = enforced.rule.id
            if name not in configuration.policyConfig:
                continue
            config = configuration.policyConfig[name]
            is_as_told = config.enforcementLevel == told.get(name)
            if not is_as_told or config.properties.fields:
                own.policyConfig[name].CopyFrom(config)
                if is_as_told:
                    own.policyConfig[name].enforcementLevel = level(enforced)
        self.configure(own)

    def remediate(self, request: analyzer_pb2.AnalyzeRequest) -> analyzer_pb2.RemediateResponse:
        """What settings ask to be set on a resource before it is deployed; by default nothing."""
        self._learn_from(request.urn)
        remediation = self._pipeline.remediation
        if not remediation or not remediation.is_about(resource_type(request.type)):
            return analyzer_pb2.RemediateResponse()
        # The rules that remediate are the only ones that need it.
        from apex_guardrails.analyzer.remediating import remedied

        return remedied(
            request.properties,
            lambda properties: self._resource(
                request,
                WireMapping(properties),
                ignore_changes=request.options.ignoreChanges,
            ),
            remediation,
        )

    def analyze(self, request: analyzer_pb2.AnalyzeRequest) -> bytes:
        """What the rules say about one resource's inputs: an `AnalyzeResponse` as it is sent.

        Nearly all of it, the rules that do not apply, is the same for all resources of a type.

        Raises:
            PackError: the pack fails its own cases.
        """
        self._learn_from(request.urn)
        inputs = WireMapping(request.properties)
        resource = self._resource(request, inputs)
        self._stack.add(resource)
        if self._asks_stock:
            self._stack.analyzed[resource.urn] = request
        evaluation = self._evaluator.evaluate_resource(resource)
        self._stack.analyzed.pop(resource.urn, None)
        self._pipeline.house_style.look_at(resource)
        # It is kept for the rules about the stack, which look at few resources again.
        inputs.compact()
        nothing_found = self._not_applicable_to(resource, evaluation.skipped)
        if not (evaluation.findings or evaluation.waiting or evaluation.errors):
            return nothing_found
        if evaluation.waiting:
            self._waiting[resource.urn] = evaluation.waiting
        found = analyzer_pb2.AnalyzeResponse(
            diagnostics=self._diagnostics([evaluation]),
            not_applicable=[
                analyzer_pb2.PolicyNotApplicable(
                    policy_name=enforced.rule.id, reason="decided once the whole stack is known"
                )
                for enforced in evaluation.waiting
            ],
        )
        # One message after another is read as both in one.
        return nothing_found + found.SerializeToString()

    def analyze_stack(
        self, request: analyzer_pb2.AnalyzeStackRequest
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
        stack.analyzed[WHOLE] = request
        for message in request.resources:
            if message.type == STACK_TYPE:
                stack.outputs = Resource(
                    message.urn, resource_type(STACK_TYPE), WireMapping(message.properties), stack
                )
            resource = stack.resources.get(message.urn)
            if resource is None:
                # It was never analysed: the program reads it, or the update is not about it.
                resource = self._resource(message, WireMapping(message.properties), is_read=True)
                stack.add(resource)
                self._evaluator.leave_out(resource)
            resource.learn(
                message.dependencies,
                current_names(message.type, urns_by_input(message.propertyDependencies)),
                WireMapping(message.properties),
            )
        again = [
            self._evaluator.evaluate_again(stack.resources[urn], rules)
            for urn, rules in self._waiting.items()
        ]
        for resource in stack:
            # One that a violation kept out is not listed: what it waits for stays unsaid.
            if resource.property_dependencies is None:
                resource.learn((), {}, {})
        of_stack = self._evaluator.evaluate_stack(stack)
        diagnostics = self._diagnostics([*again, of_stack])
        self._say_what_was_evaluated()
        for note in (*self._pipeline.notes(), *self._pipeline.warnings(stack)):
            say(f"apex: note: {note}")
        self._report(Run())
        return analyzer_pb2.AnalyzeResponse(
            diagnostics=diagnostics,
            not_applicable=[
                analyzer_pb2.PolicyNotApplicable(
                    policy_name=rule_id,
                    reason="nothing in this stack or its settings is covered by the rule",
                )
                for rule_id in sorted(name for family in of_stack.skipped for name in family.ids)
            ],
        )

    def _say_what_was_evaluated(self) -> None:
        """What belongs to the verdict, which the engine puts together itself."""
        reach = self._evaluator.decision.reach(self._stack, self._pipeline.rules)
        say(f"apex: {self._stack.name}: {reach.counts()}")
        for line in reach.lines():
            say(f"apex: not evaluated: {line}")
        if self._stack.spending.limits.budget is not None:
            for line in self._estimated().assumes:
                say(f"apex: the cost {line}")

    def close(self) -> None:
        """Writes the reports that are due still, marked incomplete: the engine has gone."""
        self._report(Run(notes=[_INCOMPLETE], is_complete=False))

    def _report(self, run: Run) -> None:
        """Writes the reports that the settings ask for; the deployment does not depend on them."""
        if not self._is_report_due:
            return
        self._is_report_due = False
        # Nothing of it is needed before, and the engine waits for the pack to start.
        from apex_guardrails.analyzer.reports import leave_reports

        try:
            leave_reports(self._pipeline, self._stack, self._evaluator.decision, run)
        except ApexError as error:
            say(f"apex: warning: no reports were written: {error}")

    def _use(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._estimated = pipeline.price(self._stack)
        self._evaluator = Evaluator(pipeline.rules, prove)
        self._waiting: dict[str, list[EnforcedRule]] = {}
        self._not_applicable: dict[tuple[object, ...], bytes] = {}
        self._each_not_applicable = {
            item.rule.id: _not_applicable(item.rule.id) for item in self._evaluator.resource_rules
        }

    def _resource(
        self,
        message: analyzer_pb2.AnalyzeRequest | analyzer_pb2.AnalyzerResource,
        inputs: Mapping[str, Value],
        *,
        is_read: bool = False,
        ignore_changes: Collection[str] = (),
    ) -> Resource:
        if type_of(message.urn) != message.type:
            raise UsageError(
                f"{message.urn}: came with the type {message.type!r}, which is not the one in "
                "the URN"
            )
        custom = message.type.startswith("pulumi:providers:") or message.HasField("provider")
        provider, is_known = self._provider(message.provider)
        if not is_known:
            # Where a provider's own config is not known yet, the engine leaves out its check.
            said = provider.get("version")
            version = said if isinstance(said, str) else ""
            try:
                inputs = check(message.type, message.urn, plain(inputs), version).inputs
            except TooDeepError as error:
                raise UsageError(f"{message.urn}: an input {error}") from None
        return Resource(
            message.urn,
            resource_type(message.type),
            current(message.type, inputs),
            self._stack,
            parent=message.options.parent,
            custom=custom,
            is_protected=message.options.protect,
            is_read=is_read,
            ignore_changes=ignore_changes,
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

    def _not_applicable_to(self, resource: Resource, skipped: Sequence[Family]) -> bytes:
        """What the engine must know, lest it count a rule that was not asked as passed.

        Args:
            resource: one of a type which most rules are not about.
            skipped: rules about the type that do not apply to the resource.
        """
        same = resource.equivalent
        types = (resource.type,) if same is None else (resource.type, same.type)
        key = (types, *skipped)
        response = self._not_applicable.get(key)
        if response is None:
            asked = {item.rule.id for kind in types for item in self._evaluator.rules_for(kind)}
            asked = asked.difference(*(family.ids for family in skipped))
            each = self._each_not_applicable.items()
            response = b"".join(said for rule_id, said in each if rule_id not in asked)
            self._not_applicable[key] = response
        return response

    def _diagnostics(
        self, evaluations: Sequence[Evaluation]
    ) -> list[analyzer_pb2.AnalyzeDiagnostic]:
        findings = [finding for item in evaluations for finding in item.findings]
        return [
            *map(diagnostic, self._pipeline.accepted(findings, self._stack)),
            *(defect(error) for item in evaluations for error in item.errors),
        ]


def _not_applicable(rule_id: str) -> bytes:
    """That one rule does not apply, as part of an `AnalyzeResponse` as it is sent."""
    said = analyzer_pb2.PolicyNotApplicable(policy_name=rule_id)
    return analyzer_pb2.AnalyzeResponse(not_applicable=[said]).SerializeToString()
