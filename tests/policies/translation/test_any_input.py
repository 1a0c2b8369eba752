"""No input that the protocol can carry keeps a resource from being judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from apex_guardrails.decide import decide
from apex_guardrails.model import EnforcedRule, EnforcementLevel, Resource, Stack
from apex_guardrails.provider import resource_type
from apex_guardrails.rules import all_rules
from apex_guardrails.translation import equivalent
from apex_guardrails.wire import WireMapping, write_struct
from tests.policies.rules.test_any_input import VALUES

pytestmark = pytest.mark.no_cover

GROUP = "cnrm.cloud.google.com/v1beta1"
TOKENS = [
    *(
        f"kubernetes:{service}.{GROUP}:{kind}"
        for service, kind in (
            ("sql", "SQLInstance"),
            ("compute", "ComputeFirewall"),
            ("compute", "ComputeInstance"),
            ("iam", "IAMPolicyMember"),
            ("iam", "IAMPolicy"),
        )
    ),
    *(
        f"google-native:{kind}"
        for kind in ("storage/v1:Bucket", "compute/v1:Firewall", "sqladmin/v1:Instance")
    ),
]
FIELDS = st.dictionaries(
    st.sampled_from(
        [
            *("settings", "ipConfiguration", "authorizedNetworks", "rootPassword", "value"),
            *("valueFrom", "networkRef", "external", "name", "allow", "allowed", "ports", "kind"),
            *("resourceRef", "role", "member", "memberFrom", "bindings", "members", "metadata"),
            *("networkInterface", "serviceAccount", "key", "iamConfiguration", "cors", "origin"),
            *("labels", "annotations", "lifecycle", "rule", "versioning", "enabled", "resourceID"),
        ]
    ),
    VALUES,
    max_size=6,
)
RULES = [
    EnforcedRule(rule, EnforcementLevel.MANDATORY, EnforcementLevel.MANDATORY, rule.parameters())
    for rule in all_rules()
    if rule.service in {"sql", "firewall", "compute", "storage", "iam"}
]


@pytest.mark.parametrize("token", TOKENS)
def test_it_is_judged_whatever_it_says(token: str) -> None:
    @settings(deadline=None, max_examples=60)
    @given(spec=FIELDS, inner=FIELDS, metadata=FIELDS)
    def holds(spec: Mapping[str, Any], inner: Mapping[str, Any], metadata: Any) -> None:
        whole = {**spec, "settings": inner, "resourceRef": {"kind": "Project"}}
        inputs = {**whole, "spec": whole, "metadata": metadata}
        wire = WireMapping(struct_pb2.Struct.FromString(write_struct(inputs).SerializeToString()))
        stack = Stack("s", "p", equivalent=equivalent)
        urn = f"urn:pulumi:s::p::{token}::n"
        stack.add(
            Resource(
                urn, resource_type(token), wire, stack, dependencies=(), property_dependencies={}
            )
        )
        assert decide(stack, RULES).errors == []

    holds()
