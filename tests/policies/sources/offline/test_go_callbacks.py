"""Functions in Go of which nothing was seen, though they may make resources."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.sources.offline.go_callbacks import unrun_callbacks
from apex_guardrails.sources.offline.project import load_project
from tests.policies.judged import write

MAIN = """\
package main

func build(ctx *pulumi.Context, name pulumi.StringOutput) {
	name.ApplyT(func(value string) (string, error) {
		BODY
		return value, nil
	})
}

func named(value string) string {
	storage.NewBucket(shared, "b", nil)
	return value
}

var shared *pulumi.Context
"""


def program(folder: Path, main: str, runtime: str = "go") -> Path:
    return write(folder, {"Pulumi.yaml": f"name: shop\nruntime: {runtime}\n", "main.go": main})


def lines(folder: Path, *seen: int) -> list[tuple[str, int]]:
    main = str(folder / "main.go")
    found = unrun_callbacks(load_project(folder), {(main, line) for line in seen})
    assert {item.position.file for item in found if item.position} <= {main}
    return [(item.name, item.position.line if item.position else 0) for item in found]


@pytest.mark.parametrize(
    "body",
    [
        'storage.NewBucket(ctx, value, &storage.BucketArgs{Location: pulumi.String("EU")})',
        'ctx.RegisterComponentResource("a:b:C", value, component)',
        "if value != nothing { makeStore(ctx) }",
        "other.ApplyT(func(v string) string { storage.NewBucket(ctx, v, nil); return v })",
    ],
)
def test_what_may_make_resources_is_named_unless_one_came_of_it(tmp_path: Path, body: str) -> None:
    program(tmp_path, MAIN.replace("BODY", body))
    assert ("", 4) in lines(tmp_path)
    assert ("", 4) in lines(tmp_path, 3, 8)
    assert lines(tmp_path, 5) == []


@pytest.mark.parametrize(
    "body",
    [
        'fmt.Sprintf("%s-suffix", value)',
        "storage.LookupBucket(ctx, &storage.LookupBucketArgs{Name: value})",
        "storage.GetBucket(ctx, value, pulumi.ID(value), nil)",
        'ctx.Export("name", pulumi.String(value))',
        "ctx.Log.Info(value, nil)",
        "makeStore(context)",
    ],
)
def test_what_makes_no_resources_is_not(tmp_path: Path, body: str) -> None:
    program(tmp_path, MAIN.replace("BODY", body))
    assert lines(tmp_path) == []


def test_a_function_with_a_name_is_found_by_it(tmp_path: Path) -> None:
    given = MAIN.replace("func(value string) (string, error) {\n\t\tBODY", "named)\n\tif true {")
    program(tmp_path, given.replace("\t\treturn value, nil\n\t})", "\t}"))
    assert lines(tmp_path) == [("named", 9)]
    assert lines(tmp_path, 10) == []


def test_other_languages_and_other_peoples_files_are_left_alone(tmp_path: Path) -> None:
    text = MAIN.replace("BODY", "storage.NewBucket(ctx, value, nil)")
    program(tmp_path, text, "yaml")
    assert lines(tmp_path) == []
    program(tmp_path, "package main\n")
    write(tmp_path, {"vendor/acme/main.go": text, "main_test.go": text})
    (tmp_path / "folder.go").mkdir()
    assert lines(tmp_path) == []


@given(st.text("{}()\n.,ctxApplyT func*pulumi.Context"))
def test_whatever_a_file_holds_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = program(tmp_path_factory.mktemp("any"), f"{text}\nctx *pulumi.Context\nx.ApplyT(f)")
    assert lines(folder) is not None
