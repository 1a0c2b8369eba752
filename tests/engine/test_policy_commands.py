"""`pulumi policy` of the real CLI on our pack: stacks that exist, their tags, and configuration."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.engine.harness import ROOT, Engine
from tests.engine.test_pages import Cli, cli
from tests.policies.judged import Apex, apex, write
from tests.policies.state_files import exported, resource, root

__all__ = ["apex", "cli"]

SQL = "gcp:sql/databaseInstance:DatabaseInstance"
PUBLIC = {
    "databaseVersion": "POSTGRES_17",
    "settings": {"tier": "db-f1-micro", "ipConfiguration": {"ipv4Enabled": True}},
}
RULE = "sql-no-public-ip"
PACK = str(ROOT / "policies")
_SAID = re.compile(r"\[(mandatory|advisory)\].*?  ([a-z0-9-]+)  \(")


def found(text: str) -> set[tuple[str, str]]:
    """Each rule that the CLI names, with what it does to a deployment."""
    return {(level, rule) for level, rule in _SAID.findall(text)}


PROVIDER = resource("pulumi:providers:gcp", "default", {"project": "a-project"})
STATE = exported(
    root(),
    PROVIDER,
    resource(
        SQL,
        "db",
        PUBLIC,
        provider=f"{PROVIDER['urn']}::{PROVIDER['id']}",
        parent=root()["urn"],
        dependencies=[],
        propertyDependencies={},
    ),
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the state of a stack, and no program."""
    return write(
        tmp_path / "judged",
        {"Pulumi.yaml": "name: judged\nruntime: python\n", "state.json": json.dumps(STATE)},
    )


def test_it_finds_of_a_state_what_an_audit_finds(cli: Cli, apex: Apex, project: Path) -> None:
    pack = ("--policy-pack", PACK)
    done = cli("policy", "analyze", "--file", "state.json", *pack, folder=project)
    assert done.returncode != 0

    audit = json.loads(apex(project, "audit", "state.json", "--format", "json").out)
    assert found(done.stdout) == {(item["level"], item["rule"]) for item in audit["findings"]}
    assert ("mandatory", RULE) in found(done.stdout)


def test_a_configuration_overrides_what_settings_say(cli: Cli, project: Path) -> None:
    write(project, {"config.json": json.dumps({"all": "disabled", RULE: "advisory"})})
    pack = ("--policy-pack", PACK, "--policy-pack-config", "config.json")
    done = cli("policy", "analyze", "--file", "state.json", *pack, folder=project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert found(done.stdout) == {("advisory", RULE)}


@pytest.mark.parametrize(("stack", "level"), [("dev", "advisory"), ("prod*", "mandatory")])
def test_settings_count_for_a_state_although_the_cli_names_no_stack(
    cli: Cli, project: Path, stack: str, level: str
) -> None:
    settings = f"""
        rules: {{{RULE}: mandatory}}
        stacks:
          {stack}:
            rules: {{{RULE}: advisory}}
          tag:environment=prod*:
            rules: {{{RULE}: disabled}}
    """
    write(project, {"policy-pack.yaml": settings})
    done = cli("policy", "analyze", "--file", "state.json", "--policy-pack", PACK, folder=project)
    assert (level, RULE) in found(done.stdout)
    assert f"settings: {project / 'policy-pack.yaml'}" in done.stderr
    assert "stacks.tag:environment=prod* does not count here" in done.stderr


PROGRAM = """
import pulumi

class Database(pulumi.CustomResource):
    def __init__(self, name, inputs):
        super().__init__("gcp:sql/databaseInstance:DatabaseInstance", name, inputs)

Database("db", {"databaseVersion": "POSTGRES_17", "settings": {
    "tier": "db-f1-micro", "ipConfiguration": {"ipv4Enabled": True},
}})
"""


def register() -> None:
    """The program of `PROGRAM`."""
    exec(PROGRAM, {})  # noqa: S102 a program in a text


def test_a_section_of_a_tag_counts_for_stacks_that_have_it(engine: Engine, tmp_path: Path) -> None:
    settings = f"""
        rules: {{{RULE}: advisory}}
        stacks:
          tag:environment=prod*:
            rules: {{{RULE}: mandatory}}
    """
    about = {"name": "shop", "runtime": "python", "main": "program/main.py"}
    project = write(
        tmp_path / "project",
        {
            "Pulumi.yaml": yaml.safe_dump(about),
            "Pulumi.dev.yaml": "config: {gcp:project: a-project}\n",
            "program/main.py": PROGRAM,
            "policy-pack.yaml": settings,
        },
    )
    stack = engine.stack(register, project=project)

    def blocks() -> bool:
        run = stack.preview(packs=[Path(PACK)])
        assert RULE in {item.rule for item in run.violations}
        return RULE in {item.rule for item in run.blocking}

    assert not blocks()
    stack.tag(environment="production")
    assert blocks()
    stack.tag(environment="review")
    assert not blocks()
