"""Go programs: built once, run as the language host runs them, and told what is wrong with them."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from apex_guardrails.sources.offline.launchers import go, go_builder
from apex_guardrails.sources.offline.project import load_project
from tests.policies.judged import VIRTUALENV, Apex, judged, write
from tests.policies.sources.offline.launchers.shop import (
    GoPrograms,
    findings,
    go_programs,
    shop,
)

__all__ = ["go_programs"]

MAIN = """
    package main

    import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

    func main() {
        pulumi.Run(func(ctx *pulumi.Context) error {
            %s
        })
    }
"""


def test_the_shop_gets_the_same_findings_in_go_as_in_python(
    apex: Apex, tmp_path: Path, go_programs: GoPrograms
) -> None:
    in_go = findings(apex, shop(tmp_path / "go", "go"), **go_programs.variables())
    path = f"{VIRTUALENV}/bin:{os.environ['PATH']}"
    in_python = findings(apex, shop(tmp_path / "python", "python"), PATH=path)
    assert in_go == in_python
    assert {rule for rule, *_ in in_go} >= {"sql-no-public-ip", "sql-user-password-not-literal"}


def test_a_finding_is_where_the_program_registers_and_a_second_run_builds_nothing(
    apex: Apex, tmp_path: Path, go_programs: GoPrograms
) -> None:
    program = shop(tmp_path / "shop", "go")
    first = apex.preview(program, **go_programs.variables())
    first.expect(1, "orders/database.go:11", "main.go:32", "stand in for the secret config")
    [built] = go_programs.executables()
    before = built.stat()
    apex.preview(program, **go_programs.variables()).expect(1)
    assert built.stat().st_ino == before.st_ino
    # One that is not whole is made anew, though its build id is the right one.
    with built.open("r+b") as file:
        file.truncate(before.st_size // 2)
    apex.preview(program, **go_programs.variables()).expect(1)
    assert built.stat().st_size == before.st_size


def test_main_names_a_package_and_binary_what_is_built(
    apex: Apex, tmp_path: Path, go_programs: GoPrograms
) -> None:
    program = shop(tmp_path / "shop", "go")
    (program / "cmd" / "shop").mkdir(parents=True)
    (program / "main.go").rename(program / "cmd" / "shop" / "main.go")
    project = (program / "Pulumi.yaml").read_text()
    (program / "Pulumi.yaml").write_text(f"{project}main: cmd/shop\n")
    apex.preview(program, **go_programs.variables()).expect(1, "cmd/shop/main.go:32")

    shutil.copy(go_programs.executables()[0], program / "built")
    (program / "Pulumi.yaml").write_text(
        project.replace("runtime: go", "runtime: {name: go, options: {binary: built}}")
    )
    # It needs no Go.
    without = {"PATH": os.defpath}
    apex.preview(program, **without).expect(1, "cmd/shop/main.go:32")
    assert [need.found for need in go.needs(load_project(program))] == [str(program / "built")]
    (program / "built").write_bytes(b"nothing that runs")
    apex.preview(program, **without).expect(3, f"{program}/built: cannot be started")
    (program / "built").unlink()
    apex.preview(program).expect_only(
        2, "Pulumi.yaml:2: runtime.options.binary: there is no executable built in"
    )
    assert [need.found for need in go.needs(load_project(program))] == [None]


@pytest.mark.parametrize(
    ("files", "texts"),
    [
        pytest.param(
            {"main.go": MAIN % "return nobody"},
            ["/shop/main.go:8:16: undefined: nobody"],
            id="does not compile",
        ),
        pytest.param({"main.go": "package shop\n"}, ["shop: is no main package"], id="no main"),
        pytest.param(
            {"main.go": 'package main\n\nimport _ "example.com/nothing"\n\nfunc main() {}\n'},
            ["no required module provides package example.com/nothing", "run `go mod tidy` in"],
            id="module not required",
        ),
        pytest.param(
            {"go.mod": "module shop\n\ngo 1.99\n"},
            ["go.mod requires go >= 1.99 (running go"],
            id="go too old",
        ),
    ],
)
def test_a_program_that_cannot_be_built_is_told_why(
    apex: Apex, tmp_path: Path, go_programs: GoPrograms, files: dict[str, str], texts: list[str]
) -> None:
    program = shop(tmp_path / "shop", "go", **files)
    outcome = apex.preview(program, **go_programs.variables(), GOTOOLCHAIN="local", GOFLAGS="")
    outcome.expect(3, "the program failed", f"the Go program in {program} cannot be built:", *texts)
    assert outcome.err == ""


def test_what_is_not_known_is_unknown_to_go_and_no_zero(
    apex: Apex, tmp_path: Path, go_programs: GoPrograms
) -> None:
    program = shop(
        tmp_path / "shop",
        "go",
        **{
            "main.go": """
                package main

                import (
                    "fmt"

                    "github.com/pulumi/pulumi-gcp/sdk/v9/go/gcp/storage"
                    "github.com/pulumi/pulumi/sdk/v3/go/pulumi"
                )

                func main() {
                    pulumi.Run(func(ctx *pulumi.Context) error {
                        base, err := pulumi.NewStackReference(ctx, "acme/base/dev", nil)
                        if err != nil {
                            return err
                        }
                        base.GetStringOutput(pulumi.String("x")).ApplyT(func(name string) string {
                            fmt.Println("a name", name)
                            return name
                        })
                        args := &storage.LookupBucketArgs{Name: "b"}
                        bucket, err := storage.LookupBucket(ctx, args)
                        if err != nil {
                            return err
                        }
                        fmt.Println("has a location:", bucket.Location != "")
                        existing, err := storage.GetBucket(ctx, "existing", pulumi.ID("b"), nil)
                        if err != nil {
                            return err
                        }
                        existing.Url.ApplyT(func(url string) (string, error) {
                            _, err := storage.NewBucket(ctx, url, nil)
                            return url, err
                        })
                        _, err = storage.NewBucketObject(ctx, "object", &storage.BucketObjectArgs{
                            Bucket: existing.Name,
                            Source: pulumi.NewFileAsset("main.go"),
                        })
                        return err
                    })
                }
            """
        },
    )
    outcome = apex.preview(program, **go_programs.variables()).expect(
        1,
        "main.go:31",
        "a function given to apply was not run, and the resources made in it are not seen",
        "has a location: true",
        "assumed: the answers of gcp:storage/getBucket:getBucket",
        "the outputs of the stack acme/base/dev are not known here",
        "1 only read",
    )
    assert "a name" not in outcome.said


def test_a_program_that_fails_says_why_and_what_it_registered(
    apex: Apex, tmp_path: Path, go_programs: GoPrograms
) -> None:
    program = shop(
        tmp_path / "returns",
        "go",
        **{
            "main.go": MAIN.replace('import "', 'import "errors"\n    import "')
            % 'return errors.New("no such zone")'
        },
    )
    apex.preview(program, **go_programs.variables()).expect(3, "the program failed", "no such zone")
    program = shop(
        tmp_path / "panics",
        "go",
        **{"main.go": MAIN % "var nothing []int; _ = nothing[1]; return nil"},
    )
    apex.preview(program, **go_programs.variables()).expect(
        3, "index out of range [1]", f"{program}/main.go:8", "exited with code 2"
    )


def test_without_go_the_message_says_where_to_get_it(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, files={"Pulumi.yaml": "name: shop\nruntime: go\n"})
    apex.preview(program, PATH=str(tmp_path)).expect_only(
        2, "Pulumi.yaml: the program is in Go", "no go on PATH", "https://go.dev/dl"
    )


def test_without_a_module_the_message_says_how_to_make_one(
    apex: Apex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = judged(
        tmp_path / "program",
        files={"Pulumi.yaml": "name: shop\nruntime: go\nmain: cmd\n", "cmd/main.go": ""},
    )
    write(tmp_path / "bin", {"go": ""})
    (tmp_path / "bin" / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.defpath}")
    apex.preview(program).expect_only(
        2, f"there is no go.mod in {program}/cmd or above: run `go mod init` and `go mod tidy`"
    )


def test_of_many_executables_those_that_were_used_last_are_kept(tmp_path: Path) -> None:
    cache = tmp_path / "go"
    names = [f"{number:02}" for number in range(go_builder.MOST_KEPT + 4)]
    write(cache, {f"{name}/{file}": "" for name in names for file in ("lock", "program")})
    old = time.time() - 2 * go_builder.SECONDS_KEPT
    for number, name in enumerate(names[:-1]):
        os.utime(cache / name / "lock", (old + number, old + number))

    with go_builder.take(cache / names[0] / "lock"), go_builder.take(cache / names[-1] / "lock"):
        os.utime(cache / names[0] / "lock", (old, old))
        go_builder.leave_few(cache)
        # The first one is in use, however long ago that began.
        assert sorted(place.name for place in cache.iterdir()) == [names[0], *names[4:]]

    os.utime(cache / names[4] / "lock")
    go_builder.leave_few(cache)
    assert sorted(place.name for place in cache.iterdir()) == names[4:]


def test_what_a_go_program_needs_is_found_or_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = judged(
        tmp_path / "program", files={"Pulumi.yaml": "name: shop\nruntime: go\nmain: __main__.py\n"}
    )
    folder = write(tmp_path / "bin", {"go": "#!/bin/sh\necho go1.26.8\n", "broken": ""})
    (folder / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.defpath}")
    toolchain, module = go.needs(load_project(program))
    assert (toolchain.found, module.found) == (f"{folder}/go (go1.26.8)", None)
    assert module.remedy() == f"run `go mod init` and `go mod tidy` in {program}"

    write(tmp_path, {"go.mod": "module shop\n"})
    (folder / "go").write_text("no program")
    toolchain, module = go.needs(load_project(program))
    assert (toolchain.found, module.found) == (f"{folder}/go ()", str(tmp_path / "go.mod"))

    monkeypatch.setenv("PATH", str(tmp_path))
    toolchain, _ = go.needs(load_project(program))
    assert toolchain.found is None
    assert "https://go.dev/dl" in toolchain.remedy()


@pytest.mark.usefixtures("go_programs")
def test_a_cache_that_cannot_be_written_is_named(apex: Apex, tmp_path: Path) -> None:
    write(tmp_path, {"file": ""})
    apex.preview(shop(tmp_path / "shop", "go"), XDG_CACHE_HOME=f"{tmp_path}/file").expect_only(
        2, "set XDG_CACHE_HOME"
    )


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("./main.go:1:2: no\n", "/work/shop/main.go:1:2: no\n"),
        ("../lib/x.go:1: no\n", "/work/lib/x.go:1: no\n"),
        ("orders/x.go:3:1: no\n", "/work/shop/orders/x.go:3:1: no\n"),
        ("/usr/x.go:3:1: no\n", "/usr/x.go:3:1: no\n"),
        ("# shop\ngo: no module\n", "# shop\ngo: no module\n"),
    ],
)
def test_places_have_whole_paths(said: str, shown: str) -> None:
    assert go_builder.with_whole_paths(said, "/work/shop") == shown


def test_what_go_repeats_for_each_package_is_cut_and_the_command_named() -> None:
    said = "go: downloading x v1\n" + "x.go:1:1: missing go.sum entry for module x\n" * 40
    lines = go_builder.explained(said).splitlines()
    assert len(lines) == go_builder.MOST_LINES + 2
    assert lines[-2:] == ["... and 28 more lines", f"run `go mod tidy` in {Path.cwd()}"]
    said = 'x.go:1:1: x@v1: Get "https://proxy": dial tcp: lookup proxy: no such host\n'
    assert go_builder.explained(said).endswith(f"run `go mod download` in {Path.cwd()}\n")
    assert go_builder.explained("x.go:1:1: undefined: y\n" * 40).count("undefined") == 40
