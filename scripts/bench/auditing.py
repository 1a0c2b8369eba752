"""A whole audit of a large state, as a user starts it."""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from scripts.bench.measurement import ROOT, Measurement
from scripts.bench.messages import SQL_INSTANCE, instance, urn
from scripts.bench.processes import built, timed

REGO_RULES = 100


def rego(count: int) -> str:
    """A policy of so many rules in Rego, each of which asks something of every database."""
    rule = """
deny contains message if {{
    some resource in input.deployment.resources
    resource.type == "{type}"
    resource.inputs.settings.tier == "none-of-ours-{number}"
    message := sprintf("%s: tier {number}", [resource.urn])
}}
"""
    rules = (rule.format(type=SQL_INSTANCE, number=number) for number in range(count))
    return "package main\n" + "".join(rules)


def exported(count: int) -> dict[str, Any]:
    """The state of so many databases of about 5 KB, of a type that many rules are about."""
    provider = urn("pulumi:providers:gcp", "default")
    inputs = json_format.MessageToDict(instance())
    resources = [
        {"urn": provider, "custom": True, "id": "p", "type": "pulumi:providers:gcp"},
        *(
            {
                "urn": urn(SQL_INSTANCE, f"db-{number}"),
                "custom": True,
                "id": f"db-{number}",
                "type": SQL_INSTANCE,
                "inputs": inputs,
                "outputs": {"name": "db"},
                "protect": True,
                "provider": f"{provider}::p",
            }
            for number in range(count)
        ),
    ]
    return {"version": 3, "deployment": {"manifest": {}, "resources": resources}}


def with_findings(count: int) -> dict[str, Any]:
    """The same, but the databases have a public address."""
    state = exported(count)
    inputs = state["deployment"]["resources"][1]["inputs"]  # one mapping for all of them
    inputs["settings"]["ipConfiguration"]["ipv4Enabled"] = True
    return state


def reports_time(count: int) -> Measurement:
    """An audit with a finding for each resource: reports in every format, against JSON alone."""
    apex = str(ROOT / ".venv/bin/apex")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.json"
        file.write_text(json.dumps(with_findings(count)), "utf-8")
        settings = Path(folder) / "settings.yaml"
        advice = ("sql-no-public-ip", "stack-public-entry-declared")
        settings.write_text(json.dumps({"rules": dict.fromkeys(advice, "advisory")}), "utf-8")
        command = [apex, "audit", str(file), "--settings", str(settings), "--output-dir", folder]
        timed([*command, "--format", "json"])
        pairs = [(timed(command), timed([*command, "--format", "json"])) for _ in range(3)]
    every, alone = zip(*pairs, strict=True)
    return Measurement(
        f"apex audit with {count:,} findings, reports in every format / JSON alone",
        statistics.median(one / other for one, other in pairs),
        2,
        "x",
        f"{statistics.median(every):.2f} s against {statistics.median(alone):.2f} s",
    )


def audit_time(count: int) -> Measurement:
    """From the file to the report, against conftest with 100 rules on the same file.

    Raises:
        RuntimeError: there is no conftest, and none can be built.
    """
    apex, conftest = str(ROOT / ".venv/bin/apex"), built("conftest")
    with tempfile.TemporaryDirectory() as folder:
        file, policy = Path(folder) / "bench.json", Path(folder) / "policy.rego"
        file.write_text(json.dumps(exported(count), indent=4), "utf-8")
        policy.write_text(rego(REGO_RULES), "utf-8")
        ours = [apex, "audit", str(file)]
        others = [conftest, "test", "--policy", str(policy), str(file)]
        timed(ours)
        pairs = [(timed(ours), timed(others)) for _ in range(3)]
    one, other = zip(*pairs, strict=True)
    return Measurement(
        f"apex audit of {count:,} resources of 5 KB / conftest, {REGO_RULES} Rego rules",
        statistics.median(mine / its for mine, its in pairs),
        1,
        "x",
        f"{statistics.median(one):.2f} s against {statistics.median(other):.2f} s",
    )
