"""Stock policies as rules: settings give them levels and parameters, and reports show them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2

from apex_guardrails.model import (
    ANY_TYPE,
    EnforcementLevel,
    NoParameters,
    Parameters,
    Resource,
    Rule,
    Severity,
    Stack,
    UndecidedError,
    Violation,
)
from apex_guardrails.model.policy import Check
from apex_guardrails.model.value import join_path
from apex_guardrails.model.view import NotApplicableError, RuleFailedError
from apex_guardrails.protocol import LEVEL_OF, SEVERITY_OF
from apex_guardrails.stock.parameters import parameters_of
from apex_guardrails.stock.process import Place
from apex_guardrails.stock.remediation import Change
from apex_guardrails.stock.server import PolicyServer
from apex_guardrails.support.errors import OwnRulesError

SERVICE: Final = "stock"
"""What settings call all such policies together."""

_UNKNOWN: Final = re.compile(
    r"can't run policy '.*' from policy pack '.*' during preview: "
    r"\S+ value at \.(?P<path>.*) can't be known during preview",
    re.DOTALL,
)
"""What the stock server says, as advice, where a policy asks for what is not known yet."""


def stock_rules(place: Place) -> Sequence[Rule]:
    """The policies of a place as rules.

    Raises:
        OwnRulesError: they cannot be loaded, there are none, or two have the same name.
    """
    server = PolicyServer(place)
    rules = [_rule(server, policy) for policy in server.info.policies]
    _SERVERS.update(dict.fromkeys(rules, server))
    names = [rule.id for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise OwnRulesError(f"{place.named}: two policies are called {twice[0]}")
    return rules


_SERVERS: Final[WeakKeyDictionary[Rule, PolicyServer]] = WeakKeyDictionary()
"""Who answers for a rule."""


def end_processes(rules: Iterable[Rule]) -> None:
    """Ends the processes of the stock policies among some rules; asked again, they start anew."""
    for server in {_SERVERS[rule] for rule in rules if rule in _SERVERS}:
        server.stop()


def _rule(server: PolicyServer, policy: analyzer_pb2.PolicyInfo) -> Rule:
    initial = dict(server.info.initialConfig).get(policy.name)
    level = policy.enforcementLevel
    given: Mapping[str, Any] = {}
    if initial is not None:
        given = json_format.MessageToDict(initial.properties)
        level = initial.enforcementLevel
    lines = policy.description.strip().splitlines()
    about = policy.displayName or (lines[0] if lines else policy.name)
    title, why = about.rstrip("."), " ".join(policy.description.split())
    schema = policy.configSchema if policy.HasField("configSchema") else None
    return Rule(
        id=policy.name,
        service=SERVICE,
        module=f"{server.place.named} ({server.info.name})",
        title=title,
        why="" if why.rstrip(".") == title else why,
        severity=SEVERITY_OF.get(policy.severity, Severity.MEDIUM),
        on=ANY_TYPE,
        controls=(),
        fix=policy.remediation_steps or policy.url,
        level=LEVEL_OF[level],
        undecided=EnforcementLevel.ADVISORY,
        scope="stack" if policy.policy_type == analyzer_pb2.POLICY_TYPE_STACK else "resource",
        parameters=parameters_of(schema, given),
        check=_check(server, policy),
        own_cases=(),
    )


def _check(server: PolicyServer, policy: analyzer_pb2.PolicyInfo) -> Check:
    def check(
        subject: Resource | Stack, parameters: Parameters | None = None
    ) -> Iterator[Violation]:
        given = parameters or NoParameters()
        config = {
            name: value
            for name, value in given.model_dump(mode="json", by_alias=True).items()
            if value is not None
        }
        missing = [name for name in policy.configSchema.required if name not in config]
        if missing:
            raise RuleFailedError(f"needs the parameter {missing[0]}, which no setting gives")
        said = server.ask(policy.name, config, subject)
        if said.error:
            raise RuleFailedError(f"the stock policy {policy.name} {said.error}")
        if said.not_applicable:
            raise NotApplicableError
        unknown = None
        for item in said.diagnostics:
            matched = _UNKNOWN.fullmatch(item.message)
            if matched and item.enforcementLevel == analyzer_pb2.ADVISORY:
                unknown = matched["path"]
            else:
                yield Violation(_urn(item, subject), _message(item, policy))
        yield from _remediated(said.changes, subject.urn)
        if unknown is not None:
            raise UndecidedError(_path(unknown, subject))

    return check


def _remediated(changes: Sequence[Change], urn: str) -> Iterator[Violation]:
    """What a remediation would set is missing; what it would set anew may be right after all."""
    for change in changes:
        if not change.is_open:
            yield Violation(urn, change.message, change.path)
    for change in changes:
        if change.is_open:
            raise UndecidedError(change.path)


def _urn(item: analyzer_pb2.AnalyzeDiagnostic, subject: Resource | Stack) -> str:
    """What a violation is about, as the engine takes it.

    Of a resource's policy the resource; of the stack's a resource that there is, or the stack.
    """
    if isinstance(subject, Stack):
        return item.urn if item.urn in subject.resources else subject.urn
    return subject.urn


def _message(item: analyzer_pb2.AnalyzeDiagnostic, policy: analyzer_pb2.PolicyInfo) -> str:
    """What the policy reports; the server puts the description before it."""
    said = item.message.removeprefix(policy.description).strip()
    return said or "is in violation; the policy says no more"


def _path(dotted: str, subject: Resource | Stack) -> str:
    """The path of an input as the pack writes it."""
    if isinstance(subject, Stack):
        return ""
    path, value = "", subject.value
    for step in dotted.split("."):
        index = step.isdigit() and not isinstance(value, Mapping)
        path = join_path(path, int(step) if index else step)
        value = subject.peek(path)
    return path
