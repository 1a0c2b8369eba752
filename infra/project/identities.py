"""Who the workloads are."""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.project.apis import GoogleApi
from infra.project.context import StackContext


class ServiceIdentity(pulumi.ComponentResource):
    """The service account of one workload, with the roles that it has in the whole project.

    It has no key: the platform that the workload runs on lends it the identity. What concerns one
    resource only (a secret, a bucket, a service) is granted there.
    """

    id: pulumi.Output[str]
    """`projects/<project>/serviceAccounts/<email>`."""
    email: pulumi.Output[str]
    member: pulumi.Output[str]
    """How IAM policies name it: `serviceAccount:<email>`."""

    def __init__(
        self,
        name: str,
        *,
        ctx: StackContext,
        description: str,
        roles: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Creates it.

        Args:
            name: Its account id, but for the prefix: 6 to 30 lower-case letters, digits and inner
                hyphens, the prefix included.
            ctx: The stack's context.
            description: What the workload does.
            roles: Roles in the project.
            opts: The component's options.
        """
        super().__init__("apex:project:ServiceIdentity", name, None, opts)
        account = gcp.serviceaccount.Account(
            name,
            account_id=ctx.name(name),
            display_name=ctx.name(name),
            description=description,
            # One of this name that is there already is somebody else's.
            create_ignore_already_exists=False,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[ctx.apis[GoogleApi.IAM]]),
        )
        self.id = account.name
        self.email = account.email
        self.member = account.member
        for role in roles:
            gcp.projects.IAMMember(
                f"{name}-{role.removeprefix('roles/')}",
                project=ctx.project,
                role=role,
                member=account.member,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"email": self.email, "member": self.member})
