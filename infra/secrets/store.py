"""The stack's secrets in Secret Manager, where the workloads read them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra.project import Api, EnabledApis


@dataclass(frozen=True, kw_only=True)
class SecretStoreArgs:
    """What a `SecretStore` is built from."""

    values: Mapping[str, pulumi.Output[str]]
    """The secret values, by the name that they get in Secret Manager."""
    version: int
    """Raised whenever a value changed: the provider cannot compare what is write-only."""
    region: str
    """The one region that the values are kept in."""
    deletion_protection: bool
    labels: Mapping[str, str]
    apis: EnabledApis


@dataclass(frozen=True)
class StoredSecret:
    """A secret in Secret Manager: what a workload needs to name it and to be let in."""

    id: pulumi.Output[str]
    """`projects/<project>/secrets/<name>`: whom `SecretIamMember` gives access to."""
    version: pulumi.Output[str]
    """Number of the current version. Naming it, a workload restarts when the value changes."""


class SecretStore(pulumi.ComponentResource):
    """Every secret of the stack, each a Secret Manager secret with its current version."""

    stored: Mapping[str, StoredSecret]
    """The secrets, by name."""

    def __init__(
        self, name: str, args: SecretStoreArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:secrets:SecretStore", name, None, opts)
        self.stored = {
            secret_name: self._store(secret_name, value, args)
            for secret_name, value in args.values.items()
        }
        self.register_outputs({"ids": [stored.id for stored in self.stored.values()]})

    def _store(
        self, secret_name: str, value: pulumi.Output[str], args: SecretStoreArgs
    ) -> StoredSecret:
        secret = gcp.secretmanager.Secret(
            secret_name,
            secret_id=secret_name,
            replication=gcp.secretmanager.SecretReplicationArgs(
                user_managed=gcp.secretmanager.SecretReplicationUserManagedArgs(
                    replicas=[
                        gcp.secretmanager.SecretReplicationUserManagedReplicaArgs(
                            location=args.region
                        )
                    ]
                )
            ),
            # A replaced version is disabled for a week before it is destroyed: time to go back.
            version_destroy_ttl="604800s",
            deletion_protection=args.deletion_protection,
            deletion_policy="PREVENT" if args.deletion_protection else "DELETE",
            labels=args.labels,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.apis[Api.SECRET_MANAGER]]),
        )
        version = gcp.secretmanager.SecretVersion(
            secret_name,
            secret=secret.id,
            secret_data_wo=value,
            secret_data_wo_version=str(args.version),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return StoredSecret(id=secret.id, version=version.version)
