"""Environment variables that a Go program asks for."""

from __future__ import annotations

from pathlib import Path

from apex_guardrails.sources.offline.go_programs.files import GoProgram
from apex_guardrails.sources.offline.go_programs.variables import (
    about_variables,
    variables_asked_for,
)
from apex_guardrails.sources.offline.project import load_project
from tests.policies.judged import write

MAIN = """\
package main

func main() {
	tier := os.Getenv("TIER")
	zone, ok := os.LookupEnv(`ZONE`)
	os.Getenv("TIER")
	os.Getenv("HOME")
	os.Getenv("DB_PASSWORD")
	os.Getenv("REGION")
	os.Getenv(name)
	shop.Getenv("OTHER")
}
"""


def test_what_is_not_set_or_not_passed_is_said(tmp_path: Path) -> None:
    write(tmp_path, {"Pulumi.yaml": "name: shop\nruntime: go\n", "main.go": MAIN})
    asked = variables_asked_for(GoProgram.of(load_project(tmp_path)))

    notes = about_variables(
        asked, {"HOME"}, {"HOME", "DB_PASSWORD", "REGION", "PATH"}, {"DB_PASSWORD", "PGPASSWORD"}
    )

    unset = "is not set here: where it is set, the program may make something else"
    kept = "is set here but not passed to the program"
    said = [note.removeprefix(f"{tmp_path}/").partition(": `")[0] for note in notes]
    assert said == [
        f"main.go:4: reads TIER, which {unset}",
        f"main.go:5: reads ZONE, which {unset}",
        f"main.go:8: reads DB_PASSWORD, which {kept}, which gets a placeholder",
        f"main.go:9: reads REGION, which {kept}",
    ]


def test_a_program_in_another_language_asks_for_none_here(tmp_path: Path) -> None:
    write(tmp_path, {"Pulumi.yaml": "name: shop\nruntime: nodejs\n", "main.go": MAIN})
    assert not variables_asked_for(GoProgram.of(load_project(tmp_path)))
