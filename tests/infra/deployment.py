"""Runs the program in memory, with the stacks' real files, and keeps what it asks for."""

import contextvars
import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pulumi
import yaml
from pulumi.runtime import mocks, rpc, set_all_config
from pulumi.runtime.settings import get_root_resource
from pulumi.runtime.stack import Stack, run_pulumi_func

from tests.event_loop import event_loop

ROOT = Path(__file__).parents[2]
STACKS = ("dev", "staging", "production")

T = TypeVar("T")


@dataclass(frozen=True)
class Registered:
    """A resource as the program registered it, under the names of Pulumi's protocol."""

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    """The inputs, without their secret marks."""
    secret_inputs: frozenset[str]
    """Names of the inputs that are marked as secret."""
    dependencies: frozenset[str]
    """URNs of what this resource depends on directly."""
    ignored: frozenset[str] = frozenset()
    """Paths of the inputs whose changes are ignored."""
    protected: bool = False
    """Whether Pulumi refuses to delete it."""
    taken_over: str | None = None
    """Id of what is there already, and is imported."""
    retained: bool = False
    """Whether Pulumi forgets it instead of deleting it."""
    delete_before_replace: bool | None = None
    """Whether the old one goes before the new one comes; None for what the provider says."""


@dataclass
class Deployment:
    """Everything that one run of the program asked for."""

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def all(self, type_: str) -> list[Registered]:
        """Returns the resources of a type, by name."""
        return sorted(
            (resource for resource in self.resources if resource.type == type_),
            key=lambda resource: resource.name,
        )

    def one(self, type_: str, name: str | None = None) -> Registered:
        """Returns the only resource of a type, or the one of that name."""
        found = [resource for resource in self.all(type_) if name in (None, resource.name)]
        assert len(found) == 1, f"{len(found)} resources of type {type_}, name {name}"
        return found[0]

    def before(self, resource: Registered) -> list[Registered]:
        """Returns every resource that is there before this one is, by its dependencies."""
        by_urn = {known.urn: known for known in self.resources}
        seen: set[str] = set()
        todo = [resource.urn]
        while todo:
            new = by_urn[todo.pop()].dependencies - seen
            seen |= new
            todo += new
        return [by_urn[urn] for urn in seen]


def _account(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    email = f"{inputs['accountId']}@a-project.iam.gserviceaccount.com"
    return {
        "email": email,
        "member": f"serviceAccount:{email}",
        "name": f"projects/a-project/serviceAccounts/{email}",
    }


_COMPUTED: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
    "gcp:sql/databaseInstance:DatabaseInstance": lambda inputs: {
        "connectionName": f"a-project:{inputs['region']}:{inputs['name']}",
        "privateIpAddress": "10.20.0.2",
    },
    "gcp:secretmanager/secretVersion:SecretVersion": lambda _: {"version": "1"},
    "gcp:serviceaccount/account:Account": _account,
    "gcp:artifactregistry/repository:Repository": lambda inputs: {"name": inputs["repositoryId"]},
    "gcp:compute/address:Address": lambda _: {"address": "10.10.0.2"},
    "gcp:compute/globalAddress:GlobalAddress": lambda inputs: (
        {} if "address" in inputs else {"address": "203.0.113.10"}
    ),
    "gcp:redis/instance:Instance": lambda _: {
        "host": "10.20.0.3",
        "port": 6378,
        "authString": "made-up-string",
        "serverCaCerts": [{"cert": "first ca\n"}, {"cert": "second ca"}],
        "createTime": "2026-11-24T00:00:00Z",
    },
    "gcp:cloudrunv2/service:Service": lambda inputs: {
        "uri": f"https://{inputs['name']}-abcdef-uc.a.run.app"
    },
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": lambda inputs: {
        "name": "projects/123456789012/locations/global/workloadIdentityPools/"
        + inputs["workloadIdentityPoolId"]
    },
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": lambda inputs: {
        "name": "projects/123456789012/locations/global/workloadIdentityPools/"
        f"{inputs['workloadIdentityPoolId']}/providers/" + inputs["workloadIdentityPoolProviderId"]
    },
    "gcp:projects/iAMCustomRole:IAMCustomRole": lambda inputs: {
        "name": f"projects/a-project/roles/{inputs['roleId']}"
    },
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": lambda _: {"uptimeCheckId": "api-health"},
}
"""What the cloud adds to a resource's inputs, as far as the program reads it."""


class _Cloud(mocks.Mocks):
    """Answers with the inputs, and with the outputs that the program reads."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        computed = _COMPUTED[args.typ](args.inputs) if args.typ in _COMPUTED else {}
        return f"id-of-{args.name}", {**args.inputs, **computed}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        assert args.token == "gcp:organizations/getProject:getProject", args.token
        return {**args.args, "number": "123456789012"}, []


class _Monitor(mocks.MockMonitor):
    """Keeps what the stock monitor drops: secret marks and dependencies."""

    def __init__(self, deployment: Deployment) -> None:
        super().__init__(_Cloud())
        self._deployment = deployment

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        register: Any = super().RegisterResource
        response = register(request)
        if request.type != "pulumi:pulumi:Stack":
            inputs = rpc.deserialize_properties(request.object)
            self._deployment.resources.append(
                Registered(
                    urn=response.urn,
                    type=request.type,
                    name=request.name,
                    inputs={key: rpc.unwrap_rpc_secret(value) for key, value in inputs.items()},
                    secret_inputs=frozenset(
                        key for key, value in inputs.items() if rpc.is_rpc_secret(value)
                    ),
                    dependencies=frozenset(request.dependencies),
                    ignored=frozenset(request.ignoreChanges),
                    protected=request.protect,
                    taken_over=request.importId or None,
                    retained=request.retainOnDelete,
                    delete_before_replace=(
                        request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None
                    ),
                )
            )
        return response


@cache
def project_file() -> Mapping[str, Any]:
    """Returns Pulumi.yaml."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text("utf-8"))
    return document


def declarations() -> Mapping[str, Mapping[str, Any]]:
    """Returns the config keys that Pulumi.yaml declares."""
    keys: Mapping[str, Mapping[str, Any]] = project_file()["config"]
    return keys


def secret_keys() -> list[str]:
    """Returns the keys that Pulumi.yaml declares as secret."""
    return [key for key, declaration in declarations().items() if declaration.get("secret")]


def secret_value(key: str) -> str:
    """Returns the value that a secret key has in every test."""
    return f"Value-1-of-{key}"


def sample_certificate() -> str:
    """Returns a client certificate, which ends in 2126: what the program gets offline."""
    settings = yaml.safe_load((ROOT / "policy-pack.yaml").read_text("utf-8"))
    return str(settings["offline"]["secrets"]["temporal-tls-certificate"])


def _configuration(stack: str) -> dict[str, Any]:
    """Returns what Pulumi hands to the program: defaults, the stack's file, and fake secrets."""
    values = {_full(key): d["default"] for key, d in declarations().items() if "default" in d}
    values |= {_full(key): secret_value(key) for key in secret_keys()}
    file = ROOT / f"Pulumi.{stack}.yaml"
    return values | (yaml.safe_load(file.read_text("utf-8"))["config"] if file.exists() else {})


def _full(key: str) -> str:
    return key if ":" in key else f"{project_file()['name']}:{key}"


def in_stack(
    stack: str,
    changes: Mapping[str, Any],
    program: Callable[[], T],
    *,
    encrypted: list[str] | None = None,
) -> tuple[T, Deployment]:
    """Runs a program in a stack.

    Args:
        stack: The stack's name.
        changes: What differs from the stack's configuration, by key; None takes a key away.
        program: What is run.
        encrypted: The keys whose values are encrypted; else those that are declared as secret.
    """
    changed = {_full(key): value for key, value in changes.items()}
    texts = {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in (_configuration(stack) | changed).items()
        if value is not None
    }
    keys = secret_keys() if encrypted is None else encrypted
    deployment = Deployment()
    results: list[T] = []

    def run() -> None:
        with event_loop() as loop:
            set_all_config(texts, [_full(key) for key in keys])
            mocks.set_mocks(
                _Cloud(),
                project=project_file()["name"],
                stack=stack,
                monitor=_Monitor(deployment),
            )
            loop.run_until_complete(run_pulumi_func(lambda: results.append(program())))
            root = get_root_resource()
            assert isinstance(root, Stack)
            deployment.outputs = loop.run_until_complete(_known(root.outputs))

    # Pulumi's settings are context variables: a context of its own, and runs do not meet.
    contextvars.copy_context().run(run)
    return results[0], deployment


async def _known(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the stack's outputs; no secret is accepted among them."""
    both = pulumi.Output.all(**outputs)
    assert not await both.is_secret(), "a secret among the stack's outputs"
    return dict(await both.future() or {})


def deploy(stack: str, changes: Mapping[str, Any] | None = None) -> Deployment:
    """Runs the program as Pulumi's language host does: by the path of its main file."""
    main = ROOT / project_file()["main"]
    return in_stack(stack, changes or {}, lambda: runpy.run_path(str(main), run_name="__main__"))[1]
