"""What the three kinds of workload on Cloud Run have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_gcp as gcp

from infra.compute.connection import Connection
from infra.networking import INTERNET_TAG, Network
from infra.project import GoogleApi, ServiceIdentity, StackContext
from infra.secrets import StoredSecret


@dataclass(frozen=True, kw_only=True)
class BucketMount:
    """A bucket that a workload sees as a folder."""

    path: str
    bucket: pulumi.Input[str]
    read_only: bool = True
    user: str = ""
    """Who can write to it besides root, as `UID:GID`; nobody where it is empty."""


@dataclass(frozen=True, kw_only=True)
class Sidecar:
    """A container beside the workload's own."""

    name: str
    image: pulumi.Input[str]
    cpu: str
    memory: str
    arguments: Sequence[str] = ()
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    health_port: int
    """Where it answers `GET /` while it is well."""


@dataclass(frozen=True, kw_only=True)
class WorkloadArgs:
    """What every `Workload` is built from."""

    ctx: StackContext
    network: Network
    description: str
    image: pulumi.Input[str]
    cpu: str = "1"
    """CPUs of one instance, in Kubernetes's notation."""
    memory: str = "512Mi"
    """Memory of one instance, in Kubernetes's notation."""
    command: Sequence[str] = ()
    """Instead of the image's entry point."""
    arguments: Sequence[str] = ()
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Environment variables that are no secret."""
    secrets: Mapping[str, StoredSecret] = field(default_factory=dict)
    """Environment variables whose value is a secret."""
    databases: Sequence[Connection] = ()
    """What the workload uses; it gets their environment, and is let in everywhere."""
    buckets: Sequence[BucketMount] = ()
    internet: bool = False
    """Whether it calls services on the internet."""
    roles: Sequence[str] = ()
    """Roles that its identity has in the whole project."""
    after: Sequence[pulumi.Resource] = ()
    """What is there before it starts."""


class Workload(pulumi.ComponentResource):
    """Something that runs on Cloud Run as an identity of its own, inside the stack's network."""

    identity: ServiceIdentity

    def __init__(
        self, type_: str, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None
    ) -> None:
        super().__init__(type_, name, None, opts)
        self.identity = ServiceIdentity(
            name,
            ctx=args.ctx,
            description=args.description,
            roles=args.roles,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._environment = dict(args.environment)
        self._secrets = dict(args.secrets)
        for database in args.databases:
            self._environment |= database.environment
            self._secrets |= database.secrets
        self._access = self._let_in(name, args)

    def _let_in(self, name: str, args: WorkloadArgs) -> list[pulumi.Resource]:
        """Grants what the workload reads and calls, and nothing else."""
        child = pulumi.ResourceOptions(parent=self)
        read = {stored.name: stored for stored in self._secrets.values()}
        return [
            *(stored.readable_by(name, self.identity, child) for stored in read.values()),
            *(
                gcp.storage.BucketIAMMember(
                    f"{name}{mount.path.replace('/', '-')}",
                    bucket=mount.bucket,
                    role=f"roles/storage.object{'Viewer' if mount.read_only else 'User'}",
                    member=self.identity.member,
                    opts=child,
                )
                for mount in args.buckets
            ),
            *(
                gcp.cloudrunv2.ServiceIamMember(
                    f"{name}-invoker",
                    name=database.service,
                    location=args.ctx.region,
                    role="roles/run.invoker",
                    member=self.identity.member,
                    opts=child,
                )
                for database in args.databases
                if database.service is not None
            ),
        ]

    def _options(self, args: WorkloadArgs, **more: Any) -> pulumi.ResourceOptions:
        """Returns the options of the workload itself, which starts when it has all it needs.

        It is protected, if at all, by `protect`: the provider's own `deletion_protection` is read
        from the state, so that what left the program could be neither deleted nor unprotected.
        """
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=[args.ctx.apis[GoogleApi.CLOUD_RUN], *self._access, *args.after],
            **more,
        )

    # The SDK has the same types once for services, once for worker pools and once for jobs. What is
    # the same for all of them has none here.

    def _container(self, args: WorkloadArgs, **more: Any) -> Any:
        container: dict[str, Any] = {
            "image": args.image,
            "envs": [
                *({"name": key, "value": value} for key, value in self._environment.items()),
                *(
                    {
                        "name": key,
                        "value_source": {
                            "secret_key_ref": {"secret": stored.id, "version": stored.version}
                        },
                    }
                    for key, stored in self._secrets.items()
                ),
            ],
            "resources": {"limits": {"cpu": args.cpu, "memory": args.memory}},
            "volume_mounts": [
                {"name": _volume(mount), "mount_path": mount.path} for mount in args.buckets
            ],
        }
        if args.command:
            container["commands"] = list(args.command)
        if args.arguments:
            container["args"] = list(args.arguments)
        return container | more

    @staticmethod
    def _sidecar(sidecar: Sidecar) -> Any:
        probe = {
            "http_get": {"path": "/", "port": sidecar.health_port},
            "period_seconds": 10,
            "timeout_seconds": 5,
        }
        return {
            "name": sidecar.name,
            "image": sidecar.image,
            "args": list(sidecar.arguments),
            "envs": [{"name": key, "value": value} for key, value in sidecar.environment.items()],
            "resources": {"limits": {"cpu": sidecar.cpu, "memory": sidecar.memory}},
            "startup_probe": probe,
            "liveness_probe": probe,
        }

    @staticmethod
    def _volumes(args: WorkloadArgs) -> Any:
        return [
            {
                "name": _volume(mount),
                "gcs": {
                    "bucket": mount.bucket,
                    "read_only": mount.read_only,
                    **_owner(mount),
                },
            }
            for mount in args.buckets
        ]

    @staticmethod
    def _vpc_access(args: WorkloadArgs) -> Any:
        """Everything goes through the VPC, where the firewall says what may leave."""
        if args.network.connector is not None:
            return {"connector": args.network.connector, "egress": "ALL_TRAFFIC"}
        tags = [database.network_tag for database in args.databases if database.network_tag]
        if args.internet:
            tags.append(INTERNET_TAG)
        return {
            "network_interfaces": [
                {
                    "network": args.network.name,
                    "subnetwork": args.network.subnetwork_name,
                    "tags": tags,
                }
            ],
            "egress": "ALL_TRAFFIC",
        }


def _owner(mount: BucketMount) -> dict[str, list[str]]:
    """Says whose the files are, as Cloud Storage FUSE has it; otherwise they are root's."""
    if not mount.user:
        return {}
    uid, gid = mount.user.split(":")
    return {"mount_options": [f"uid={uid}", f"gid={gid}"]}


def _volume(mount: BucketMount) -> str:
    return mount.path.strip("/").replace("/", "-")
