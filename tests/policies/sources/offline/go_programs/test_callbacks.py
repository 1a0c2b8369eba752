"""Functions in Go of which nothing was seen, though they may make resources."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apex_guardrails.model import SourcePosition
from apex_guardrails.sources.offline.go_programs.callbacks import unrun_callbacks
from apex_guardrails.sources.offline.go_programs.deployments_alone import asked_for_previews
from apex_guardrails.sources.offline.go_programs.files import GoProgram
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
    go = GoProgram.of(load_project(folder))
    found = unrun_callbacks(go, {(main, line) for line in seen})
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


OTHERS = """\
package main

import "example.com/shop/stores"

func build(ctx *pulumi.Context, shop *Shop, name pulumi.StringOutput) {
	make := func(value string) string { storage.NewBucket(ctx, value, nil); return value }
	name.ApplyT(make)
	name.ApplyT(func(value string) string { return make(value) })
	name.ApplyT(stores.Make)
	name.ApplyT(shop.make)
	name.ApplyT(further)
	name.ApplyT(stores.Name)
	name.ApplyT(func(value string) string { return stores.Label(ctx, value) })
	pulumix.Apply2Err(name, name, func(a, b string) (string, error) { further(a); return b, nil })
	later.Apply(func() { again(); })
}

func again() { again() }
"""
STORES = """\
package stores

var Shared *pulumi.Context

func Make(value string) string { storage.NewBucket(Shared, value, nil); return value }
func Name(value string) string { return "a " + value }
func Label(ctx *pulumi.Context, value string) string { return ctx.Stack() + value }
"""
SHOP = """\
package main

type Shop struct { ctx *pulumi.Context }

func (shop *Shop) make(v string) string { storage.NewBucket(shop.ctx, v, nil); return v }
func further(value string) string { return stores.Make(value) }
"""


def test_functions_of_other_files_and_packages_are_read(tmp_path: Path) -> None:
    program(tmp_path, OTHERS)
    write(tmp_path, {"stores/stores.go": STORES, "shop.go": SHOP})
    found = unrun_callbacks(GoProgram.of(load_project(tmp_path)), {})
    places = {
        (item.name, Path(item.position.file).name, item.position.line)
        for item in found
        if item.position
    }
    assert places == {
        ("make", "main.go", 6),
        ("", "main.go", 8),
        ("stores.Make", "stores.go", 5),
        ("shop.make", "shop.go", 5),
        ("further", "shop.go", 6),
        ("", "main.go", 14),
    }


def test_where_the_program_asks_whether_it_is_a_preview_is_said(tmp_path: Path) -> None:
    text = """\
        package main

        func build(ctx *pulumi.Context) {
            if !ctx.DryRun() || other.DryRun() {
                return
            }
        }
        """
    notes = list(asked_for_previews(GoProgram.of(load_project(program(tmp_path, dedent(text))))))
    [note] = notes
    assert note.startswith(f"{tmp_path}/main.go:4: the program asks whether this is a preview:")


def test_other_languages_and_other_peoples_files_are_left_alone(tmp_path: Path) -> None:
    text = MAIN.replace("BODY", "storage.NewBucket(ctx, value, nil)")
    program(tmp_path, text, "yaml")
    assert lines(tmp_path) == []
    program(tmp_path, "package main\n")
    others = ("vendor/acme/a.go", "main_test.go", "cmd/tool/main.go", "another/module/a.go")
    write(tmp_path, {**dict.fromkeys(others, text), "another/module/go.mod": ""})
    (tmp_path / "folder.go").mkdir()
    assert lines(tmp_path) == []


def test_a_folder_above_may_have_any_name_and_modules_beside_are_the_programs(
    tmp_path: Path,
) -> None:
    text = MAIN.replace("BODY", "storage.NewBucket(ctx, value, nil)")
    folder = program(tmp_path / "vendor" / "shop", text)
    assert lines(folder) == [("", 4)]
    library = text.replace("package main", "package lib")
    write(folder, {"main.go": "package main\n", "lib/lib.go": library, "lib/go.mod": ""})
    write(tmp_path, {"go.work": "go 1.26\n\nuse (\n\t./vendor/shop\n\t./vendor/shop/lib\n)\n"})
    [found] = unrun_callbacks(GoProgram.of(load_project(folder)), {})
    assert found.position == SourcePosition(str(folder / "lib" / "lib.go"), 4)


@given(st.text("{}()\n.,ctxApplyT func*pulumi.Context"))
def test_whatever_a_file_holds_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = program(tmp_path_factory.mktemp("any"), f"{text}\nctx *pulumi.Context\nx.ApplyT(f)")
    assert lines(folder) is not None
