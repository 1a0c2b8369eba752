"""The stack's configuration: what is accepted, and what a user reads when it is not."""

import re
import string
import subprocess
from collections.abc import Mapping
from ipaddress import IPv4Network
from random import Random
from typing import Annotated, Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from infra.config import StackConfig, load
from infra.config.api import ApiConfig
from infra.config.keys import ConfigSection, keys_of
from infra.config.networking import NetworkConfig
from infra.config.postgres import PostgresConfig
from infra.config.types import fit_for_cloud_sql, fit_for_neo4j, long_enough
from infra.images import is_pinned
from infra.release import Release
from scripts.config_keys import written
from tests.infra.deployment import (
    ROOT,
    declarations,
    in_stack,
    project_file,
    secret_keys,
    secret_value,
)


def config(stack: str, changes: Mapping[str, Any] | None = None) -> StackConfig:
    return in_stack(stack, changes or {}, load)[0]


def refusal(
    stack: str, changes: Mapping[str, Any], *, encrypted: list[str] | None = None
) -> list[str]:
    """Returns the lines that a user reads."""
    with pytest.raises(pulumi.RunError) as raised:
        in_stack(stack, changes, load, encrypted=encrypted)
    message = str(raised.value)
    assert not any(secret_value(key) in message for key in secret_keys())
    # A traceback would show nothing else.
    assert raised.value.__suppress_context__
    return message.splitlines()


def test_pulumi_runs_the_program_in_the_projects_environment() -> None:
    project = project_file()
    assert project["name"] == "apex-memory-infrastructure"
    assert project["main"] == "infra/__main__.py"
    assert project["runtime"]["options"]["virtualenv"] == ".venv"


def test_pulumi_knows_every_key_as_the_program_declares_it() -> None:
    """`make generated` writes what is compared here."""
    document = (ROOT / "Pulumi.yaml").read_text("utf-8")
    assert written(document) == document
    read = {key.name for key in keys_of(StackConfig)}
    assert read - {"stack", "gcp:project", "gcp:region"} == set(declarations())


def test_secrets_are_declared_as_secret_and_without_default() -> None:
    assert [key.name for key in keys_of(StackConfig) if key.is_secret] == secret_keys()
    for key, declaration in declarations().items():
        assert declaration["description"], key
        assert ("default" in declaration) is (key not in secret_keys()), key


def test_a_default_holds_where_nobody_fills_it_in() -> None:
    without = config(
        "dev", dict.fromkeys(key for key in declarations() if key not in secret_keys())
    )
    assert without.worker == config("dev").worker
    assert without.network.subnet_cidr == IPv4Network(declarations()["subnet-cidr"]["default"])
    assert without.project.unprotected == frozenset()
    assert without.secrets.rotations == {}


def test_a_section_by_itself_has_the_defaults_of_its_keys() -> None:
    assert NetworkConfig() == config("dev").network
    with pytest.raises(ValidationError, match="overlaps subnet-cidr"):
        NetworkConfig(private_services_cidr="10.0.0.0/8")


def test_every_example_in_a_message_is_valid() -> None:
    """So the command that a message proposes works."""
    examples = {key.name: key.example for key in keys_of(StackConfig) if not key.is_secret}
    stack = str(examples.pop("stack"))
    assert config(stack, examples).network.connector == "apex-vpc-connector"


def test_committed_stack_files_hold_no_secret(stack: str) -> None:
    assert set(config(stack).secrets.values) == set(secret_keys())
    missing = refusal(stack, dict.fromkeys(secret_keys()))
    assert [line.strip() for line in missing[2::2]] == [
        f"pulumi config set --stack {stack} --secret {key}" for key in secret_keys()
    ]


def test_the_tier_of_other_engines_is_understood() -> None:
    found = config("dev", {"database-tier": "db-n1-standard-1"})
    assert found.databases.postgres.tier == "db-custom-1-3840"


@pytest.mark.parametrize(
    ("key", "value", "problem", "fix"),
    [
        (
            "database-tier",
            "db-perf-optimized-N-2",
            (
                "is not a machine type of Cloud SQL for PostgreSQL; expected db-f1-micro, "
                "db-g1-small, db-n1-"
            ),
            "database-tier db-custom-1-3840",
        ),
        (
            "database-tier",
            "db-custom-3-7680",
            "'db-custom-3-7680' has 3 vCPUs; 1 or an even number up to 96 is available",
            "database-tier db-custom-1-3840",
        ),
        (
            "database-tier",
            "db-custom-1-3841",
            "has 3841 MiB of memory: with 1 vCPU it is 3840 to 6656 MiB in steps of 256; expected",
            "database-tier db-custom-1-3840",
        ),
        (
            "database-high-availability",
            "yes",
            "'yes' is not a boolean; expected true or false",
            "database-high-availability false",
        ),
        (
            "database-high-availability",
            "true",
            "'true' contradicts database-tier db-f1-micro, which shares its core",
            "database-high-availability false",
        ),
        (
            "database-backup-retention",
            "3",
            "'3' is not valid; expected 7 to 365 daily backups.",
            "database-backup-retention 7",
        ),
        (
            "database-backup-retention",
            "many",
            "'many' is not valid; expected 7 to 365 daily backups.",
            "database-backup-retention 7",
        ),
        (
            "database-disk-limit",
            "",
            "'' is not valid; expected 10 to 65536 GB",
            "database-disk-limit 50",
        ),
        (
            "owner",
            "Team Search",
            "'Team Search' is not valid; expected 1 to 63 lower-case letters, digits, hyphens and",
            "owner platform",
        ),
        ("cost-center", "x" * 64, "is not valid; expected 1 to 63", "cost-center apex-memory"),
        ("name-suffix", "-a", "'-a' is not valid; expected nothing, or", "name-suffix 2"),
        (
            "name-prefix",
            "a-copy",
            "'a-copy' cannot begin a name; expected nothing, or a letter and up to 8 more letters",
            "name-prefix blue",
        ),
        (
            "name-prefix",
            "muchtoolong",
            "'muchtoolong' cannot begin a name; expected nothing, or a letter",
            "name-prefix blue",
        ),
        (
            "name-prefix",
            "qdrant",
            "'qdrant' begins names already that have no prefix; expected nothing, or",
            "name-prefix blue",
        ),
        (
            "subnet-cidr",
            "10.10.0.1/20",
            "'10.10.0.1/20' is not valid; expected a private IPv4 range (RFC 1918), /26 or larger.",
            "subnet-cidr 10.10.0.0/20",
        ),
        ("subnet-cidr", "8.8.8.0/24", "'8.8.8.0/24' is not in a private range", "subnet-cidr"),
        ("subnet-cidr", "10.10.0.0/27", "'10.10.0.0/27' has the wrong size", "subnet-cidr"),
        (
            "private-services-cidr",
            "10.0.0.0/8",
            "'10.0.0.0/8' overlaps subnet-cidr (10.10.0.0/20)",
            "private-services-cidr 10.20.0.0/16",
        ),
        (
            "vpc-connector",
            "apex-memory-connector",
            "'apex-memory-connector' is not a valid connector name; expected nothing, or",
            "vpc-connector apex-vpc-connector",
        ),
        (
            "vpc-connector",
            "Apex",
            "'Apex' is not a valid connector name",
            "vpc-connector apex-vpc-connector",
        ),
        (
            "vpc-connector-cidr",
            "10.10.16.0/24",
            "'10.10.16.0/24' has the wrong size",
            "vpc-connector-cidr 10.10.16.0/28",
        ),
        ("gcp:project", "Apex", "'Apex' is not valid; expected the id", "gcp:project apex"),
        ("gcp:region", "us-central1-a", "expected a Google Cloud region.", "gcp:region us-central"),
        ("gcp:region", None, "gcp:region: is not set; expected", "gcp:region us-central1"),
        (
            "billing-account",
            "mine",
            "'mine' is not valid; expected the id of a b",
            "billing-account",
        ),
        (
            "budget-amount",
            "0",
            "'0' is not valid; expected 1 to 1000000 a month",
            "budget-amount",
        ),
        (
            "github-repository",
            "apex",
            "'apex' is not valid; expected a rep",
            "github-repository apex",
        ),
        (
            "github-repository-id",
            "x",
            "'x' is not valid; expected nothing, or",
            "github-repository-id",
        ),
        (
            "deletion-protection",
            "no",
            "'no' is not a boolean; expected true",
            "deletion-protection",
        ),
        (
            "unprotected",
            "qdrant, alerts",
            "'alerts' is not valid; expected nothing, or some of api, images, neo4j,",
            "unprotected qdrant",
        ),
        (
            "database-public-ip",
            "0",
            "'0' is not a boolean; expected true or false",
            "database-public-ip",
        ),
        (
            "postgres-client-image",
            "postgres 17",
            "'postgres 17' is not a container image; expected a container image with psql in it",
            "postgres-client-image docker.io/postgres:17-alpine",
        ),
        (
            "neo4j-image",
            "",
            "'' is not a container image; expected a",
            "neo4j-image docker.io/neo4j",
        ),
        (
            "neo4j-machine-type",
            "e2-micro",
            "'e2-micro' is not valid; expected e2-small, e2-medium, e2-standard-2, e2-standard-4",
            "neo4j-machine-type e2-small",
        ),
        ("neo4j-disk-size", "5", "'5' is not valid; expected 10 to 65536 GB", "neo4j-disk-size 10"),
        (
            "redis-tier",
            "basic",
            "'basic' is not valid; expected BASIC or STANDARD_HA",
            "redis-tier",
        ),
        ("redis-memory-size", "0", "'0' is not valid; expected 1 to 300 GB", "redis-memory-size 1"),
        ("qdrant-runtime", "gke", "'gke' is not valid; expected cloud-run or vm", "qdrant-runtime"),
        ("qdrant-image", "Q", "'Q' is not a container image; expected", "qdrant-image docker.io/"),
        (
            "qdrant-memory",
            "3Gi",
            "'3Gi' is not valid; expected 1Gi, 2Gi or 4Gi",
            "qdrant-memory 2Gi",
        ),
        (
            "qdrant-snapshot-image",
            "a@sha256:0",
            "is not a container image",
            "qdrant-snapshot-image",
        ),
        (
            "qdrant-snapshot-schedule",
            "hourly",
            "'hourly' is not valid; expected five cron fields",
            "qdrant-snapshot-schedule 0 */6",
        ),
        (
            "api-image",
            "a b",
            "'a b' is not a container image; expected",
            "api-image apex-api:1.0.0",
        ),
        ("api-cpu", "3", "'3' is not valid; expected 1, 2 or 4", "api-cpu 1"),
        ("api-memory", "1G", "'1G' is not valid; expected 512Mi, 1Gi", "api-memory 1Gi"),
        (
            "api-memory",
            "8Gi",
            "'8Gi' is not available with api-cpu 1 (512Mi, 1Gi, 2Gi, 4Gi)",
            "api-memory 1Gi",
        ),
        ("min-instances", "-1", "'-1' is not valid; expected 0 to 100", "min-instances 0"),
        ("max-instances", "0", "'0' is not valid; expected 1 to 100, at least", "max-instances 10"),
        (
            "load-balancer",
            "true",
            "'' is not a domain name, and load-balancer true needs one for its certificate",
            "api-domain api.apex-memory.example",
        ),
        (
            "api-domain",
            "api.apex-memory.example",
            "contradicts load-balancer false: nothing would answer there",
            "api-domain",
        ),
        ("api-domain", "https://api", "is not valid; expected a domain name", "api-domain api."),
        (
            "cloud-armor",
            "true",
            "'true' contradicts load-balancer false: Cloud Armor is a part of one",
            "cloud-armor",
        ),
        ("api-rate-limit", "1", "'1' is not valid; expected 10 to 10000 req", "api-rate-limit 600"),
        ("temporal-address", "here", "'here' is not valid; expected HOST:PORT", "temporal-address"),
        ("temporal-namespace", "", "'' is not valid; expected a namespace", "temporal-namespace"),
        (
            "temporal-task-queue",
            "",
            "'' is not valid; expected a task queue",
            "temporal-task-queue",
        ),
        (
            "worker-image",
            ":1",
            "':1' is not a container image; expected",
            "worker-image apex-worker",
        ),
        ("worker-cpu", "8", "'8' is not valid; expected 1, 2 or 4", "worker-cpu 1"),
        ("worker-memory", "8Gi", "'8Gi' is not available with worker-cpu 1", "worker-memory 1Gi"),
        (
            "worker-instances",
            "1",
            "'1' workers need a temporal-address, which is not set",
            "worker-instances 0",
        ),
        ("worker-autoscaled", "on", "'on' is not a boolean; expected true or", "worker-autoscaled"),
        (
            "collector-image",
            "?",
            "'?' is not a container image; expected",
            "collector-image docker.io",
        ),
        (
            "database-instance",
            "Postgres_2",
            "is not valid; expected nothing, or the name of an existing Cloud SQL instance",
            "database-instance postgres-restored",
        ),
        (
            "operator-access",
            "yes",
            "'yes' is not a boolean; expected true or false",
            "operator-access true",
        ),
        (
            "operators",
            "user:me@example.com",
            "is not valid; expected nothing, or a group as in IAM: group:NAME@DOMAIN.",
            "operators group:apex-memory-operators@example.com",
        ),
        ("alert-email", "me", "'me' is not valid; expected an e-mail address", "alert-email apex-"),
        (
            "secrets-version",
            "0",
            "'0' is not valid; expected a number from 1.",
            "secrets-version 1",
        ),
        (
            "secret-rotations",
            "jwt-secret-key=1+3",
            "has two versions of jwt-secret-key that do not follow one another; expected nothing",
            "secret-rotations jwt-secret-key=1",
        ),
        (
            "secret-rotations",
            "owner=1",
            (
                "'owner=1' names owner, which is not a secret of the configuration; expected "
                "nothing, or"
            ),
            "secret-rotations jwt-secret-key=1",
        ),
    ],
)
def test_a_wrong_value_is_named_with_what_is_expected(
    key: str, value: str | None, problem: str, fix: str
) -> None:
    heading, *lines = refusal("dev", {key: value})
    assert heading == "The configuration of stack dev is not valid."
    assert len(lines) == 2
    blamed, *_ = fix.split()  # of two keys that contradict each other, the one that came later
    assert lines[0].startswith(f"  {blamed}: ")
    assert problem in lines[0]
    assert lines[1].startswith(f"    pulumi config set --stack dev {fix}")


def test_all_problems_are_named_at_once() -> None:
    lines = refusal(
        "dev", {"database-tier": "?", "owner": "?", "gcp:project": None, "jwt-secret-key": ""}
    )
    assert [line.split(": ")[0].strip() for line in lines[1::2]] == [
        "gcp:project",
        "owner",
        "database-tier",
        "jwt-secret-key",
    ]


def test_a_disk_that_outgrows_its_limit_is_refused() -> None:
    lines = refusal("dev", {"database-disk-size": "51"})
    assert lines[1].startswith("  database-disk-limit: '50' is less than database-disk-size (51)")


def test_a_contradiction_is_found_beside_other_problems() -> None:
    lines = refusal("dev", {"owner": "?", "database-high-availability": "true"})
    assert "contradicts database-tier db-f1-micro" in lines[3]


@pytest.mark.parametrize(
    ("stack", "key", "value", "problem"),
    [
        (
            "production",
            "database-public-ip",
            "true",
            "'true' puts the database of production on the internet; expected true or false",
        ),
        (
            "staging",
            "api-image",
            "apex-api:1.0.0",
            (
                "'apex-api:1.0.0' has no digest: in staging, a tag could later point to another "
                "image; expec"
            ),
        ),
        (
            "production",
            "redis-client-image",
            "docker.io/redis:7.2-alpine",
            (
                "has no digest: in production, a tag could later point to another image; expected "
                "a container"
            ),
        ),
        ("production", "database-tier", "db-f1-micro", "contradicts database-tier db-f1-micro"),
        ("production", "min-instances", "20", "'10' is less than min-instances (20)"),
    ],
)
def test_what_dev_may_others_may_not(stack: str, key: str, value: str, problem: str) -> None:
    [heading, line, fix] = refusal(stack, {key: value})
    assert heading == f"The configuration of stack {stack} is not valid."
    assert problem in line
    assert fix.startswith(f"    pulumi config set --stack {stack} ")


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("postgres-password", "short", "a secret value has fewer than 16 characters"),
        ("postgres-password", "LONG-ENOUGH-AND-1", "a secret value has no lower-case letter;"),
        ("postgres-password", "long-enough-and-1", "a secret value has no upper-case letter;"),
        ("postgres-password", "Long-enough-and-no", "a secret value has no digit;"),
        (
            "postgres-password",
            "LongEnoughAnd1Äöü",
            "a secret value has no character that is neither letter nor digit;",
        ),
        (
            "postgres-password",
            "Long-enough-1-aPEx",
            "a secret value has the user's name in it (apex)",
        ),
        ("neo4j-password", "short", "a secret value has fewer than 16 characters"),
        ("neo4j-password", "long/enough/but/with/slashes", "a secret value has a slash in it or"),
        ("neo4j-password", "-long-enough-but-an-option", "a secret value has a slash in it or"),
    ],
)
def test_a_password_that_a_database_cannot_take_is_refused_and_not_shown(
    key: str, value: str, problem: str
) -> None:
    lines = refusal("dev", {key: value})
    assert lines[1].startswith(f"  {key}: {problem}")
    assert lines[2] == f"    pulumi config set --stack dev --secret {key}"
    assert value not in "\n".join(lines)


PARTS = {
    "lower": st.text("abcdefghijklmnopqrstuvwyz", min_size=4),  # no x, and so no user's name
    "upper": st.text("ABCDEFGHIJKLMNOPQRSTUVWYZ", min_size=4),
    "digit": st.text("0123456789", min_size=4),
    "other": st.text(string.punctuation, min_size=4),
}


@given(st.fixed_dictionaries(PARTS), st.sampled_from([None, *PARTS]), st.randoms())
def test_a_password_has_all_four_kinds_of_characters_or_is_refused(
    parts: dict[str, str], lacking: str | None, random: Random
) -> None:
    characters = [
        character for kind, part in parts.items() if kind != lacking for character in part
    ]
    random.shuffle(characters)
    value = "".join(characters) + (parts["digit" if lacking != "digit" else "lower"] * 2)
    if lacking is None:
        assert fit_for_cloud_sql(value) == long_enough(value) == value
    else:
        with pytest.raises(ValueError, match=lacking.replace("other", "neither")) as refused:
            fit_for_cloud_sql(value)
        assert value not in str(refused.value)


@pytest.mark.parametrize(
    ("page", "taken_by"),
    [
        ("deployment.md", r"\| pulumi config set --secret postgres-password"),
        ("deployment.md", r"\| pulumi config set --secret neo4j-password"),
        ("runbooks/neo4j-password.md", r"> neo4j-password\.txt"),
    ],
)
def test_the_documented_command_always_makes_a_password_that_is_taken(
    page: str, taken_by: str
) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    [command] = re.findall(rf"^ *(\S.*) {taken_by}$", text, re.MULTILINE)
    made = subprocess.run(
        ["sh", "-c", f"for _ in $(seq 200); do {command}; echo; done"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert len(set(made)) == 200
    for value in made:
        assert fit_for_cloud_sql(value) == fit_for_neo4j(value) == long_enough(value) == value


def test_a_secret_in_the_clear_is_refused_and_not_shown() -> None:
    lines = refusal("dev", {}, encrypted=[key for key in secret_keys() if key != "openai-api-key"])
    assert lines[1:] == [
        "  openai-api-key: is a secret, but not encrypted; expected a secret API key.",
        "    pulumi config set --stack dev --secret openai-api-key",
    ]


def test_an_encrypted_value_of_another_key_is_not_shown_either() -> None:
    lines = refusal("dev", {"owner": "Hush!"}, encrypted=[*secret_keys(), "owner"])
    assert lines[1].startswith("  owner: a secret value is not valid; expected")


def test_a_stack_that_is_none_of_the_three_is_refused() -> None:
    known = {"gcp:project": "apex-memory-dev", "gcp:region": "us-central1"}
    [_, problem, fix] = refusal("prod", known)
    assert problem.startswith(
        "  stack: 'prod' is not valid; expected dev, staging or production, or"
    )
    assert problem.endswith(" for a copy one of them and a name, as in dev-blue.")
    assert fix == "    pulumi stack select dev"


def test_a_suffix_that_does_not_fit_behind_the_prefix_is_refused() -> None:
    suffix = "x" * 20
    assert config("dev", {"name-suffix": suffix}).project.name_suffix == suffix
    lines = refusal("dev", {"name-suffix": suffix, "name-prefix": "green"})
    assert lines[1].startswith(
        f"  name-suffix: {suffix!r} makes the id of GitHub's identity pool too long: "
        f"green-github-{suffix} has 33 characters and may have 32; expected nothing, or"
    )


def test_a_copy_is_a_stack_of_its_own_in_the_environment_that_it_is_a_copy_of() -> None:
    project = {"gcp:project": "apex-memory-dev", "gcp:region": "us-central1"}
    found = config("dev-blue", project | {"api-image": "apex-api:1.0.0"})
    assert found.project.environment == "dev"
    assert "has no digest: in production" in "".join(
        refusal("production-blue", project | {"api-image": "apex-api:1.0.0"})
    )


def test_the_connectors_range_counts_only_with_a_connector() -> None:
    overlap = {"vpc-connector-cidr": "10.20.0.0/28"}
    assert config("dev", overlap).network.connector == ""
    lines = refusal("dev", overlap | {"vpc-connector": "apex-vpc-connector"})
    assert "overlaps private-services-cidr (10.20.0.0/16)" in lines[1]


def field_type(section: type[ConfigSection], name: str) -> TypeAdapter[Any]:
    """Returns what validates a field by itself."""
    field = section.model_fields[name]
    annotation: Any = field.annotation
    for constraint in field.metadata:
        annotation = Annotated[annotation, constraint]
    return TypeAdapter(annotation)


def accepts(adapter: TypeAdapter[Any], value: str) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


TIER = field_type(PostgresConfig, "tier")
RANGE = field_type(NetworkConfig, "subnet_cidr")
CONNECTOR = field_type(NetworkConfig, "connector")


@given(vcpus=st.integers(0, 120), steps=st.integers(0, 2600), odd=st.sampled_from([0, 0, 0, 1]))
def test_custom_machines_are_those_that_google_offers(vcpus: int, steps: int, odd: int) -> None:
    memory = steps * 256 + odd
    offered = (
        (vcpus == 1 or (vcpus % 2 == 0 and 2 <= vcpus <= 96))
        and not odd
        and memory >= 3840
        and 9 * vcpus * 1024 <= 10 * memory <= 65 * vcpus * 1024
    )
    assert accepts(TIER, f"db-custom-{vcpus}-{memory}") is offered


@given(st.text() | st.from_regex(r"db-custom-\w*-\w*", fullmatch=True))
def test_any_other_text_is_no_machine(text: str) -> None:
    if accepts(TIER, text):
        assert re.fullmatch(r"db-custom-[0-9]+-[0-9]+", TIER.validate_python(text)) or text in (
            "db-f1-micro",
            "db-g1-small",
        )


@given(st.ip_addresses(v=4) | st.ip_addresses(network="172.0.0.0/10"), st.integers(8, 32))
def test_ranges_are_private_ones(address: Any, prefix: int) -> None:
    network = IPv4Network((address, prefix), strict=False)
    private = any(
        network[0] in IPv4Network(cidr) and network[-1] in IPv4Network(cidr)
        for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    )
    assert accepts(RANGE, str(network)) is private


@given(st.text(alphabet="ab1-A", max_size=24))
def test_connector_names_are_short_and_begin_with_a_letter(name: str) -> None:
    valid = name == "" or (
        name[0] in "ab"
        and name[-1] != "-"
        and "A" not in name
        and len(name.replace("-", "--")) < 21
    )
    assert accepts(CONNECTOR, name) is valid


IMAGE = field_type(ApiConfig, "image")
_PART = st.from_regex(r"[a-z0-9]{1,8}([._-][a-z0-9]{1,8}){0,2}", fullmatch=True)


@given(
    registry=st.sampled_from(["", "docker.io/", "us-docker.pkg.dev/", "localhost:5000/"]),
    path=st.lists(_PART, min_size=1, max_size=4),
    tag=st.just("") | st.from_regex(r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True),
    digest=st.just("") | st.from_regex(r"@sha256:[0-9a-f]{64}", fullmatch=True),
)
def test_an_image_is_a_name_with_registry_tag_and_digest(
    registry: str, path: list[str], tag: str, digest: str
) -> None:
    image = f"{registry}{'/'.join(path)}{tag}{digest}"
    assert accepts(IMAGE, image)
    assert is_pinned(image) is bool(digest)


@given(st.text())
def test_what_is_accepted_as_an_image_has_nothing_odd_in_it(text: str) -> None:
    if accepts(IMAGE, text):
        assert re.fullmatch(r"[A-Za-z0-9._:/@-]+", text)


def test_a_release_is_read() -> None:
    found = config("dev", {"api-stable-revision": "apex-api-00001-abc"}).api
    assert found.release == Release("apex-api-00001-abc")
    assert found.release_steps == (10, 50, 100)
    assert config("production").api.release_steps == (100,)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"api-candidate-percent": "10"}, "there is no candidate to get 10 %"),
        ({"api-candidate-percent": "101"}, "101 is not between 0 and 100"),
        ({"api-candidate-revision": "apex-api-00002-abc"}, "no stable revision to go back to"),
        ({"api-stable-revision": "Not A Revision"}, "is no revision's name"),
        ({"release-steps": "10,50"}, "does not rise from above 0 up to 100"),
        ({"release-steps": "50,10,100"}, "does not rise from above 0 up to 100"),
        ({"release-steps": "0,100"}, "does not rise from above 0 up to 100"),
        ({"release-steps": "half"}, "is no list of percentages"),
        ({"worker-stable-revision": "A B"}, "'A B' is no revision's name"),
        ({"worker-stable-revision": "apex-worker-00001-abc"}, "contradicts worker-instances 0"),
        (
            {
                "temporal-address": "temporal.example.com:7233",
                "worker-autoscaled": "true",
                "worker-instances": "2",
                "worker-stable-revision": "apex-worker-00001-abc",
            },
            "contradicts worker-autoscaled true",
        ),
    ],
)
def test_a_release_that_makes_no_sense_is_refused(changes: dict[str, str], why: str) -> None:
    [_, line, fix] = refusal("dev", changes)
    *_, key = changes
    assert line.strip().startswith(f"{key}: ")
    assert why in line
    assert fix.strip().startswith(f"pulumi config set --stack dev {key}")
