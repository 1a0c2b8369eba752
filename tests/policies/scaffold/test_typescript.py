"""The programs on the rules' pages in TypeScript, checked against Pulumi's packages."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import tree_sitter_typescript
from tree_sitter import Language, Parser

from apex_guardrails.model import UNKNOWN
from apex_guardrails.model.case import (
    SECRET_CONFIG,
    concat,
    fails,
    output_of,
    resource,
    secret,
    secret_of,
)
from apex_guardrails.scaffold.programs.case_program import class_of, token_of
from tests.policies.scaffold.shown import shown, shown_in, source
from tests.policies.sources.offline.launchers.nodejs.packages import installed
from tests.policies.sources.offline.launchers.shop import not_run

SQL_INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
NEWER = {
    "gcp:eventarc/pipelineIamMember:PipelineIamMember",
    "gcp:gemini/dataAnalyticsDataAgentIamMember:DataAnalyticsDataAgentIamMember",
}
"""Types that the package for Google Cloud here does not have yet."""

NEWER_INPUTS = {"run-ssh-disabled": "sshEnabled"}
"""Inputs of the same kind, by the rule about each."""

OTHER_PACKAGES = ("@pulumi/kubernetes", "@pulumi/random", "@pulumiverse/time")
"""Packages that are not installed for the tests."""


def test_every_program_is_typescript() -> None:
    parser = Parser(Language(tree_sitter_typescript.language_typescript()))
    for name, program in shown_in("typescript").items():
        assert not parser.parse(program.encode()).root_node.has_error, name


def test_every_program_fits_the_types_of_the_packages(tmp_path: Path) -> None:
    packages = installed()
    (tmp_path / "node_modules").symlink_to(packages)
    written = {}
    newer = set()
    for name, program in shown_in("typescript").items():
        rule, example = shown()[name]
        tokens = {token_of(rule, item) for item in example.case.resources}
        unknown = {token for token in tokens if not _declared(packages, token)}
        newer |= unknown
        if not unknown and not any(package in program for package in OTHER_PACKAGES):
            written[name] = program
    assert newer == NEWER
    assert len(written) > 500
    for name, program in written.items():
        (tmp_path / f"{name}.ts").write_text(program, "utf-8")
    options = {
        "strict": True,
        "noEmit": True,
        "skipLibCheck": True,
        "target": "es2022",
        "module": "commonjs",
        "moduleDetection": "force",
        "preserveSymlinks": True,
    }
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options}), "utf-8")
    # The check sees an input that is misspelt.
    wrong = source("typescript", fails(name="root")).replace("name:", "nmae: 1, name:")
    (tmp_path / "wrong.ts").write_text(wrong, "utf-8")
    errors = _errors(tmp_path).splitlines()
    newer_inputs = [
        f"{rule}-{ending}.ts(6,5): error TS2353: Object literal may only specify known properties, "
        f"and '{name}' does not exist"
        for rule, name in NEWER_INPUTS.items()
        for ending in ("fails", "passes")
    ]
    *others, error = errors
    assert [line.partition(" in type")[0] for line in others] == newer_inputs
    assert error.startswith("wrong.ts(")
    assert "'nmae' does not exist in type 'UserArgs'" in error


def _declared(packages: Path, token: str) -> bool:
    """Whether the package for Google Cloud has a type; of others that is not asked."""
    package, modules, name = class_of(token)
    folder = packages.joinpath("@pulumi/gcp", *modules)
    files = (path.name.lower() for path in folder.glob("*.d.ts"))
    return package != "gcp" or name == "Provider" or f"{name.lower()}.d.ts" in files


def _errors(folder: Path) -> str:
    node = shutil.which("node")
    if node is None:
        not_run("TypeScript not checked: there is no node on PATH")
    compiler = folder / "node_modules" / "typescript" / "bin" / "tsc"
    done = subprocess.run(
        [str(node), str(compiler), "--project", str(folder), "--pretty", "false"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def body(**inputs: Any) -> str:
    """A program without its imports."""
    return source("typescript", fails(**inputs)).partition("\n\n")[2]


def test_what_a_case_leaves_open_is_read_from_elsewhere() -> None:
    assert (
        body(password=UNKNOWN, name=secret(SECRET_CONFIG), host=SECRET_CONFIG)
        == """const config = new pulumi.Config();
const platform = new pulumi.StackReference("example/platform/production");

new gcp.sql.User("example", {
    instance: "my-instance",
    password: platform.requireOutput("password"),
    name: config.requireSecret("name"),
    host: config.require("host"),
});
"""
    )


def test_a_reference_comes_after_its_resource() -> None:
    database = resource(SQL_INSTANCE, "my-db", _protect=True, databaseVersion="POSTGRES_17")
    password = secret_of(SQL_INSTANCE, "rootPassword", "my-db", is_unmarked=True)
    told = concat("a-", UNKNOWN, "-`", output_of("my-db"))
    user = resource(None, "gcp", instance=output_of("my-db"), password=password, name=told)
    given = secret("correct horse")
    other = resource(None, "x", instance="a", password=given, _provider={"region": "europe-west1"})
    assert (
        source("typescript", fails(user, database, other, _outputs={"user": output_of("gcp")}))
        == """import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

const platform = new pulumi.StackReference("example/platform/production");
const provider = new gcp.Provider("provider", {
    region: "europe-west1",
});

const myDb = new gcp.sql.DatabaseInstance("my-db", {
    databaseVersion: "POSTGRES_17",
}, { protect: true });

new gcp.sql.User("x", {
    instance: "a",
    password: pulumi.secret("correct horse"),
}, { provider });

const gcp_ = new gcp.sql.User("gcp", {
    instance: myDb.name,
    password: pulumi.unsecret(myDb.rootPassword),
    name: pulumi.interpolate`a-${platform.requireOutput("namePart")}-\\`${myDb.name}`,
});

export const user = gcp_.id;
"""
    )


def test_an_output_in_a_text_is_written_into_it() -> None:
    text = "serviceAccount:Calling __str__ on an Output[T] is not supported."
    written = '    name: `serviceAccount:${platform.requireOutput("name")}`,\n'
    assert written in body(name=text)
