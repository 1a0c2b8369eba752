"""The stack's secrets in Secret Manager, where the workloads read them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import pulumi
import pulumi_gcp as gcp

from infra.config.secrets import SecretsConfig
from infra.project import GoogleApi, ServiceIdentity, StackContext
from infra.rotation import Rotation, fingerprint, version_name


@dataclass(frozen=True, kw_only=True)
class SecretStoreArgs:
    """What a `SecretStore` is built from."""

    ctx: StackContext
    values: Mapping[str, pulumi.Output[str]]
    """The secret values, by the name that they get in Secret Manager, but for the prefix."""
    version: int = 1
    """Another number sends every value again, changed or not."""
    rotations: Mapping[str, Rotation] = field(default_factory=dict)
    """How often each secret has been rotated, and whether the version before is kept still."""

    @classmethod
    def of(cls, config: SecretsConfig, ctx: StackContext) -> Self:
        """Returns what the store of a stack is built from that is configured like this."""
        return cls(
            ctx=ctx, values=config.values, version=config.version, rotations=config.rotations
        )


@dataclass(frozen=True, kw_only=True)
class StoredSecret:
    """A secret in Secret Manager: what a workload needs to name it and to be let in."""

    name: str
    id: pulumi.Output[str]
    """`projects/<project>/secrets/<name>`."""
    version: pulumi.Output[str]
    """Number of the current version. Naming it, a workload restarts when the value changes."""
    value: pulumi.Output[str]
    """What was stored, for who else must be told, such as the database whose password it is."""
    fingerprint: pulumi.Output[str]
    """A whole number, another one for another value. It is a secret, too.

    The provider cannot compare what is write-only. Whatever is told the value is told it again when
    this changes, and so all of them have the same one.
    """

    def readable_by(
        self, reader: str, identity: ServiceIdentity, opts: pulumi.ResourceOptions
    ) -> pulumi.Resource:
        """Lets one identity read the secret.

        Args:
            reader: Name of the workload, for the grant's own.
            identity: The workload's identity.
            opts: Options of the grant, which belongs to the workload.

        Returns:
            The grant; what reads the secret depends on it.
        """
        return gcp.secretmanager.SecretIamMember(
            f"{reader}-{self.name}",
            secret_id=self.id,
            role="roles/secretmanager.secretAccessor",
            member=identity.member,
            opts=opts,
        )


class SecretStore(pulumi.ComponentResource):
    """Every secret of the stack, each a Secret Manager secret with its current version."""

    def __init__(
        self, name: str, args: SecretStoreArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:secrets:SecretStore", name, None, opts)
        self._ctx = args.ctx
        self._resent = args.version
        self._rotations = args.rotations
        self._stored: dict[str, StoredSecret] = {}
        for secret_name, value in args.values.items():
            self.add(secret_name, value)
        self.register_outputs({"ids": [stored.id for stored in self._stored.values()]})

    @property
    def stored(self) -> Mapping[str, StoredSecret]:
        """The secrets that are there so far, by name."""
        return self._stored

    def __getitem__(self, secret_name: str) -> StoredSecret:
        return self._stored[secret_name]

    def add(self, secret_name: str, value: pulumi.Output[str]) -> StoredSecret:
        """Stores one more secret, such as one that a resource of the stack computes.

        Args:
            secret_name: The name that it gets in Secret Manager, but for the prefix.
            value: The secret value, written and never read back.
        """
        secret = gcp.secretmanager.Secret(
            secret_name,
            secret_id=self._ctx.name(secret_name),
            replication=gcp.secretmanager.SecretReplicationArgs(
                user_managed=gcp.secretmanager.SecretReplicationUserManagedArgs(
                    replicas=[
                        gcp.secretmanager.SecretReplicationUserManagedReplicaArgs(
                            location=self._ctx.region
                        )
                    ]
                )
            ),
            # A replaced version is disabled for a week before it is destroyed: time to go back.
            version_destroy_ttl="604800s",
            labels=self._ctx.labels,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[self._ctx.apis[GoogleApi.SECRET_MANAGER]],
                protect=self._ctx.deletion_protection,
            ),
        )
        told = _fingerprint(value, self._resent)
        rotation = self._rotations.get(secret_name, Rotation())
        versions = [
            gcp.secretmanager.SecretVersion(
                version_name(secret_name, number),
                secret=secret.id,
                secret_data_wo=value,
                secret_data_wo_version=told,
                opts=pulumi.ResourceOptions(
                    parent=self,
                    # The version before keeps the value that it has: a value is sent when this
                    # changes, and not otherwise.
                    ignore_changes=None if number == rotation.number else ["secretDataWoVersion"],
                ),
            )
            for number in rotation.numbers
        ]
        self._stored[secret_name] = StoredSecret(
            name=secret_name,
            id=secret.id,
            version=versions[-1].version,
            value=value,
            fingerprint=told,
        )
        return self._stored[secret_name]


def _fingerprint(value: pulumi.Output[str], resent: int) -> pulumi.Output[str]:
    # In the state it is encrypted, as the value is in the configuration: guesses could be tried on
    # it.
    return pulumi.Output.secret(value.apply(lambda text: fingerprint(text, resent)))
