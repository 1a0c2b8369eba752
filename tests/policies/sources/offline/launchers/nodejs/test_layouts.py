"""A program runs as its author has it: in TypeScript or JavaScript, a file or a folder."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.policies.judged import Apex, write
from tests.policies.sources.offline.launchers.nodejs.conftest import Program

SQL = "--only", "sql-no-public-ip"

BODY = """
class Raw extends pulumi.CustomResource {}
new Raw("gcp:sql/databaseInstance:DatabaseInstance", "db", {
    databaseVersion: "POSTGRES_16",
    settings: { tier: "db-f1-micro", ipConfiguration: {
        ipv4Enabled: true,
    } },
});
"""
COMMON = f'const pulumi = require("@pulumi/pulumi");{BODY}'
MODULE = f'import * as pulumi from "@pulumi/pulumi";{BODY}'
TYPED = 'import * as pulumi from "@pulumi/pulumi";' + BODY.replace(
    '"POSTGRES_16"', '"POSTGRES_16" as string'
)


@pytest.mark.parametrize(
    ("files", "project", "place"),
    [
        ({"index.js": COMMON}, "", "index.js:3 (set at index.js:6)"),
        ({"index.ts": TYPED}, "", "index.ts:3 (set at index.ts:6)"),
        (
            {"index.mjs": MODULE, "package.json": '{"type": "module", "main": "index.mjs"}'},
            "",
            "index.mjs:3 (set at index.mjs:6)",
        ),
        ({"index.js": MODULE, "package.json": '{"type": "module"}'}, "", "index.js:3 "),
        (
            {"src/app.js": COMMON, "package.json": '{"main": "src/app.js"}'},
            "",
            "src/app.js:3 ",
        ),
        ({"deploy/main.ts": TYPED}, "main: deploy/main.ts\n", "deploy/main.ts:3 "),
        ({"deploy/index.ts": TYPED}, "main: deploy\n", "deploy/index.ts:3 "),
        (
            {
                "a b/index.mjs": MODULE,
                "a b/package.json": '{"type": "module", "main": "index.mjs"}',
            },
            "main: a b\n",
            "a b/index.mjs:3 ",
        ),
    ],
    ids=["js", "ts", "mjs", "type", "package-main", "main-file", "main-folder", "space"],
)
def test_a_program_is_found_and_its_lines_too(
    apex: Apex, program: Program, files: Mapping[str, str], project: str, place: str
) -> None:
    folder = program(files, project=f"name: judged\nruntime: nodejs\n{project}")

    apex.preview(folder, *SQL).expect(1, "Cloud SQL instances have no public IP", place)


def test_options_of_the_runtime_are_obeyed(apex: Apex, program: Program) -> None:
    folder = program(
        {
            "index.js": COMMON,
            "broken.ts": "no TypeScript",
            "first.js": "console.log('loaded', 'first');",
            "tsconfig.other.json": "{}",
        },
        project="name: judged\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n"
        "    nodeargs: --require ./first.js --max-old-space-size=512\n"
        "    tsconfig: tsconfig.other.json\n",
    )
    apex.preview(folder, *SQL, "--verbose").expect(1, "loaded first", "index.js:3")


def test_packages_may_lie_above_the_program(apex: Apex, program: Program) -> None:
    above = program({"package.json": '{"workspaces": ["deploy"]}', "deploy/index.js": COMMON})
    write(above / "deploy", {"Pulumi.yaml": "name: judged\nruntime: nodejs\n"})

    apex.preview(above / "deploy", *SQL).expect(1, "index.js:3")


def test_a_file_that_the_program_requires_is_its_own(apex: Apex, program: Program) -> None:
    """The innermost file of the program counts, not the one that Pulumi starts."""
    folder = program({"index.js": 'require("./lib/db");', "lib/db.js": COMMON})

    apex.preview(folder, *SQL).expect(1, "lib/db.js:3")


def test_packages_of_plug_and_play(apex: Apex, tmp_path: Path, node_modules: Path) -> None:
    """Yarn's own file of where packages are, in the way that it replaces Node's search."""
    loader = f"""
    const Module = require("module");
    const find = Module._resolveFilename;
    module.exports.setup = () => {{
        process.versions.pnp = "3";
        Module._resolveFilename = (name, parent, ...more) =>
            name.startsWith("@pulumi/")
                ? find.call(Module, {json.dumps(str(node_modules))} + "/" + name, parent, ...more)
                : find.call(Module, name, parent, ...more);
    }};
    """
    folder = write(
        tmp_path / "program",
        {
            "Pulumi.yaml": "name: judged\nruntime: nodejs\n",
            "index.js": COMMON,
            ".pnp.cjs": loader,
        },
    )
    apex.preview(folder, *SQL).expect(1, "index.js:3")


@pytest.mark.parametrize(
    ("lock", "more", "command"),
    [
        ("package-lock.json", "", "npm ci"),
        ("pnpm-lock.yaml", "", "pnpm install --frozen-lockfile"),
        ("yarn.lock", "", "yarn install --frozen-lockfile"),
        ("yarn.lock", ".yarnrc.yml", "yarn install --immutable"),
        ("bun.lock", "", "bun install --frozen-lockfile"),
        ("", "", "npm install"),
    ],
)
def test_missing_packages_are_named_with_the_command_that_brings_them(
    apex: Apex, tmp_path: Path, lock: str, more: str, command: str
) -> None:
    folder = write(
        tmp_path,
        {
            "package.json": "{}",
            "deploy/Pulumi.yaml": "name: judged\nruntime: nodejs\n",
            "deploy/index.ts": TYPED,
            **{name: "" for name in (lock, more) if name},
        },
    )
    apex.preview(folder / "deploy").expect_only(
        2,
        "the program in TypeScript needs @pulumi/pulumi, which is missing",
        f"cd {folder} && {command}",
    )


def test_an_sdk_that_is_too_old_is_named(apex: Apex, tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "Pulumi.yaml": "name: judged\nruntime: nodejs\n",
            "index.js": COMMON,
            "node_modules/@pulumi/pulumi/package.json": '{"version": "2.25.0"}',
        },
    )
    apex.preview(folder).expect_only(2, "@pulumi/pulumi 2.25.0", "3.0.0")


def test_without_node_the_message_says_so(apex: Apex, program: Program, tmp_path: Path) -> None:
    folder = program({"index.js": COMMON})

    apex.preview(folder, PATH=str(tmp_path)).expect_only(
        2, "the program in JavaScript needs Node.js, which is missing"
    )


def test_a_folder_without_a_program_is_named(apex: Apex, program: Program) -> None:
    apex.preview(program({})).expect_only(2, "index.ts: is the program", "main")


def test_arguments_of_node_that_cannot_be_read_are_named(apex: Apex, program: Program) -> None:
    project = 'name: judged\nruntime: {name: nodejs, options: {nodeargs: "--require \'x"}}\n'
    folder = program({"index.js": COMMON}, project=project)

    apex.preview(folder).expect_only(
        2, "Pulumi.yaml: runtime.options.nodeargs: No closing quotation"
    )


def test_nothing_is_installed_unless_it_is_asked_for(
    apex: Apex, program: Program, tmp_path: Path
) -> None:
    """No package manager is started: neither those on PATH nor a program's own."""
    folder = program({"index.js": COMMON})
    node = shutil.which("node")
    assert node is not None
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "node").symlink_to(node)

    apex.preview(folder, *SQL, PATH=f"{tools}{os.pathsep}/nowhere").expect(1, "index.js:3")
