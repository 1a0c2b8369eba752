"""The programs on the rules' pages in Python, run through Pulumi's SDK for Google Cloud."""

from __future__ import annotations

import builtins
import contextvars
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime.rpc import _special_sig_key
from pulumi.runtime.stack import run_pulumi_func

from apex_guardrails.model import UNKNOWN, Asset, Outcome, ResourceReference, Rule, Secret
from apex_guardrails.model.case import (
    SECRET_CONFIG,
    Case,
    OutputOf,
    concat,
    fails,
    leaves,
    output_of,
    passes,
    resource,
    secret,
    secret_of,
)
from apex_guardrails.rules import all_rules
from apex_guardrails.scaffold.programs import LANGUAGES, NoProgramError, program_of
from apex_guardrails.scaffold.programs.required_inputs import with_required
from tests.event_loop import event_loop

RULES = {rule.id: rule for rule in all_rules()}
SQL_USER = RULES["sql-root-user-has-password"]
BUCKET = "gcp:storage/bucket:Bucket"


def python_program(rule: Rule, case: Case) -> str:
    return LANGUAGES["python"].source(program_of(rule, case))


class Recorder(pulumi.runtime.Mocks):
    """Takes the place of the engine."""

    def __init__(self, program: str, case: Case) -> None:
        inputs = [item.inputs for item in case.resources]
        secrets = [leaf.secret for _, leaf in leaves(inputs) if isinstance(leaf, OutputOf)]
        self._outputs = {item.output: "generated" for item in secrets if item}
        self.made: list[tuple[str, str, dict[str, Any]]] = []
        self._elsewhere = re.findall(r'require_output\(\s*"(\w+)"', program)

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {
                "name": args.name,
                "outputs": dict.fromkeys(self._elsewhere, "elsewhere"),
                "secretOutputNames": [],
            }
        self.made.append((args.typ, args.name, unmarked(args.inputs)))
        return f"{args.name}-id", {"name": args.name, **self._outputs, **args.inputs}

    def call(
        self, args: pulumi.runtime.MockCallArgs
    ) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(args.token)


class Left:
    """Whatever a case leaves open."""

    def __eq__(self, other: object) -> bool:
        return other is not None

    __hash__ = object.__hash__


def sdk(name: str, *arguments: Any) -> Any:
    """The package as a program imports it; only the SDK for Google Cloud is installed here."""
    if name in {"pulumi_kubernetes", "pulumi_random", "pulumiverse_time"}:
        return Stranger(name.rpartition("_")[2])
    return builtins.__import__(name, *arguments)


class Stranger:
    """A package that is not installed: its types take whatever they are given."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __getattr__(self, name: str) -> Any:
        if name[0].islower():
            return self

        def make(resource_name: str, **inputs: Any) -> Any:
            camel = {
                re.sub(r"_(\w)", lambda found: found[1].upper(), key): value
                for key, value in inputs.items()
            }
            return pulumi.CustomResource(f"{self._package}:unknown:{name}", resource_name, camel)

        return make


def is_of(token: str, registered: str) -> bool:
    """Whether a type is a case's; of one of a `Stranger` the name is known alone."""
    package, _, name = token.split(":")
    if package == "pulumi" and name != "gcp":
        return registered == f"{name}:unknown:Provider"
    return registered in {token, f"{package}:unknown:{name}"}


def run(case: Case, program: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What the program of a case registers: type, name and inputs of each resource."""
    keys = re.findall(r'config\.require(?:_secret)?\("([^"]+)"\)', program)
    config = {key.rpartition(":")[2]: unmarked(value) for key, value in case.config.items()}
    recorder = Recorder(program, case)
    scope = {"__builtins__": {**vars(builtins), "__import__": sdk}}

    def register() -> None:
        with event_loop() as loop:
            pulumi.runtime.set_all_config(
                {f"shop:{key}": config.get(key, "configured") for key in keys}
            )
            pulumi.runtime.set_mocks(recorder, project="shop", stack="dev", preview=False)
            made = run_pulumi_func(lambda: exec(program, scope))  # noqa: S102 the pack's own
            loop.run_until_complete(made)

    # Pulumi's settings are context variables: a context of its own, and runs do not meet.
    contextvars.copy_context().run(register)
    return recorder.made


def unmarked(value: Any) -> Any:
    """A value as it comes from the SDK, without its secret marks."""
    if isinstance(value, Secret):
        return unmarked(value.value)
    if isinstance(value, Mapping):
        if _special_sig_key in value:
            return unmarked(value["value"])
        return {key: unmarked(member) for key, member in value.items()}
    return [unmarked(element) for element in value] if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """A case's value as the engine gets it, as far as the case says it."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(element) for element in value]
    if isinstance(value, str) and "Calling " in value:
        return Left()  # the SDK says more than the case
    is_plain = isinstance(value, str | int | float) or value is None
    return value if is_plain and value != SECRET_CONFIG else Left()


def shown(rule: Rule) -> Iterator[tuple[Case, str]]:
    """The cases of a rule that are programs, the first few of each outcome."""
    for outcome in (Outcome.FAILS, Outcome.PASSES):
        found = 0
        for case in rule.cases:
            if case.outcome is not outcome or found == 3:
                continue
            try:
                yield case, python_program(rule, case)
            except NoProgramError:
                continue
            found += 1


# What pulumi-gcp fills in as a zone's description.
OF_ITSELF = "Managed by Pulumi"


@pytest.mark.parametrize("name", RULES)
def test_a_program_registers_what_its_case_has(name: str) -> None:
    rule = RULES[name]
    for case, program in shown(rule):
        made = run(case, program)
        assert len({(token, called) for token, called, _ in made}) == len(made)
        for item in case.resources:
            token = item.token or rule.type_token or ""
            alike = [
                {key: value for key, value in inputs.items() if value != OF_ITSELF}
                for registered, called, inputs in made
                if is_of(token, registered) and called.startswith(item.name)
            ]
            assert plain(with_required(token, item.inputs)) in alike, program


def test_every_program_is_formatted(tmp_path: Path) -> None:
    for rule in RULES.values():
        for number, (_, program) in enumerate(shown(rule)):
            (tmp_path / f"{rule.id}-{number}.py").write_text(program, "utf-8")
    ruff = Path(sys.executable).with_name("ruff")
    check = [str(ruff), "format", "--isolated", "--check", "--quiet", "--diff", str(tmp_path)]
    formatted = subprocess.run(check, capture_output=True, text=True, check=False)
    assert formatted.stdout == ""
    assert formatted.returncode == 0


def body(case: Case) -> str:
    """A program without its imports."""
    return python_program(SQL_USER, case).partition("\n\n")[2]


def test_what_a_case_leaves_open_is_read_from_elsewhere() -> None:
    assert (
        body(fails(password=UNKNOWN, name=secret(SECRET_CONFIG), host=SECRET_CONFIG))
        == """config = pulumi.Config()
platform = pulumi.StackReference("example/platform/production")

gcp.sql.User(
    "example",
    instance="my-instance",
    password=platform.require_output("password"),
    name=config.require_secret("name"),
    host=config.require("host"),
)
"""
    )


def test_a_reference_comes_after_its_resource() -> None:
    replica = resource(None, "gcp", instance=output_of("my-db"), project=output_of("elsewhere"))
    database = resource("gcp:sql/databaseInstance:DatabaseInstance", "my-db", _protect=True)
    password = secret_of("gcp:sql/databaseInstance:DatabaseInstance", "serviceToken", "my-db")
    plain_one = secret_of(
        "gcp:sql/databaseInstance:DatabaseInstance", "serviceToken", "my-db", is_unmarked=True
    )
    told = concat("a-", UNKNOWN, "-", output_of("gcp"))
    other = resource(None, "other", password=password, host=plain_one, name=told)
    assert (
        body(fails(other, replica, database, _outputs={"name": output_of("other")}))
        == """platform = pulumi.StackReference("example/platform/production")

my_db = gcp.sql.DatabaseInstance(
    "my-db",
    database_version="POSTGRES_17",
    opts=pulumi.ResourceOptions(protect=True),
)

gcp_ = gcp.sql.User(
    "gcp",
    instance=my_db.name,
    project=platform.require_output("elsewhere"),
)

other = gcp.sql.User(
    "other",
    instance="my-instance",
    password=my_db.service_token,
    host=pulumi.Output.unsecret(my_db.service_token),
    name=pulumi.Output.concat(
        "a-",
        platform.require_output("name_part"),
        "-",
        gcp_.name,
    ),
)

pulumi.export("name", other.name)
"""
    )


def test_an_output_in_a_text_is_an_f_string() -> None:
    text = "serviceAccount:Calling __str__ on an Output[T] is not supported."
    assert (
        body(fails(name=text))
        == """platform = pulumi.StackReference("example/platform/production")
name = platform.require_output("name")

gcp.sql.User(
    "example",
    instance="my-instance",
    name=f"serviceAccount:{name}",
)
"""
    )


def test_a_case_may_have_outputs_alone() -> None:
    program = python_program(SQL_USER, fails(_outputs={"count": 3, "key": SECRET_CONFIG}))
    assert (
        program
        == """import pulumi

config = pulumi.Config()

pulumi.export("count", 3)
pulumi.export("key", config.require("key"))
"""
    )


def test_resources_alike_have_names_of_their_own() -> None:
    twice = resource(BUCKET), resource(BUCKET)
    assert body(passes(*twice)) == (
        'gcp.storage.Bucket(\n    "example",\n    location="europe-west1",\n)\n\n'
        'gcp.storage.Bucket(\n    "example-2",\n    location="europe-west1",\n)\n'
    )


def test_a_providers_input_is_no_text_in_the_program() -> None:
    own = {"defaultLabels": '{"a": "b"}', "region": "europe-west1"}
    assert (
        body(passes(resource(BUCKET, _provider=own)))
        == """provider = gcp.Provider(
    "provider",
    default_labels={"a": "b"},
    region="europe-west1",
)

gcp.storage.Bucket(
    "example",
    location="europe-west1",
    opts=pulumi.ResourceOptions(provider=provider),
)
"""
    )


@pytest.mark.parametrize(
    "case",
    [
        fails(name=f"postgres://{SECRET_CONFIG}"),
        fails(name=secret_of("gcp:secretmanager/getSecretVersion:getSecretVersion", "data")),
        fails(name=Asset(path="dump.sql")),
        fails(name=1),
        fails(resource(BUCKET, lifecycleRules=["given"])),
        fails(name=ResourceReference("urn:pulumi:dev::shop::a:b:C::d")),
        fails(resource("aws:s3/bucket:Bucket")),
        fails(resource(BUCKET, _outputs={"url": "gs://b"})),
        fails(resource(BUCKET, _provider={"defaultLabels": "not JSON"})),
        fails(
            resource(BUCKET, "a", name=output_of("b")), resource(BUCKET, "b", name=output_of("a"))
        ),
    ],
)
def test_a_case_that_nobody_would_write_has_no_program(case: Case) -> None:
    with pytest.raises(NoProgramError):
        python_program(SQL_USER, case)


def test_a_rule_about_many_types_needs_the_cases_type() -> None:
    [many] = [rule for rule in RULES.values() if rule.id == "labels-required-keys"]
    with pytest.raises(NoProgramError):
        python_program(many, fails(location="EU"))
