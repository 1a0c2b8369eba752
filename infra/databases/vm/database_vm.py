"""One machine, one container, one disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pulumi
import pulumi_gcp as gcp

from infra.networking import Network
from infra.project import GoogleApi, ImageRegistry, ServiceIdentity, StackContext
from infra.secrets import StoredSecret

# Container-Optimized OS: Docker and little else, a read-only root, Shielded VM. A family, because
# nothing is kept on the boot disk, and a new machine should have the newest patches; a long-term
# one, because those change nothing else (supported until March 2028: Container-Optimized OS,
# "Milestones and build numbers", 2026). It does not update itself (from milestone 117 on:
# "Automatic updates", 2026), and could not: its updates are on the internet. They come with a new
# machine.
_IMAGE = "projects/cos-cloud/global/images/family/cos-129-lts"
_BOOT_DISK_SIZE = 10  # GB; the system has 10 (its smallest), images and logs share what it leaves
_DEVICE = "data"  # startup.sh waits for /dev/disk/by-id/google-data
_STARTUP_SCRIPT = Path(__file__).with_name("startup.sh")


@dataclass(frozen=True, kw_only=True)
class DatabaseVmArgs:
    """What a `DatabaseVm` is built from."""

    ctx: StackContext
    network: Network
    description: str
    machine_type: str
    disk_size: int
    """Size of the data disk, in GB. It can grow, and not shrink."""
    snapshot_retention: int
    """How many days a daily snapshot of the data disk is kept."""
    images: ImageRegistry
    """Where the machine may pull images from."""
    image: pulumi.Input[str]
    """The container image, as `images` names it."""
    port: int
    """The TCP port that the database listens on."""
    user: str
    """Who it runs as in the container, as `<uid>:<gid>`; not root."""
    data_path: str
    """Where it keeps its data, in the container."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Environment variables, none of them secret. A value is one line."""
    secret: StoredSecret
    """The one secret that the machine may read."""
    secret_path: str
    """The file with the secret, in the container; a file in memory, that `user` alone can read."""
    secret_template: str
    """What is in that file.

    `{secret}` stands for the value as it is, `{secret:yaml}` for the value as a string of YAML, in
    double quotes. One of them, once.
    """
    read_only: bool = False
    """Whether the container's root file system is; /tmp is writable then, too."""
    check: str = ""
    """A command for `sh` in the container: succeeds when the database takes the secret.

    When it does not, it says `unauthorized`. Empty for a database that reads the secret at every
    start, and so cannot have another one.
    """

    def __post_init__(self) -> None:
        """Refuses what the start-up script cannot take.

        Raises:
            ValueError: If an environment variable has a line break, or the template not exactly one
                placeholder.
        """
        placeholders = (self.secret_template.count(text) for text in ("{secret}", "{secret:yaml}"))
        if sum(placeholders) != 1:
            raise ValueError(
                f"the secret's template needs one placeholder: {self.secret_template!r}"
            )
        for key, value in self.environment.items():
            if len(f"{key}={value}.".splitlines()) != 1:
                raise ValueError(f"the environment variable {key} has a line break: {value!r}")


class DatabaseVm(pulumi.ComponentResource):
    r"""A database in one container on one machine, with its data on a disk of its own.

    The machine has no public address, an identity of its own and a static private address. It can
    be replaced at any time: address and disk stay. What changes of image, secret or environment
    takes effect when the machine starts again, or when an administrator runs
    `sudo systemctl restart google-startup-scripts` on it.

    A workload is let in by `network_tag` and reaches the database at `private_ip`:

        template = "service:\n  api_key: {secret:yaml}\n"
        vm = DatabaseVm("qdrant", DatabaseVmArgs(secret_template=template, ...))
        Connection(environment={"QDRANT_HOST": vm.private_ip}, network_tag=vm.network_tag, ...)
    """

    instance_name: pulumi.Output[str]
    private_ip: pulumi.Output[str]
    network_tag: str
    """Network tag of the workloads that the firewall lets through."""
    identity: ServiceIdentity

    def __init__(
        self, name: str, args: DatabaseVmArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Creates it.

        Args:
            name: Name of the machine, but for the prefix, and of its network tag.
            args: What it is built from.
            opts: The component's options.
        """
        super().__init__("apex:databases:DatabaseVm", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        after_api = pulumi.ResourceOptions(
            parent=self, depends_on=[args.ctx.apis[GoogleApi.COMPUTE]]
        )
        self.identity = ServiceIdentity(
            f"{name}-vm",
            ctx=args.ctx,
            description=args.description,
            roles=["roles/logging.logWriter", "roles/monitoring.metricWriter"],
            opts=child,
        )
        may_read = args.secret.readable_by(f"{name}-vm", self.identity, child)
        may_pull = args.images.readable_by(self.identity, f"{name}-vm")
        self.network_tag = args.network.open_machine(name, args.port)

        address = gcp.compute.Address(
            name,
            name=args.ctx.name(name),
            description=f"{args.description} Stays when the machine is replaced.",
            address_type="INTERNAL",
            region=args.ctx.region,
            subnetwork=args.network.subnetwork_name,
            labels=args.ctx.labels,
            opts=after_api,
        )
        disk = self._data_disk(name, args, after_api)
        instance = gcp.compute.Instance(
            name,
            name=args.ctx.name(name),
            description=args.description,
            zone=args.ctx.zone,
            machine_type=args.machine_type,
            boot_disk=gcp.compute.InstanceBootDiskArgs(
                auto_delete=True,
                # Without labels: a machine is made anew when something here changes.
                initialize_params=gcp.compute.InstanceBootDiskInitializeParamsArgs(
                    image=_IMAGE, size=_BOOT_DISK_SIZE, type="pd-balanced"
                ),
            ),
            attached_disks=[
                gcp.compute.InstanceAttachedDiskArgs(source=disk.id, device_name=_DEVICE)
            ],
            network_interfaces=[
                # Without an access configuration there is no external address.
                gcp.compute.InstanceNetworkInterfaceArgs(
                    subnetwork=args.network.subnetwork_name, network_ip=address.address
                )
            ],
            tags=[name],
            service_account=gcp.compute.InstanceServiceAccountArgs(
                email=self.identity.email,
                scopes=["https://www.googleapis.com/auth/cloud-platform"],  # IAM decides
            ),
            shielded_instance_config=gcp.compute.InstanceShieldedInstanceConfigArgs(
                enable_secure_boot=True, enable_vtpm=True, enable_integrity_monitoring=True
            ),
            scheduling=gcp.compute.InstanceSchedulingArgs(
                automatic_restart=True, on_host_maintenance="MIGRATE"
            ),
            can_ip_forward=False,
            metadata=self._metadata(name, args),
            labels=args.ctx.labels,
            allow_stopping_for_update=True,
            deletion_protection=args.ctx.deletion_protection,
            opts=pulumi.ResourceOptions(
                parent=self,
                # The start-up script needs the network, its roles, its secret and its image.
                depends_on=[
                    args.ctx.apis[GoogleApi.COMPUTE],
                    args.ctx.apis[GoogleApi.LOGGING],
                    args.ctx.apis[GoogleApi.MONITORING],
                    args.ctx.apis[GoogleApi.OS_LOGIN],
                    args.network,
                    self.identity,
                    may_read,
                    *may_pull,
                ],
                # Name, address and disk are had by one machine at a time.
                delete_before_replace=True,
                protect=args.ctx.deletion_protection,
            ),
        )
        self.instance_name = instance.name
        self.private_ip = address.address
        self.register_outputs({"instance_name": self.instance_name, "private_ip": self.private_ip})

    @staticmethod
    def _data_disk(
        name: str, args: DatabaseVmArgs, after_api: pulumi.ResourceOptions
    ) -> gcp.compute.Disk:
        """Returns the data disk, of which a snapshot is taken every day."""
        disk = gcp.compute.Disk(
            f"{name}-data",
            name=args.ctx.name(f"{name}-data"),
            description=f"{args.description} Its data.",
            zone=args.ctx.zone,
            type="pd-balanced",
            size=args.disk_size,
            labels=args.ctx.labels,
            opts=pulumi.ResourceOptions.merge(
                after_api,
                # One that was restored from a snapshot stays.
                pulumi.ResourceOptions(
                    ignore_changes=["snapshot"], protect=args.ctx.deletion_protection
                ),
            ),
        )
        schedule = gcp.compute.ResourcePolicy(
            f"{name}-daily",
            name=args.ctx.name(f"{name}-daily"),
            description=f"A snapshot of {name}'s data every day.",
            region=args.ctx.region,
            snapshot_schedule_policy=gcp.compute.ResourcePolicySnapshotSchedulePolicyArgs(
                schedule=gcp.compute.ResourcePolicySnapshotSchedulePolicyScheduleArgs(
                    daily_schedule=gcp.compute.ResourcePolicySnapshotSchedulePolicyScheduleDailyScheduleArgs(
                        days_in_cycle=1,
                        start_time="03:00",  # UTC
                    )
                ),
                retention_policy=gcp.compute.ResourcePolicySnapshotSchedulePolicyRetentionPolicyArgs(
                    max_retention_days=args.snapshot_retention,
                    on_source_disk_delete="KEEP_AUTO_SNAPSHOTS",
                ),
                snapshot_properties=gcp.compute.ResourcePolicySnapshotSchedulePolicySnapshotPropertiesArgs(
                    labels=args.ctx.labels, storage_locations=args.ctx.region, guest_flush=False
                ),
            ),
            opts=after_api,
        )
        gcp.compute.DiskResourcePolicyAttachment(
            f"{name}-daily",
            name=schedule.name,
            disk=disk.name,
            zone=args.ctx.zone,
            opts=after_api,
        )
        return disk

    @staticmethod
    def _metadata(name: str, args: DatabaseVmArgs) -> Mapping[str, pulumi.Input[str]]:
        """Returns what the machine is told. Who may see the machine may read it: no secrets."""
        optional = {
            "database-environment": "\n".join(
                f"{key}={value}" for key, value in args.environment.items()
            ),
            "database-read-only": "true" if args.read_only else "",
            "database-check": args.check,
        }
        return {
            "block-project-ssh-keys": "true",
            "enable-oslogin": "true",
            "serial-port-enable": "false",  # Nobody types there; what the machine says is logged.
            "serial-port-logging-enable": "true",
            # The agents for logs and metrics. From milestone 113 on the first is a program of the
            # system, and no container that would have to be pulled (Container-Optimized OS, "Using
            # Cloud Logging", 2026). They write as the machine's identity, and reach
            # *.googleapis.com by Private Google Access.
            "google-logging-enabled": "true",
            "google-monitoring-enabled": "true",
            "startup-script": _STARTUP_SCRIPT.read_text(encoding="utf-8"),
            "database-name": args.ctx.name(name),
            "database-image": args.image,
            "database-port": str(args.port),
            "database-user": args.user,
            "database-data-path": args.data_path,
            "database-secret": pulumi.Output.concat(
                args.secret.id, "/versions/", args.secret.version
            ),
            "database-secret-path": args.secret_path,
            "database-secret-template": args.secret_template,
            **{key: value for key, value in optional.items() if value},
        }
