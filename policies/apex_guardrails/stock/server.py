"""Asks a process for what its stock policies say, so that none of them harms another's result."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from apex_guardrails.model import Resource, Stack
from apex_guardrails.model.stack import CONFIGURED
from apex_guardrails.stock.messages import analyze_request, stack_request
from apex_guardrails.stock.process import Place, PolicyProcess
from apex_guardrails.stock.remediation import Change, changes

RESOURCE_SECONDS: Final = 10.0
"""How long policies may take for one resource, together and then each alone."""

STACK_SECONDS: Final = 60.0
"""The same for a whole stack."""

_ONLY_REMEDIATES: Final = "Policy does not implement validate"
"""Why Pulumi's server says that a policy does not apply which has nothing but a remediation."""

_SHORT: Final = 500
"""Characters of an error that are shown."""


@dataclass
class Said:
    """What one policy says of a resource or a stack.

    Attributes:
        diagnostics: its violations, and that it could not decide.
        not_applicable: that it does not apply.
        error: why it says nothing.
        changes: what its remediation would set, of one that does nothing else.
    """

    diagnostics: list[analyzer_pb2.AnalyzeDiagnostic] = field(default_factory=list)
    not_applicable: bool = False
    error: str = ""
    changes: Sequence[Change] = ()


class PolicyServer:
    """The policies of one place, as they are configured for one stack."""

    def __init__(self, place: Place) -> None:
        """Starts their process.

        Raises:
            OwnRulesError: it cannot serve.
        """
        self.place = place
        self._process = PolicyProcess(place)
        self.info: analyzer_pb2.AnalyzerInfo = self._process.stub.GetAnalyzerInfo(empty_pb2.Empty())
        self._config: dict[str, Mapping[str, Any]] = {}
        self._configured: frozenset[str] | None = None
        self._alone: set[str] = set()
        self._given_up: set[str] = set()
        self._is_stopped = False
        self._stack: Stack | None = None
        self._about: Resource | Stack | None = None
        self._said: dict[str, Said] = {}

    def ask(self, policy: str, config: Mapping[str, Any], subject: Resource | Stack) -> Said:
        """What a policy says of a resource or a stack.

        All that were asked before are asked with it: the process takes a resource apart but once.
        """
        stack = subject if isinstance(subject, Stack) else subject.stack
        if self._is_stopped:
            self._restart()
        if stack is not self._stack:
            self._enter(stack)
        if subject is not self._about:
            self._about, self._said = subject, {}
        if self._config.get(policy) != config:
            self._config[policy] = config
            self._configured = None
            self._said.pop(policy, None)
        if policy not in self._said:
            first = not self._said
            wanted = frozenset(self._config) - self._alone if first else frozenset()
            self._said |= self._ask(wanted | {policy}, subject)
        return self._said[policy]

    def stop(self) -> None:
        """Ends the process; whoever asks again starts another."""
        self._process.stop()
        self._stack = self._about = None
        self._is_stopped = True

    def _ask(self, policies: frozenset[str], subject: Resource | Stack) -> dict[str, Said]:
        """What policies say: all at once, and where that fails each alone."""
        # Said once, where it happened: that stops the deployment as it is.
        said = {name: Said(not_applicable=True) for name in policies & self._given_up}
        left = policies - {*said}
        if not left:
            return said
        try:
            return said | self._call(left, subject)
        except grpc.RpcError as error:
            ended = _has_ended(error)
            if ended:
                self._restart()
            if len(left) == 1:
                [name] = left
                self._alone.add(name)
                text = _text(error)
                if ended:
                    self._given_up.add(name)
                return said | {name: Said(error=text)}
        for name in sorted(left):
            said |= self._ask(frozenset({name}), subject)
        return said

    def _call(self, policies: frozenset[str], subject: Resource | Stack) -> dict[str, Said]:
        stub = self._process.stub
        if self._configured != policies:
            stub.Configure(self._configuration(policies), timeout=RESOURCE_SECONDS)
            self._configured = policies
        if isinstance(subject, Stack):
            response = stub.AnalyzeStack(stack_request(subject), timeout=STACK_SECONDS)
        else:
            response = stub.Analyze(analyze_request(subject), timeout=RESOURCE_SECONDS)
        said = {name: Said() for name in policies}
        for item in response.not_applicable:
            if item.policy_name not in said:
                continue
            if item.reason == _ONLY_REMEDIATES and isinstance(subject, Resource):
                said[item.policy_name] = self._remediated(item.policy_name, subject)
            else:
                said[item.policy_name].not_applicable = True
        for item in response.diagnostics:
            if item.policyName in said:
                said[item.policyName].diagnostics.append(item)
        return said

    def _remediated(self, policy: str, subject: Resource) -> Said:
        """What a policy would set. It is asked alone: one changes what the next one gets."""
        stub = self._process.stub
        self._configured = None
        stub.Configure(
            self._configuration(frozenset({policy}), analyzer_pb2.REMEDIATE),
            timeout=RESOURCE_SECONDS,
        )
        request = analyze_request(subject)
        response = stub.Remediate(request, timeout=RESOURCE_SECONDS)
        for item in response.remediations:
            return Said(changes=changes(request.properties, item.properties))
        return Said(not_applicable=bool(response.not_applicable))

    def _configuration(
        self,
        policies: frozenset[str],
        level: analyzer_pb2.EnforcementLevel.ValueType = analyzer_pb2.MANDATORY,
    ) -> analyzer_pb2.ConfigureAnalyzerRequest:
        """Has these policies asked, and no others; what a violation does is for our settings."""
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for policy in self.info.policies:
            config = analyzer_pb2.PolicyConfig(
                enforcementLevel=level if policy.name in policies else analyzer_pb2.DISABLED
            )
            properties = struct_pb2.Struct()
            properties.update(dict(self._config.get(policy.name, {})))
            config.properties.CopyFrom(properties)
            request.policyConfig[policy.name].CopyFrom(config)
        return request

    def _enter(self, stack: Stack) -> None:
        """Tells the process of which stack its policies are asked now."""
        self._stack = stack
        told: analyzer_pb2.AnalyzerStackConfigureRequest | None = stack.analyzed.get(CONFIGURED)
        self._process.take_over(
            {
                "PULUMI_PROJECT": stack.project,
                "PULUMI_STACK": stack.name,
                "PULUMI_ORGANIZATION": (told and told.organization) or "organization",
                "PULUMI_DRY_RUN": "false" if told and not told.dry_run else "true",
                "PULUMI_CONFIG": json.dumps(dict(stack.config)),
            }
        )
        tags = told.tags if told else {}
        self._process.stub.ConfigureStack(
            analyzer_pb2.AnalyzerStackConfigureRequest(
                stack=stack.name, project=stack.project, dry_run=True, tags=tags
            ),
            timeout=RESOURCE_SECONDS,
        )

    def _restart(self) -> None:
        stack = self._stack
        self._process.stop()
        self._process = PolicyProcess(self.place)
        self._configured = None
        self._is_stopped = False
        if stack is not None:
            self._enter(stack)


def _code(error: grpc.RpcError) -> grpc.StatusCode | None:
    code: Callable[[], grpc.StatusCode] | None = getattr(error, "code", None)
    return None if code is None else code()


def _has_ended(error: grpc.RpcError) -> bool:
    """Whether the process is gone, or does not answer any more."""
    return _code(error) in (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE)


def _text(error: grpc.RpcError) -> str:
    code = _code(error)
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return "took too long, and was ended"
    if code is grpc.StatusCode.UNAVAILABLE:
        return "ended its process"
    details: Callable[[], str] | None = getattr(error, "details", None)
    text = (details() or "") if details is not None else ""
    said = text.removeprefix("Exception calling application: ").strip() or "no reason"
    return f"raised: {said[:_SHORT]}"
