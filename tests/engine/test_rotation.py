"""Rotations of secrets, through the real engine: forward, back, and killed in between."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import pulumi_gcp as gcp
import pytest
from pydantic import SecretStr

from infra.config.secrets import SECRET_KEYS
from infra.project import EnabledApis, GoogleApi, StackContext
from infra.release import Release
from infra.rotation import fingerprint, rotations_of
from infra.secrets import SecretStore, SecretStoreArgs
from operations.errors import Exit, OperationError
from operations.rotation.keys import GENERATED, generated
from operations.rotation.run import RotationRun
from operations.service import Address
from operations.smoke import SmokeResult
from operations.stack import OperatedStack
from tests.engine import lifecycle
from tests.engine.harness import PACK, Engine, Stack
from tests.engine.provider.server import Provider
from tests.engine.small import small_project
from tests.operations.killing import killed

JWT, POSTGRES, NEO4J = "jwt-secret-key", "postgres-password", "neo4j-password"
KEYS = (
    "api-stable-revision",
    "secrets-version",
    "secret-rotations",
    "qdrant-runtime",
    *SECRET_KEYS,
)
PASSED = SmokeResult(passed=True, reason="the smoke tests passed")
FAILED = SmokeResult(passed=False, reason="a smoke test failed")


def old(key: str) -> str:
    return f"Old-1-{key}"


def new(key: str) -> str:
    return f"New-1-{key}"


def small_program() -> None:
    """The secrets, and two services that read some of them."""
    config = pulumi.Config()
    secrets = SecretStore(
        "secrets",
        SecretStoreArgs(
            ctx=StackContext(
                project="a-project",
                region="us-central1",
                environment="staging",
                labels={},
                deletion_protection=False,
                apis=EnabledApis("apis", [GoogleApi.SECRET_MANAGER]),
            ),
            values={key: config.require_secret(key) for key in SECRET_KEYS},
            version=config.require_int("secrets-version"),
            rotations=rotations_of(config.require("secret-rotations")),
        ),
    )
    instance = gcp.sql.DatabaseInstance(
        "postgres", database_version="POSTGRES_17", deletion_protection=False
    )
    gcp.sql.User(
        "user",
        instance=instance.name,
        password_wo=secrets[POSTGRES].value,
        password_wo_version=secrets[POSTGRES].fingerprint.apply(int),
    )
    release = Release(config.get("api-stable-revision") or "")
    for name, traffic in (("apex-api", release.traffic()), ("qdrant", Release().traffic())):
        service = gcp.cloudrunv2.Service(
            name,
            name=name,
            location="us-central1",
            template={
                "containers": [
                    {
                        "image": f"example.com/apex/{name}",
                        "envs": [
                            {
                                "name": key,
                                "value_source": {
                                    "secret_key_ref": {
                                        "secret": secrets[key].id,
                                        "version": secrets[key].version,
                                    }
                                },
                            }
                            for key in (JWT, POSTGRES)
                        ],
                    }
                ]
            },
            traffics=[gcp.cloudrunv2.ServiceTrafficArgs(**it) for it in traffic],
            deletion_protection=False,
        )
        if name == "apex-api":
            pulumi.export("api_url", service.uri)


@dataclass
class Operator:
    """Somebody who rotates secrets, and whom the smoke tests answer as a test wants."""

    stack: Stack
    verdict: SmokeResult = PASSED
    said: list[str] = field(default_factory=list)
    asked: list[Address] = field(default_factory=list)
    during_smoke: Callable[[], None] = lambda: None

    def run(self, *, done_by_hand: bool = True) -> RotationRun:
        """The command, started anew."""
        return RotationRun(
            OperatedStack(self.stack._stack, (), self.said.append),
            self._smoke,
            self.said.append,
            done_by_hand=done_by_hand,
        )

    def rotate(self, *keys: str) -> list[str]:
        values = {key: SecretStr(new(key)) for key in keys}
        return self.run().rotate(keys, lambda _: values)

    def back(self) -> list[str]:
        return self.run().back()

    def _smoke(self, address: Address) -> SmokeResult:
        self.asked.append(address)
        self.during_smoke()
        return self.verdict

    @property
    def read(self) -> dict[str, str]:
        """The version of each secret that the services read, which is the same for both."""
        [read] = {
            tuple(
                (env["name"], env["valueSource"]["secretKeyRef"]["version"])
                for env in service["inputs"]["template"]["containers"][0]["envs"]
            )
            for service in self._resources("gcp:cloudrunv2/service:Service")
        }
        return dict(read)

    @property
    def enabled(self) -> dict[str, dict[str, str]]:
        """The value of each version that there is, by secret and number.

        What was sent is what its number was sent with: a value alone is never sent.
        """
        found: dict[str, dict[str, str]] = {key: {} for key in SECRET_KEYS}
        for it in self._resources("gcp:secretmanager/secretVersion:SecretVersion"):
            secret = it["inputs"]["secret"].rpartition("/")[2]
            sent = json.loads(it["inputs"]["secretDataWoVersion"]["plaintext"])
            values = {fingerprint(value, 1): value for value in (old(secret), new(secret))}
            found[secret][it["outputs"]["version"]] = values[str(sent)]
        return found

    @property
    def told(self) -> list[Any]:
        """What PostgreSQL's user was sent the password for last."""
        return [
            it["inputs"]["passwordWoVersion"]["plaintext"]
            for it in self._resources("gcp:sql/user:User")
        ]

    def shows_no_value(self) -> None:
        """Nothing that was said, and nothing in the file, has a value in it."""
        shown = "\n".join([*self.said, self.file])
        for key in SECRET_KEYS:
            assert old(key) not in shown
            assert new(key) not in shown

    def _resources(self, type_: str) -> list[Any]:
        deployment = self.stack._stack.export_stack().deployment or {}
        return [it for it in deployment["resources"] if it["type"] == type_]

    @property
    def file(self) -> str:
        return Path(self.stack._stack.workspace.work_dir, "Pulumi.staging.yaml").read_text("utf-8")


@pytest.fixture
def operator(engine: Engine, tmp_path: Path) -> Operator:
    """Of a stack whose secrets have their old values."""
    project = small_project(tmp_path, KEYS)
    secrets = {key: old(key) for key in SECRET_KEYS}
    stack = engine.stack(small_program, project=project, name="staging", secrets=secrets)
    first = stack.up()
    assert first.succeeded, first.output
    return Operator(stack)


def test_a_secret_is_rotated(operator: Operator) -> None:
    before = operator.read[JWT]
    seen: list[Any] = []
    operator.during_smoke = lambda: seen.append((operator.read[JWT], operator.enabled[JWT]))

    assert operator.rotate(JWT) == [JWT]

    [(read, enabled)] = seen
    assert enabled == {before: old(JWT), read: new(JWT)}
    assert operator.read[JWT] == read
    assert operator.enabled[JWT] == {read: new(JWT)}
    assert [address.url.partition("-")[0] for address in operator.asked] == ["https://apex"]

    assert operator.rotate(JWT) == []
    assert operator.run().status() == "no rotation is under way"
    with pytest.raises(OperationError, match="no rotation is under way"):
        operator.back()
    operator.shows_no_value()


def test_what_fails_the_smoke_tests_is_taken_back(operator: Operator) -> None:
    read, told = operator.read, operator.told
    operator.verdict = FAILED
    operator.during_smoke = lambda: told.append(*operator.told)

    with pytest.raises(OperationError, match="taken back: a smoke test failed") as error:
        operator.rotate(JWT, POSTGRES)

    assert error.value.exit is Exit.REFUSED
    assert operator.read == read
    assert operator.enabled[JWT] == {read[JWT]: old(JWT)}
    assert operator.enabled[POSTGRES] == {read[POSTGRES]: old(POSTGRES)}
    # PostgreSQL's user was told the new password, and then the old one again.
    first, second = told
    assert first != second
    assert operator.told == [first]
    operator.shows_no_value()


def test_what_does_not_start_is_taken_back(operator: Operator, provider: Provider) -> None:
    read = operator.read
    provider.broken_images.add("example.com/apex/apex-api")

    with pytest.raises(OperationError, match="taken back: the deployment") as error:
        operator.rotate(JWT)

    assert error.value.exit is Exit.REFUSED
    assert operator.asked == []
    assert operator.read == read
    assert operator.enabled[JWT] == {read[JWT]: old(JWT)}


def test_a_database_that_was_told_is_not_left_behind(operator: Operator) -> None:
    with pytest.raises(OperationError, match=r"neo4j-password\.md"):
        operator.run(done_by_hand=False).rotate([NEO4J], lambda _: {})
    operator.verdict = FAILED

    with pytest.raises(OperationError, match="Nothing was taken back") as error:
        operator.rotate(NEO4J)

    assert error.value.exit is Exit.FAILED
    assert set(operator.enabled[NEO4J].values()) == {old(NEO4J), new(NEO4J)}
    assert operator.back() == [NEO4J]
    assert set(operator.enabled[NEO4J].values()) == {old(NEO4J)}


def test_a_rotation_that_is_killed_at_each_step_comes_to_its_end(operator: Operator) -> None:
    steps = [("set_all_config", 1), ("up", 1), ("set_all_config", 2)]
    for where, after in steps:  # each command goes on where the one before was killed
        with killed(operator.stack._stack, where, after=after):
            operator.rotate(JWT, POSTGRES)
        with pytest.raises(OperationError, match="is under way") as error:
            operator.rotate(NEO4J)
        assert error.value.exit is Exit.BUSY
    other = {JWT: SecretStr("Other-1"), POSTGRES: SecretStr("Other-2")}
    assert operator.run().rotate([JWT, POSTGRES], lambda _: other) == [JWT, POSTGRES]

    assert set(operator.enabled[JWT].values()) == {new(JWT)}
    assert set(operator.enabled[POSTGRES].values()) == {new(POSTGRES)}
    assert operator.run().status() == "no rotation is under way"


def test_taking_back_may_be_killed_too(operator: Operator) -> None:
    read = operator.read
    with killed(operator.stack._stack, "up"):
        operator.rotate(JWT)
    with killed(operator.stack._stack, "set_all_config"):
        operator.back()

    with pytest.raises(OperationError, match="is not what was deployed last"):
        operator.rotate(JWT)
    assert operator.back() == [JWT]

    assert operator.read == read
    assert operator.enabled[JWT] == {read[JWT]: old(JWT)}


def test_nothing_is_rotated_during_a_release(operator: Operator) -> None:
    operator.stack.configure(api_stable_revision="apex-api-00001-rev")
    assert operator.stack.up().succeeded
    file = operator.file

    with pytest.raises(OperationError, match="a release of the API is under way") as error:
        operator.rotate(JWT)

    assert error.value.exit is Exit.BUSY
    assert operator.file == file


def test_what_is_refused_changes_nothing(operator: Operator) -> None:
    file, seen = operator.file, []
    program = operator.stack.program

    def rotating() -> None:
        small_program()
        with pytest.raises(OperationError) as error:
            operator.rotate(JWT)
        seen.append(error.value.exit)

    operator.stack._stack.up(program=rotating)
    assert seen == [Exit.BUSY]
    assert operator.file == file

    def refused() -> None:
        raise RuntimeError("no")

    operator.stack._stack.workspace.program = refused
    with pytest.raises(OperationError, match="preview of stack staging failed") as error:
        operator.rotate(JWT)
    assert error.value.exit is Exit.NOT_JUDGED
    assert operator.file == file
    operator.stack._stack.workspace.program = program

    # Somebody else's rotation, which this file knows nothing of.
    operator.rotate(JWT)
    path = Path(operator.stack._stack.workspace.work_dir, "Pulumi.staging.yaml")
    path.write_text(file, "utf-8")
    with pytest.raises(OperationError, match="is not what was deployed last"):
        operator.rotate(POSTGRES)
    assert operator.file == file


@pytest.mark.no_cover
@pytest.mark.usefixtures("saved_once")
def test_the_whole_infrastructure_gets_other_secrets(engine: Engine) -> None:
    """With the policy pack before each deployment."""
    stack = engine.infrastructure("dev")
    lifecycle.comes_up(stack)
    said: list[str] = []
    run = RotationRun(
        OperatedStack(stack._stack, [PACK], said.append),
        lambda _: PASSED,
        said.append,
        done_by_hand=True,
    )
    keys = list(GENERATED)

    assert run.rotate(keys, lambda keys: {key: generated(key) for key in keys}) == keys

    begin, _, end = "\n".join(said).partition(f"disable the old version of {', '.join(keys)}")
    done = {
        (match[1], match[2])
        for match in re.finditer(r"gcp:\w+:(\w+) \S+ (created|updated|deleted|replaced)", begin)
    }
    assert done == {
        ("SecretVersion", "created"),
        ("SecretVersion", "updated"),  # nothing but what the state has
        ("User", "updated"),
        ("Service", "updated"),
        ("Job", "updated"),
        ("WorkerPool", "updated"),
    }
    assert set(re.findall(r"gcp:\w+:(\w+ \S+) deleted", end)) == {
        f"SecretVersion {it}" for it in keys
    }
    lifecycle.settles(stack)
