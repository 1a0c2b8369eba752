"""Programs in any language, run by its host: a small one of the tests' own, and that of YAML."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from apex_guardrails.sources.offline.launchers import host
from apex_guardrails.sources.offline.project import load_project
from tests.policies.judged import GCP, Apex, judged, write
from tests.policies.sources.offline.launchers.shop import (
    ROOT,
    SHOP,
    findings,
    shop,
    with_host,
    yaml_host,
)

__all__ = ["yaml_host"]

SMALL = ROOT / "tests" / "programs" / "hosts" / "small.py"

PROJECT = """
    name: judged
    runtime: {name: small, options: {file: program.json}}
    config:
      password: {type: string, secret: true}
"""

PUBLIC = {
    "resources": [
        {
            "type": "gcp:sql/databaseInstance:DatabaseInstance",
            "name": "orders",
            "inputs": {
                "databaseVersion": "POSTGRES_17",
                "settings": {"tier": "db-f1-micro", "ipConfiguration": {"ipv4Enabled": True}},
            },
        },
        {
            "type": "gcp:sql/user:User",
            "name": "app",
            "inputs": {"instance": "orders", "password": "${password}"},
        },
    ]
}


def hosts(
    folder: Path,
    text: str = f'#!/bin/sh\nexec "{sys.executable}" "{SMALL}" "$@"\n',
    runtime: str = "small",
) -> str:
    """A folder with the host of a runtime."""
    name = f"pulumi-language-{runtime}"
    write(folder, {name: text})
    (folder / name).chmod(0o755)
    return f"{folder}:{os.defpath}"


def small(folder: Path, program: dict[str, Any]) -> Path:
    """A program for the small host."""
    files = {"Pulumi.yaml": PROJECT, "program.json": json.dumps(program)}
    return judged(folder / "program", files=files)


def test_a_host_on_the_path_runs_the_program_as_the_engine_has_it_run(
    apex: Apex, tmp_path: Path
) -> None:
    outcome = apex.preview(small(tmp_path, PUBLIC), PATH=hosts(tmp_path / "bin"))
    outcome.expect(1, "Cloud SQL instances have no public IP address", "2 resources evaluated")
    assert "password" in outcome.said
    assert "sql-user-password-not-literal" not in outcome.said


@pytest.mark.parametrize(
    ("runtime", "options", "main"),
    [
        ("java", {"binary": "target/app.jar", "use-executor": "mvn"}, "app"),
        ("dotnet", {"binary": "bin/app.dll", "file": "program.json", "deep": {"a": [1, True]}}, ""),
    ],
)
def test_programs_in_java_and_dotnet_are_run_with_their_options(
    apex: Apex, tmp_path: Path, runtime: str, options: dict[str, Any], main: str
) -> None:
    """By a host that speaks their hosts' protocol, and refuses what the engine would not send."""
    project = {
        "name": "judged",
        "runtime": {"name": runtime, "options": options},
        **({"main": main} if main else {}),
    }
    content = {**PUBLIC, "expects": {"options": options, "folder": main, "tools": "/opt"}}
    folder = judged(
        tmp_path / "program",
        files={
            "Pulumi.yaml": json.dumps(project),
            "Pulumi.dev.yaml": "config: {judged:password: {secure: AAAA}}\n",
            f"{main or '.'}/program.json": json.dumps(content),
        },
    )
    path = hosts(tmp_path / "bin", runtime=runtime)

    tools = {"java": "JAVA_HOME", "dotnet": "DOTNET_ROOT"}[runtime]
    outcome = apex.preview(folder, PATH=path, **{tools: "/opt"})

    outcome.expect(1, "Cloud SQL instances have no public IP address", "2 resources evaluated")
    assert "sql-user-password-not-literal" not in outcome.said
    apex.preview(folder, PATH=path).expect(3, "what was given is", "'tools': None")


@pytest.mark.parametrize(
    ("program", "texts"),
    [
        ({"error": "no such zone"}, ["no such zone", "exited with code 1"]),
        ({"bail": True}, ["exited with code 1"]),
        (
            {"raises": "no such region"},
            ["the language host failed: Exception calling application: no such region"],
        ),
    ],
)
def test_a_program_that_fails_says_why(
    apex: Apex, tmp_path: Path, program: dict[str, Any], texts: list[str]
) -> None:
    outcome = apex.preview(small(tmp_path, program), PATH=hosts(tmp_path / "bin"))
    outcome.expect(3, "the program failed", *texts)
    assert "host_runner.py" not in outcome.said


def test_what_a_host_prints_is_the_programs(apex: Apex, tmp_path: Path) -> None:
    program = small(tmp_path, {"prints": "\x1b[31mred\x1b[0m words", "resources": []})
    apex.preview(program, PATH=hosts(tmp_path / "bin")).expect(0, "red words")


def test_what_is_no_host_is_told(apex: Apex, tmp_path: Path) -> None:
    path = hosts(tmp_path / "bin", "#!/bin/sh\necho hello\n")
    apex.preview(small(tmp_path, {}), PATH=path).expect(3, "is no language host")


@pytest.mark.parametrize("place", ["beside", "home", "plugins"])
def test_a_host_is_found_where_the_cli_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    project = load_project(small(tmp_path, {}))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    [need] = host.needs(project)
    assert need.found is None
    assert "comes with the Pulumi CLI" in need.remedy()
    folder = {
        "beside": tmp_path / "cli",
        "home": tmp_path / "home" / "bin",
        "plugins": tmp_path / "home" / "plugins" / "language-small-v1.2.3",
    }[place]
    hosts(folder)
    if place == "beside":
        write(folder, {"pulumi": ""})
        (folder / "pulumi").chmod(0o755)
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "pulumi").symlink_to(folder / "pulumi")
    [need] = host.needs(project)
    assert need.found == str(folder / "pulumi-language-small")


@pytest.mark.parametrize(
    ("runtime", "texts"),
    [
        ("yaml", ["run by pulumi-language-yaml,", "comes with the Pulumi CLI"]),
        ("java", ["run by pulumi-language-java,", "comes with the Pulumi CLI"]),
        ("dotnet", ["run by pulumi-language-dotnet,", "comes with the Pulumi CLI"]),
        ("dotnte", ["run by pulumi-language-dotnte,", "dotnet"]),
        ("ymal", ["run by pulumi-language-ymal,", "yaml"]),
        ("../yaml", ["run by pulumi-language-../yaml,"]),
    ],
)
def test_without_a_host_the_message_names_it_and_where_it_comes_from(
    apex: Apex, tmp_path: Path, runtime: str, texts: list[str]
) -> None:
    program = judged(tmp_path / "program", files={"Pulumi.yaml": f"name: j\nruntime: {runtime}\n"})
    elsewhere = {"PATH": str(tmp_path), "PULUMI_HOME": str(tmp_path)}
    apex.preview(program, **elsewhere).expect_only(2, "Pulumi.yaml:2: runtime: ", *texts)


def test_the_shop_gets_the_same_findings_in_yaml_as_in_python(
    apex: Apex, tmp_path: Path, yaml_host: Path
) -> None:
    in_yaml = findings(apex, shop(tmp_path / "yaml", "yaml"), **with_host(yaml_host))
    assert in_yaml == findings(apex, shop(tmp_path / "python", "python"), **with_host(yaml_host))
    assert {rule for rule, *_ in in_yaml} >= {"sql-no-public-ip", "sql-user-password-not-literal"}


def test_a_finding_is_where_yaml_declares_it(apex: Apex, tmp_path: Path, yaml_host: Path) -> None:
    program = shop(tmp_path / "shop", "yaml")
    lines = (program / "Pulumi.yaml").read_text().splitlines()
    declared, is_set = lines.index("  orders:") + 1, lines.index("          ipv4Enabled: true") + 1
    apex.preview(program, **with_host(yaml_host)).expect(
        1, f"Pulumi.yaml:{declared} (set at Pulumi.yaml:{is_set})"
    )


PARTS = """
    name: parts
    runtime: yaml
    resources:
      random:
        type: random:RandomPassword
        properties: {length: 16}
      provider:
        type: pulumi:providers:gcp
        properties: {project: acme}
      renamed:
        type: gcp:storage:Bucket
        name: files
        properties: {location: US, labels: {host: "${vm.networkInterfaces[0].networkIp}"}}
        options: {provider: "${provider}", protect: true, version: 9.6.0}
      secret:
        type: gcp:secretmanager:SecretVersion
        properties: {secret: "${random.result}", secretData: {fn::secret: "${random.result}"}}
      vm:
        type: gcp:compute:Instance
        get: {id: acme/vm}
      image:
        type: docker:Image
        properties: {imageName: acme/shop}
    variables:
      zones:
        fn::invoke:
          function: gcp:organizations:getClientConfig
          return: region
      project:
        fn::gcp:organizations:getProject: {projectId: acme}
      text:
        fn::toJSON: {zones: "${zones}", name: "${project.name}"}
    outputs:
      password: ${random.result}
      text: ${text}
      file: {fn::fileAsset: ./Pulumi.yaml}
"""


def test_what_a_yaml_program_is_made_of_needs_no_plugin(
    apex: Apex, tmp_path: Path, yaml_host: Path
) -> None:
    program = judged(tmp_path, stack=GCP, files={"Pulumi.yaml": PARTS})
    outcome = apex.preview(program, "--format", "json", **with_host(yaml_host))
    assert outcome.code in {0, 1}, outcome.said[-2000:]
    resources = json.loads(outcome.out)["resources"]
    assert {resource["type"] for resource in resources} >= {"gcp:storage/bucket:Bucket"}


def test_an_error_in_a_yaml_program_has_its_line(
    apex: Apex, tmp_path: Path, yaml_host: Path
) -> None:
    text = (SHOP / "yaml" / "Pulumi.yaml").read_text().replace("${orders.name}", "${order.name}")
    program = shop(tmp_path / "shop", "yaml", **{"Pulumi.yaml": text})
    apex.preview(program, **with_host(yaml_host)).expect(
        3, 'resource, variable, or config value "order" not found', "on Pulumi.yaml line"
    )
    text = text.replace("${order.name}", "orders").replace("ipv4Enabled", "ipv4Enable")
    write(program, {"Pulumi.yaml": text})
    apex.preview(program, **with_host(yaml_host)).expect(
        1, "Pulumi.yaml:13: settings.ipConfiguration.ipv4Enable is not known"
    )
