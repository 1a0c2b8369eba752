"""The pack's rules as policies of Pulumi's own kind, for a `pulumi_policy.PolicyPack`.

Pulumi's server tells a policy less than the pack's own: secrets without their mark, no config, and
nothing of what a single resource depends on. So a rule is handed on where each of its cases comes
to the same with that alone, or at worst to undecided: about a resource at once, or about the stack
once all of it is known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import pulumi_policy
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy.deserialize import deserialize_properties, serialize_properties
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from apex_guardrails.decide import Evaluation, Evaluator
from apex_guardrails.model import (
    EnforcedRule,
    EnforcementLevel,
    NoParameters,
    Outcome,
    Resource,
    Rule,
    Stack,
)
from apex_guardrails.model.case import Case
from apex_guardrails.model.resource_type import STACK_TYPE
from apex_guardrails.pack.rules import proven_rules
from apex_guardrails.provider import current, current_names, resource_type
from apex_guardrails.stock.messages import analyze_request
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import nearest
from apex_guardrails.testing.cases import build, run_case
from apex_guardrails.wire import WireMapping

COLLECTOR: Final = "apex-resources"
"""The policy that takes in what rules about the stack look at; it finds nothing."""

_COST: Final = "cost"
"""Its limits are in `policy-pack.yaml`, which stock policies do not have."""

Report = Callable[..., None]


def policies(*names: str) -> list[pulumi_policy.Policy]:
    """Rules of the pack for `PolicyPack(policies=[...])`, at their own levels.

    Args:
        names: ids of rules, or services such as `sql`; if left out, every rule that needs no
            setting to be asked for.

    Raises:
        UsageError: there is no such rule or service, or Pulumi's server tells too little for it.
        PackError: the pack fails its own cases.
    """
    rules = proven_rules()
    chosen = [rule for rule in rules if _is_chosen(rule, names)]
    known = {name for rule in rules for name in (rule.id, rule.service)}
    for name in names:
        if name not in known:
            raise UsageError(f"{name}: there is no such rule or service{nearest(name, known)}")
    run = _Run()
    made = [run.policy(rule, kind) for rule, kind in _fitting(chosen)]
    handed_on = {policy.name for policy in made}
    for rule in chosen:
        if rule.id in names and rule.id not in handed_on:
            raise UsageError(f"{rule.id}: needs what Pulumi's server does not tell policies")
    return [run.collector(), *made]


def left_out() -> list[str]:
    """The ids of the rules that cannot be handed on."""
    rules = proven_rules()
    handed_on = {rule.id for rule, _ in _fitting(rules)}
    return [rule.id for rule in rules if rule.id not in handed_on]


def _is_chosen(rule: Rule, names: Collection[str]) -> bool:
    if names:
        return rule.id in names or rule.service in names
    return not rule.opt_in


def _fitting(rules: Sequence[Rule]) -> Iterator[tuple[Rule, str]]:
    """The rules that can be handed on, and of what they are then: a resource, or the stack."""
    for rule in rules:
        if rule.service == _COST:
            continue
        kinds = ("stack",) if rule.scope == "stack" else ("resource", "stack")
        kind = next((kind for kind in kinds if _goes_well(rule, kind)), None)
        if kind is not None:
            yield rule, kind


def _goes_well(rule: Rule, kind: str) -> bool:
    for case in rule.cases:
        outcome, decision = run_case(rule, case, _as_told(rule, case, kind))
        if decision.errors or outcome not in (case.outcome, Outcome.UNDECIDED):
            return False
    return True


def _as_told(rule: Rule, case: Case, kind: str) -> Stack:
    """The stack of a case with nothing but what a policy is told."""
    whole = build(rule, case)
    told = Stack(whole.name, whole.project)
    for resource in whole:
        request = analyze_request(resource)
        props = unknown_checking_proxy(
            deserialize_properties(json_format.MessageToDict(request.properties))
        )
        _add(told, resource.urn, resource.type.token, props, request.options, _provider(request))
        if kind == "stack":
            told.resources[resource.urn].learn(
                resource.dependencies, resource.property_dependencies or {}, {}
            )
    if whole.outputs is not None:
        told.outputs = whole.outputs
    return told


def _provider(request: analyzer_pb2.AnalyzeRequest) -> Mapping[str, Any] | None:
    if not request.HasField("provider"):
        return None
    given = json_format.MessageToDict(request.provider.properties)
    found: Mapping[str, Any] = unknown_checking_proxy(deserialize_properties(given))
    return found


def _add(  # noqa: PLR0913, PLR0917 each is a fact of its own
    stack: Stack,
    urn: str,
    token: str,
    props: Mapping[str, Any],
    opts: Any,
    provider: Mapping[str, Any] | None,
) -> Resource:
    """A resource as a policy is told of it, in the stack."""
    resource = Resource(
        urn,
        resource_type(token),
        current(token, _values(props)),
        stack,
        parent=opts.parent or "",
        custom=provider is not None or token.startswith("pulumi:providers:"),
        is_protected=opts.protect,
        provider={} if provider is None else _values(provider),
    )
    stack.add(resource)
    return resource


def _values(props: Mapping[str, Any]) -> WireMapping:
    struct = struct_pb2.Struct()
    struct.update(dict(serialize_properties(props)))
    return WireMapping(struct)


class _Run:
    """What the policies of one pack have been told so far."""

    def __init__(self) -> None:
        self._stack = Stack("", "")

    def collector(self) -> pulumi_policy.Policy:
        """The policy that takes in every resource, before the others are asked about it."""
        return pulumi_policy.ResourceValidationPolicy(
            COLLECTOR,
            "Takes in the resources that the pack's rules look at.",
            self._take,
            enforcement_level=pulumi_policy.EnforcementLevel.ADVISORY,
        )

    def policy(self, rule: Rule, kind: str) -> pulumi_policy.Policy:
        """A rule as a policy of a resource, or of the stack."""
        about: dict[str, Any] = {
            "name": rule.id,
            "description": f"{rule.title}.",
            "display_name": rule.title,
            "enforcement_level": pulumi_policy.EnforcementLevel(rule.level.value),
            "severity": pulumi_policy.Severity(rule.severity.value),
            "config_schema": _schema(rule),
            "tags": [rule.service, *rule.controls],
            "remediation_steps": rule.fix,
        }
        if kind == "resource":
            return pulumi_policy.ResourceValidationPolicy(
                validate=lambda args, report: self._resource(rule, args, report), **about
            )
        return pulumi_policy.StackValidationPolicy(
            validate=lambda args, report: self._whole(rule, args, report), **about
        )

    def _take(self, args: pulumi_policy.ResourceValidationArgs, _report: Report) -> None:
        head, self._stack.project, *_ = args.urn.split("::")
        self._stack.name = head.rpartition(":")[2]
        provider = None if args.provider is None else args.provider.props
        _add(self._stack, args.urn, args.resource_type, args.props, args.opts, provider)

    def _resource(
        self, rule: Rule, args: pulumi_policy.ResourceValidationArgs, report: Report
    ) -> None:
        if not rule.is_about(resource_type(args.resource_type)):
            args.not_applicable("the rule is about other types")
        if args.urn not in self._stack.resources:
            self._take(args, report)
        evaluator = Evaluator([_enforced(rule, args.get_config())])
        evaluation = evaluator.evaluate_resource(self._stack.resources[args.urn])
        _tell(rule, evaluation, report)
        if evaluation.skipped:
            args.not_applicable("nothing in it is covered by the rule")

    def _whole(self, rule: Rule, args: pulumi_policy.StackValidationArgs, report: Report) -> None:
        stack = self._stack
        for item in args.resources:
            if item.resource_type == STACK_TYPE:
                outputs = _values(item.props)
                stack.outputs = Resource(item.urn, resource_type(STACK_TYPE), outputs, stack)
            resource = stack.resources.get(item.urn)
            if resource is None:
                # It was never told of: the program reads it, and it is not the program's to deploy.
                provider = None if item.provider is None else item.provider.props
                told = (item.urn, item.resource_type, item.props, item.opts, provider)
                resource = _add(stack, *told)
                resource.is_read = True
            if resource.property_dependencies is not None:
                continue
            below = item.property_dependencies
            names = {key: tuple(other.urn for other in below[key]) for key in below}
            resource.learn(
                [other.urn for other in item.dependencies],
                current_names(item.resource_type, names),
                {},
            )
        evaluator = Evaluator([_enforced(rule, args.get_config())])
        if rule.scope == "stack":
            evaluations = [evaluator.evaluate_stack(stack)]
        else:
            about = [item for item in stack if rule.is_about(item.type) and not item.is_read]
            evaluations = [evaluator.evaluate_resource(item) for item in about]
        undecided: UnknownValueError | None = None
        for evaluation in evaluations:
            try:
                _tell(rule, evaluation, report)
            except UnknownValueError as error:
                undecided = error
        if undecided is not None:
            raise undecided
        if not evaluations or all(item.skipped for item in evaluations):
            args.not_applicable("nothing in the stack is covered by the rule")


def _enforced(rule: Rule, config: Mapping[str, Any]) -> EnforcedRule:
    parameters = rule.parameters.model_validate(dict(config or {}))
    return EnforcedRule(rule, EnforcementLevel.MANDATORY, EnforcementLevel.MANDATORY, parameters)


def _tell(rule: Rule, evaluation: Evaluation, report: Report) -> None:
    """Reports what a rule says.

    Raises:
        UnknownValueError: it is undecided, which is advice: the server makes that of it.
        RuntimeError: the rule raised, which ends the analysis.
    """
    for error in evaluation.errors:
        raise RuntimeError(f"{rule.id} on {error.urn}: {error.error}")
    blocks = rule.undecided_by_default is EnforcementLevel.MANDATORY
    unknown: list[str] = []
    for finding in evaluation.findings:
        is_open = finding.outcome is Outcome.UNDECIDED
        if is_open and not blocks:
            unknown = [finding.path]
            continue
        at = f" ({finding.path})" if finding.path else ""
        report(
            f"{'undecided: ' if is_open else ''}{finding.message}{at}\n{finding.fix}", finding.urn
        )
    if unknown:
        raise UnknownValueError(UNKNOWN_STRING_VALUE, unknown)


def _schema(rule: Rule) -> pulumi_policy.PolicyConfigSchema | None:
    if rule.parameters is NoParameters:
        return None
    schema = rule.parameters.model_json_schema()
    properties = {
        name: _resolved(about, schema.get("$defs", {}))
        for name, about in schema["properties"].items()
    }
    return pulumi_policy.PolicyConfigSchema(properties)


def _resolved(about: Any, definitions: Mapping[str, Any]) -> Any:
    """A schema with what it refers to in its place."""
    if isinstance(about, list):
        return [_resolved(item, definitions) for item in about]
    if not isinstance(about, dict):
        return about
    if "$ref" in about:
        named = definitions[about["$ref"].rpartition("/")[2]]
        rest = {key: value for key, value in about.items() if key != "$ref"}
        return _resolved({**named, **rest}, definitions)
    return {key: _resolved(value, definitions) for key, value in about.items()}
