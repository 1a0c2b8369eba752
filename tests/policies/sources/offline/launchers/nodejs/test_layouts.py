"""A program runs as its author has it: in TypeScript or JavaScript, a file or a folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.policies.judged import GCP, Apex, write
from tests.policies.sources.offline.launchers.nodejs.conftest import Program

SQL = "--only", "sql-no-public-ip"


@cache
def node_version() -> tuple[int, ...]:
    """Of the Node.js that runs the programs."""
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in said.strip().removeprefix("v").split("."))


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


def test_packages_may_be_links_as_pnpm_has_them(
    apex: Apex, tmp_path: Path, node_modules: Path
) -> None:
    """Also a package of the repository's own, which is the program's."""
    folder = write(
        tmp_path / "program",
        {
            "Pulumi.yaml": "name: judged\nruntime: nodejs\n",
            "Pulumi.dev.yaml": GCP,
            "index.js": 'require("acme-db");',
            "packages/db/index.js": COMMON,
            "packages/db/node_modules/about": "",
            "node_modules/about": "",
        },
    )
    (folder / "node_modules" / "acme-db").symlink_to("../packages/db")
    for modules in (folder / "node_modules", folder / "packages" / "db" / "node_modules"):
        (modules / "@pulumi").mkdir()
        (modules / "@pulumi" / "pulumi").symlink_to(node_modules / "@pulumi" / "pulumi")

    apex.preview(folder, *SQL).expect(1, "packages/db/index.js:3")


@pytest.mark.parametrize("name", ["index.mts", "index.cts"])
def test_typescript_that_node_does_not_read_names_what_does(
    apex: Apex, program: Program, name: str
) -> None:
    """From Node.js 22.18 on it does, and the program runs."""
    package = json.dumps({"main": name, "type": "module"})
    outcome = apex.preview(program({name: TYPED, "package.json": package}), *SQL)
    if node_version() >= (22, 18):
        outcome.expect(1, f"{name}:3 ")
    else:
        outcome.expect(3, "does not read this TypeScript by itself", "--import tsx")


def test_lines_are_those_that_were_written_whatever_compiled_them(
    apex: Apex, program: Program
) -> None:
    """As tsx has it: a loader that compiles, and a map that Node.js itself reads."""
    loader = """
        const { readFileSync } = require("fs");
        const { SourceMapGenerator } = require("source-map");
        process.setSourceMapsEnabled(true);
        require.extensions[".ts"] = (module, file) => {
            const map = new SourceMapGenerator();
            const lines = readFileSync(file, "utf8").split("\\n");
            let made = "";
            lines.forEach((line, number) => {
                const generated = { line: 1, column: made.length };
                const original = { line: number + 1, column: 0 };
                map.addMapping({ source: file, generated, original });
                made += line + " ";
            });
            const data = Buffer.from(String(map)).toString("base64");
            const url = "data:application/json;base64," + data;
            module._compile(`${made}\\n//# sourceMappingURL=${url}`, file);
        };
        """
    folder = program(
        {"index.ts": COMMON, "package.json": "{}", "loader.js": loader},
        project="name: judged\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n"
        "    nodeargs: --require ./loader.js\n",
    )
    apex.preview(folder, *SQL).expect(1, "index.ts:3 (set at index.ts:6)")
    write(folder, {"index.ts": "\n\nthrow new Error('late');\n"})
    apex.preview(folder, *SQL).expect(3, "late", "index.ts:3:")


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
