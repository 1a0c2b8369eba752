"""What the bridge to Checkov takes beside Checkov itself."""

from __future__ import annotations

import os
from time import perf_counter

from apex_guardrails.checkov import Bridge, find_checkov, joined, run_checkov, terraform_plan
from apex_guardrails.model import EnforcementLevel
from apex_guardrails.rules import all_rules
from scripts.bench.deciding import enforced, whole
from scripts.bench.measurement import Measurement

TIMEOUT_SECONDS = 600


def bridge_share() -> Measurement:
    """1,000 resources to a plan, and Checkov's answer to findings, as a share of Checkov's time."""
    stack = whole(1000)
    rules = [enforced(rule) for rule in all_rules()]
    program = find_checkov(os.environ)
    bridge = Bridge(program, EnforcementLevel.ADVISORY, is_required=True)
    start = perf_counter()
    plan = terraform_plan(stack)
    text = plan.text()
    planned = perf_counter()
    answer = run_checkov(program, {"plan.json": text}, timeout=TIMEOUT_SECONDS)
    answered = perf_counter()
    findings = joined([], bridge.verdict(stack, plan, answer, rules).findings)
    end = perf_counter()
    own, checkovs = (planned - start) + (end - answered), answered - planned
    return Measurement(
        "1,000 resources to Checkov's findings, the bridge / Checkov",
        100 * own / checkovs,
        5,
        "%",
        f"{own:.2f} s against {checkovs:.2f} s, {len(findings)} findings",
    )
