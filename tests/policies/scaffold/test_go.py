"""The programs on the rules' pages in Go, checked against Pulumi's modules."""

from __future__ import annotations

import shutil
import subprocess
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

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
from tests.policies.scaffold.shown import shown_in, source
from tests.policies.sources.offline.launchers.shop import SHOP, go_problem, not_run

SQL_INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
NEWER = {
    "biglake-not-public",
    "compute-data-disk-protected",
    "deletion-stateful-protected",
    "eventarc-not-public",
    "firewall-policy-iam-not-public",
    "gemini-not-public",
    "iam-access-policy-not-public",
    "iap-not-public",
    "run-ssh-disabled",
    "sql-data-api-disabled",
}
"""Rules about what the module for Google Cloud here does not have yet."""

MODULES = ("github.com/pulumi/pulumi/sdk/v3", "github.com/pulumi/pulumi-gcp/sdk/v9")
OTHERS = ("pulumi-random", "pulumi-time")
"""Modules that are not there for the tests."""


def test_every_program_is_formatted(tmp_path: Path) -> None:
    for name, program in shown_in("go").items():
        (tmp_path / f"{name}.go").write_text(program, "utf-8")
    if shutil.which("gofmt") is None:
        not_run("Go not formatted: there is no gofmt on PATH")
    done = subprocess.run(
        ["gofmt", "-d", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.stdout + done.stderr == ""


def test_every_program_fits_the_types_of_the_modules(tmp_path: Path) -> None:
    for name, program in shown_in("go").items():
        if not any(module in program for module in OTHERS):
            (tmp_path / f"{name}.go").write_text(program, "utf-8")
    # The check sees an input that is misspelt.
    wrong = source("go", fails(name="root")).replace("Name:", "Nmae:")
    (tmp_path / "wrong.go").write_text(wrong, "utf-8")
    errors = _errors(tmp_path)
    [error] = errors.pop("wrong")
    assert error == "unknown field Nmae in struct literal of type sql.UserArgs"
    assert {name.rpartition("-")[0] for name in errors} == NEWER, errors
    for error in chain.from_iterable(errors.values()):
        assert error.startswith(("undefined: ", "unknown field ")), errors


def _errors(folder: Path) -> dict[str, list[str]]:
    """What is wrong with the programs in a folder, by their names."""
    problem = go_problem()
    if problem is not None:
        not_run(problem)
    listed = ["go", "list", "-m", "-f", "{{.Path}}={{.Dir}}", *MODULES]
    modules = subprocess.run(listed, cwd=SHOP / "go", capture_output=True, text=True, check=True)
    files = [str(path) for path in sorted(folder.glob("*.go"))]
    done = subprocess.run(
        ["go", "run", ".", *modules.stdout.split(), *files],
        cwd=SHOP.parent / "gotypes",
        capture_output=True,
        text=True,
        check=True,
    )
    errors: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        file, _, _, error = line.split(":", 3)
        errors.setdefault(Path(file).stem, []).append(error.strip())
    return errors


def body(**inputs: Any) -> str:
    """What a program does, without its last statement."""
    program = source("go", fails(**inputs))
    return program.partition("error {\n")[2].partition("\t\treturn nil")[0]


def test_what_a_case_leaves_open_is_read_from_elsewhere() -> None:
    assert (
        body(password=UNKNOWN, name=secret(SECRET_CONFIG), host=SECRET_CONFIG)
        == """\t\tcfg := config.New(ctx, "")
\t\tplatform, err := pulumi.NewStackReference(ctx, "example/platform/production", nil)
\t\tif err != nil {
\t\t\treturn err
\t\t}
\t\t_, err = sql.NewUser(ctx, "example", &sql.UserArgs{
\t\t\tInstance: pulumi.String("my-instance"),
\t\t\tPassword: platform.GetStringOutput(pulumi.String("password")),
\t\t\tName:     cfg.RequireSecret("name"),
\t\t\tHost:     pulumi.String(cfg.Require("host")),
\t\t})
\t\tif err != nil {
\t\t\treturn err
\t\t}
"""
    )


def test_a_reference_comes_after_its_resource() -> None:
    database = resource(SQL_INSTANCE, "my-db", _protect=True, databaseVersion="POSTGRES_17")
    password = secret_of(SQL_INSTANCE, "serviceAccountEmailAddress", "my-db", is_unmarked=True)
    told = concat("100%-", output_of("my-db"))
    user = resource(None, "sql", instance=output_of("my-db"), password=password, name=told)
    given = secret("correct horse")
    other = resource(None, "x", instance="a", password=given, _provider={"region": "europe-west1"})
    program = source("go", fails(user, database, other, _outputs={"user": output_of("sql")}))
    assert (
        program
        == """package main

import (
	"github.com/pulumi/pulumi-gcp/sdk/v9/go/gcp"
	"github.com/pulumi/pulumi-gcp/sdk/v9/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		provider, err := gcp.NewProvider(ctx, "provider", &gcp.ProviderArgs{
			Region: pulumi.String("europe-west1"),
		})
		if err != nil {
			return err
		}
		myDb, err := sql.NewDatabaseInstance(ctx, "my-db", &sql.DatabaseInstanceArgs{
			DatabaseVersion: pulumi.String("POSTGRES_17"),
		}, pulumi.Protect(true))
		if err != nil {
			return err
		}
		_, err = sql.NewUser(ctx, "x", &sql.UserArgs{
			Instance: pulumi.String("a"),
			Password: pulumi.ToSecret(pulumi.String("correct horse")).(pulumi.StringOutput),
		}, pulumi.Provider(provider))
		if err != nil {
			return err
		}
		sqlResource, err := sql.NewUser(ctx, "sql", &sql.UserArgs{
			Instance: myDb.Name,
			Password: pulumi.Unsecret(myDb.ServiceAccountEmailAddress).(pulumi.StringOutput),
			Name:     pulumi.Sprintf("100%%-%v", myDb.Name),
		})
		if err != nil {
			return err
		}
		ctx.Export("user", sqlResource.ID())
		return nil
	})
}
"""
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a", 'pulumi.String("a")'),
        (1, "pulumi.Int(1)"),
        (1.5, "pulumi.Float64(1.5)"),
        (True, "pulumi.Bool(true)"),
        (["a", "b"], 'pulumi.StringArray{pulumi.String("a"), pulumi.String("b")}'),
        (["a", 1], 'pulumi.Array{pulumi.String("a"), pulumi.Int(1)}'),
        ([["a"]], 'pulumi.Array{pulumi.StringArray{pulumi.String("a")}}'),
    ],
)
def test_a_plain_value_has_its_type(value: object, written: str) -> None:
    program = source("go", fails(_outputs={"x": value}))
    assert f'\t\tctx.Export("x", {written})\n' in program


def test_an_object_with_a_resources_name_is_called_otherwise() -> None:
    """BigQuery has a resource `DatasetAccess`."""
    dataset = resource("gcp:bigquery/dataset:Dataset", accesses=[{"role": "READER"}])
    program = source("go", fails(dataset))
    assert "Accesses: bigquery.DatasetAccessTypeArray{" in program
    assert "&bigquery.DatasetAccessTypeArgs{" in program
