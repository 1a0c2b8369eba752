"""One program has the same findings through the engine, offline and in what Pulumi writes."""

from __future__ import annotations

import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from apex_guardrails.decide import decide
from apex_guardrails.pack.rules import proven_rules
from apex_guardrails.rules import all_rules
from apex_guardrails.rules.families.literal_credentials import ROWS as CREDENTIAL_INPUTS
from apex_guardrails.runs.audit import audit
from apex_guardrails.settings import SETTINGS_FILE, enforce, load
from apex_guardrails.sources.offline.preview import OfflinePreview
from apex_guardrails.sources.offline.process import environment
from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.sources.offline.stack_config import load_config
from apex_guardrails.sources.unasked import ABOUT_CONFIG
from tests.engine import case_program, value_program
from tests.engine.harness import PACK, ROOT, Engine, Run, Stack
from tests.engine.provider.server import Provider
from tests.engine.recorded_findings import UNMARKED, Key, say_the_same

# Whether a value that is marked secret is the program's own is not in a state, as config is not.
NEEDS_CONFIG = {
    *(row.id for row in CREDENTIAL_INPUTS),
    *("credentials-not-literal", "stack-outputs-no-secrets", *ABOUT_CONFIG),
}
PLACEHOLDER = "credentials-no-placeholder-password"

# As advice, no finding stops the engine half way, and every one of them is heard.
ALL_ADVICE = {rule.id: "advisory" for rule in all_rules()}

# tests/infra covers the program, tests/policies the pack: traced, all takes twice as long.
pytestmark = pytest.mark.no_cover


def offline(project: Path, stack: str, settings: Path) -> set[Key]:
    loaded = load_project(project)
    read = load(settings, proven_rules(), datetime.now(UTC).date())
    preview = OfflinePreview(
        loaded,
        stack,
        load_config(loaded, stack),
        samples=read.offline.secrets,
        variables=environment(os.environ),
    )
    preview.start()
    run = preview.finish(120)
    assert run.failure is None
    decision = decide(run.stack, enforce(read, proven_rules(), stack))
    assert not decision.errors
    return {finding.key for finding in decision.findings}


def through_the_engine(run: Run) -> set[Key]:
    assert run.succeeded, run.output
    return {
        (
            violation.rule,
            violation.urn or "",
            "undecided" if "undecided: " in violation.message else "fails",
            _path(violation.message),
        )
        for violation in run.violations
    }


def _path(message: str) -> str:
    """The path is in parentheses at the end of the line that says what is wrong."""
    found = [re.search(r" \(([^() ]+)\)$", line) for line in message.splitlines()]
    return next((match[1] for match in found if match), "")


def write(path: Path, content: Any) -> Path:
    path.write_text(yaml.safe_dump(content))
    return path


def program_folder(folder: Path, program: str = "case_program") -> Path:
    (folder / "program").mkdir(parents=True)
    write(
        folder / "Pulumi.yaml",
        {
            "name": "cases",
            "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}},
            "main": "program/main.py",
            "config": {"password": {"type": "string", "secret": True}},
        },
    )
    write(folder / "Pulumi.dev.yaml", {"config": {"gcp:project": "a-project"}})
    (folder / "program" / "main.py").write_text(
        f"import sys\nsys.path.append({str(ROOT)!r})\n"
        f"from tests.engine.{program} import register\nregister()\n"
    )
    return folder


def cases_stack(engine: Engine, folder: Path) -> tuple[Path, Path, Stack]:
    """The project of a program with the cases of every rule, its settings, and its stack."""
    project = program_folder(folder / "cases")
    settings = write(project / SETTINGS_FILE, {"rules": ALL_ADVICE})
    stack = engine.stack(
        case_program.register,
        project=project,
        secrets={"password": "a value that nobody would write by chance"},
    )
    return project, settings, stack


def test_every_rule(engine: Engine, tmp_path: Path) -> None:
    project, settings, stack = cases_stack(engine, tmp_path)

    engine_findings = through_the_engine(stack.preview(packs=[PACK]))
    offline_findings = offline(project, "dev", settings)

    assert offline_findings == engine_findings
    # So that the comparison proves something: every rule fails where it should.
    should = {rule.id for rule in proven_rules() if case_program.fails_here(rule)}
    assert should <= {rule for rule, _, outcome, _ in engine_findings if outcome == "fails"}
    assert {outcome for _, _, outcome, _ in engine_findings} == {"fails", "undecided"}

    say_the_same(stack.recorded(tmp_path), settings, engine_findings)


def test_values_of_every_kind(engine: Engine, tmp_path: Path) -> None:
    project = program_folder(tmp_path / "values", "value_program")
    settings = write(project / SETTINGS_FILE, {"rules": ALL_ADVICE})
    stack = engine.stack(value_program.register, project=project, secrets={"password": "p"})

    engine_findings = through_the_engine(stack.preview(packs=[PACK]))

    assert offline(project, "dev", settings) == engine_findings
    named = {(rule, urn.rpartition("::")[2], outcome) for rule, urn, outcome, _ in engine_findings}
    assert named >= {
        ("firewall-ssh-not-public", "by-resource", "fails"),
        ("firewall-iap-for-ssh", "by-address", "undecided"),
        ("credentials-no-url-password", "code", "fails"),
    }


@pytest.mark.parametrize("name", ["dev", "staging", "production"])
def test_each_stack(
    engine: Engine, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A label that no resource has, so that there is something to compare.
    no_such_label = {"level": "advisory", "parameters": {"keys": ["no-such"]}}
    rules = {**ALL_ADVICE, "labels-required-keys": no_such_label}
    # The certificate that the stacks have offline, of which an alert is made.
    ours = yaml.safe_load((ROOT / SETTINGS_FILE).read_text("utf-8"))
    settings = write(tmp_path / "strict.yaml", {"rules": rules, "offline": ours["offline"]})
    monkeypatch.setenv("APEX_SETTINGS", str(settings))

    engine_findings = through_the_engine(engine.infrastructure(name).preview(packs=[PACK]))

    offline_findings = offline(ROOT, name, settings)
    assert offline_findings <= engine_findings
    # Of a member that is put together, offline knows the parts: the engine tells none of it.
    assert {(rule, outcome) for rule, _, outcome, _ in engine_findings - offline_findings} == {
        ("iam-wif-binding-not-whole-pool", "undecided")
    }
    assert "labels-required-keys" in {rule for rule, *_ in engine_findings}


@pytest.mark.usefixtures("saved_once")
def test_the_state_of_what_is_deployed(engine: Engine, provider: Provider, tmp_path: Path) -> None:
    provider.cloud.shares_names = True
    project = program_folder(tmp_path / "cases")
    settings = write(project / SETTINGS_FILE, {"rules": ALL_ADVICE})
    stack = engine.stack(
        case_program.register_deployable,
        project=project,
        secrets={"password": "a value that nobody would write by chance"},
    )
    deployed = stack.up()
    assert deployed.succeeded, deployed.output

    # Of what is deployed the engine knows every value, as the state does.
    engine_findings = through_the_engine(stack.preview(packs=[PACK]))
    [audited] = audit([stack.export(tmp_path / "dev.json")], project, settings)

    assert audited.result is not None, audited.error
    judgement = audited.result.judgement
    assert not judgement.rule_errors
    from_state = {
        (item.rule, item.urn, item.outcome.value, item.path) for item in judgement.findings
    }
    assert {rule for rule, *_ in engine_findings - from_state} <= NEEDS_CONFIG
    # The engine, which knows the config, knows also what of it has no mark; and to it, one that the
    # program wrote is another finding.
    assert {rule for rule, *_ in from_state - engine_findings} == {PLACEHOLDER, UNMARKED}
    should = {rule.id for rule in proven_rules() if case_program.fails_here(rule)}
    assert should - NEEDS_CONFIG <= {
        rule for rule, _, outcome, _ in from_state if outcome == "fails"
    }
