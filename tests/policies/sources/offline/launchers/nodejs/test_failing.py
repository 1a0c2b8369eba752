"""A program in TypeScript or JavaScript that fails is told why, from its own frames."""

from __future__ import annotations

import pytest

from tests.policies.judged import Apex
from tests.policies.sources.offline.launchers.nodejs.conftest import Program


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'const boom = () => { throw new Error("boom"); };\nboom();',
            ["Error: boom", "index.js:2:1"],
        ),
        ('require("left-pad");', ["Cannot find module 'left-pad'", "index.js:1:1"]),
        (
            'new (require("@pulumi/pulumi").Config)().require("size");',
            ["judged:size", "config set"],
        ),
        ("process.exit(5);", ["exited with code 5"]),
        (
            "Promise.reject(new Error('late', { cause: new TypeError('deep') }));",
            ["Error: late", "caused by TypeError: deep"],
        ),
        ("throw null;", ["the program failed"]),
    ],
    ids=["error", "module", "config", "exit", "rejection", "null"],
)
def test_an_error_is_quoted(apex: Apex, program: Program, text: str, said: list[str]) -> None:
    outcome = apex.preview(program({"index.js": text, "package.json": "{}"})).expect(3, *said)

    assert "node_modules" not in outcome.said
    assert "\x1b" not in outcome.said


def test_an_error_in_a_callback_has_its_line(apex: Apex, program: Program) -> None:
    text = """\
const pulumi = require("@pulumi/pulumi");
class Raw extends pulumi.CustomResource {}
const lower = (text) => text.toLower();
new Raw("gcp:storage/bucket:Bucket", "files", { location: pulumi.output("EU").apply(lower) });
"""
    apex.preview(program({"index.js": text, "package.json": "{}"})).expect(
        3, "text.toLower is not a function", "index.js:3:"
    )


def test_a_type_error_is_the_programs(apex: Apex, program: Program) -> None:
    text = 'const size: number = "large";\nexport { size };\n'

    apex.preview(program({"index.ts": text, "package.json": "{}"})).expect(
        3, "index.ts(1,7): error TS2322", "not assignable to type 'number'"
    )


def test_settings_that_the_compiler_does_not_know_are_no_riddle(
    apex: Apex, program: Program
) -> None:
    files = {
        "index.ts": "export const size = 1;\n",
        "package.json": "{}",
        "tsconfig.json": '{"compilerOptions": {"module": "es2099"}}',
    }

    outcome = apex.preview(program(files)).expect(
        3, "error TS6046: Argument for '--module'", "npm install --save-dev typescript"
    )

    assert "node_modules" not in outcome.said


def test_a_program_that_does_not_end_is_ended(apex: Apex, program: Program) -> None:
    folder = program({"index.js": "setInterval(() => {}, 1000);", "package.json": "{}"})

    apex.preview(folder, "--timeout", "10").expect(3, "did not end within 10 seconds")


def test_a_variable_that_the_program_does_not_get_is_named(apex: Apex, program: Program) -> None:
    text = """\
const pulumi = require("@pulumi/pulumi");
const { TEAM_NAME: name, NOT_SET } = process.env;
if (!name) {
    throw new pulumi.RunError("who are you?");
}
"""
    folder = program({"index.js": text, "package.json": "{}"})

    outcome = apex.preview(folder, TEAM_NAME="blue", FORCE="1")

    outcome.expect(
        3,
        "who are you?",
        "index.js:2: reads TEAM_NAME, which is set here but not passed",
        "offline.environment",
        "index.js:2: reads NOT_SET, which is not set here: where it is set, the program may make",
    )
    assert "FORCE" not in outcome.said


def test_a_variable_that_is_a_credential_is_a_placeholder(apex: Apex, program: Program) -> None:
    text = """\
const pulumi = require("@pulumi/pulumi");
class Raw extends pulumi.CustomResource {}
const password = process.env.DB_PASSWORD;
console.log(typeof password, process.env.DB_PASSWORD === password, process.env.OTHER_PASSWORD);
new Raw("gcp:storage/bucket:Bucket", "files", { location: "US", labels: { pw: password } });
"""
    folder = program({"index.js": text, "package.json": "{}"})

    outcome = apex.preview(folder, DB_PASSWORD="Sommer2024!").expect(
        1,
        "string true undefined",
        "exposes the environment variable DB_PASSWORD (labels.pw)",
        "index.js:3: reads DB_PASSWORD, which is set here but not passed to the program, which",
    )
    assert "Sommer2024!" not in outcome.said
