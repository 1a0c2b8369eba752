"""Who the pipelines on GitHub are: two identities, lent to them without any key.

GitHub vouches for a job (repository, branch, environment) with a token; Google takes that token for
one of the identities here if the provider's condition holds (Google Cloud, "Configure Workload
Identity Federation with deployment pipelines").
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra.config.project import PipelinesConfig
from infra.project.apis import GoogleApi
from infra.project.context import StackContext
from infra.project.identities import ServiceIdentity
from infra.project.viewer import PERMISSIONS

DEPLOYS = {
    "roles/artifactregistry.admin": "the image repositories, and who may read them",
    "roles/cloudscheduler.admin": "what runs jobs at their times",
    "roles/cloudsql.admin": "PostgreSQL",
    "roles/compute.instanceAdmin.v1": "machines, disks, snapshot schedules",
    "roles/compute.networkAdmin": "network, addresses, load balancer, private services access",
    "roles/compute.securityAdmin": "firewall, certificates, TLS and Cloud Armor policies",
    "roles/dns.admin": "private zones",
    "roles/iam.roleAdmin": "the role of the identity that previews",
    "roles/iam.serviceAccountAdmin": "the workloads' identities",
    "roles/iam.serviceAccountUser": "to start workloads as them; it makes no token of theirs",
    "roles/iam.workloadIdentityPoolAdmin": "the pool that lets it in",
    "roles/logging.configWriter": "metrics that are counted in the logs",
    "roles/monitoring.editor": "dashboards, alerts, channels, uptime checks",
    "roles/redis.admin": "Redis",
    "roles/resourcemanager.projectIamAdmin": "roles in the project",
    "roles/run.admin": "services, worker pools and jobs, and who may invoke them",
    "roles/secretmanager.admin": "secrets, and who may read them",
    "roles/serviceusage.serviceUsageAdmin": "APIs",
    "roles/storage.admin": "buckets, and who may read them",
    "roles/vpcaccess.admin": "the connector, where one is configured",
}
"""What the identity that deploys may do, and why. The budget is the billing account's: there it
needs roles/billing.costsManager, which is granted by hand (docs/deployment.md)."""

_ISSUER = "https://token.actions.githubusercontent.com"


@dataclass(frozen=True, kw_only=True)
class GitHubPipelinesArgs:
    """What `GitHubPipelines` is built from."""

    ctx: StackContext
    config: PipelinesConfig


class GitHubPipelines(pulumi.ComponentResource):
    """An identity that previews and one that deploys this stack, for one repository's pipelines.

    To preview, a job is in the environment `<stack>-preview`, on any branch of the repository; to
    deploy, in the environment `<stack>` and on `main`. GitHub asks for the approvals that the
    environments have.
    """

    providers: dict[str, pulumi.Output[str]]
    """Resource name of each pipeline's provider, which its workflow names."""
    emails: dict[str, pulumi.Output[str]]
    """Each pipeline's identity."""

    def __init__(
        self, name: str, args: GitHubPipelinesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:project:GitHubPipelines", name, None, opts)
        self._pool = gcp.iam.WorkloadIdentityPool(
            "github",
            workload_identity_pool_id=args.ctx.lasting_name("github"),
            display_name=args.ctx.title("GitHub"),
            description=f"The pipelines of {args.config.repository}.",
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[args.ctx.apis[GoogleApi.IAM], args.ctx.apis[GoogleApi.STS]]
            ),
        )
        stack = args.ctx.copy
        self.providers, self.emails = {}, {}
        viewer = self._pipeline("preview", args, (), {"environment": f"{stack}-preview"})
        self._may_view(viewer, args)
        self._pipeline("deploy", args, DEPLOYS, {"environment": stack, "ref": "refs/heads/main"})
        self.register_outputs({"providers": self.providers, "emails": self.emails})

    def _pipeline(
        self,
        pipeline: str,
        args: GitHubPipelinesArgs,
        roles: Iterable[str],
        claims: dict[str, str],
    ) -> ServiceIdentity:
        repository = {"repository": args.config.repository}
        if args.config.repository_id:
            repository["repository_id"] = args.config.repository_id
        provider = gcp.iam.WorkloadIdentityPoolProvider(
            f"github-{pipeline}",
            workload_identity_pool_id=self._pool.workload_identity_pool_id,
            workload_identity_pool_provider_id=f"github-{pipeline}",
            display_name=f"GitHub: {pipeline}",
            oidc=gcp.iam.WorkloadIdentityPoolProviderOidcArgs(issuer_uri=_ISSUER),
            attribute_mapping={
                "google.subject": "assertion.sub",
                # Which provider's condition held; the bindings below ask for this.
                "attribute.pipeline": f"'{pipeline}'",
            },
            # A token without one of the claims is refused, as the condition has no value then.
            attribute_condition=" && ".join(
                f"assertion.{claim} == '{value}'" for claim, value in (repository | claims).items()
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        identity = ServiceIdentity(
            f"github-{pipeline}",
            ctx=args.ctx,
            description=f"The pipelines of {args.config.repository} that {pipeline}.",
            roles=list(roles),
            opts=pulumi.ResourceOptions(parent=self),
        )
        gcp.serviceaccount.IAMMember(
            f"github-{pipeline}",
            service_account_id=identity.id,
            role="roles/iam.workloadIdentityUser",
            member=pulumi.Output.concat(
                "principalSet://iam.googleapis.com/",
                self._pool.name,
                f"/attribute.pipeline/{pipeline}",
            ),
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[args.ctx.apis[GoogleApi.IAM_CREDENTIALS]]
            ),
        )
        self.providers[pipeline] = provider.name
        self.emails[pipeline] = identity.email
        return identity

    def _may_view(self, identity: ServiceIdentity, args: GitHubPipelinesArgs) -> None:
        """Lets an identity read what a refresh reads."""
        role = gcp.projects.IAMCustomRole(
            "github-preview",
            # No hyphens there.
            role_id=args.ctx.lasting_name("githubPreview").replace("-", "_"),
            title=args.ctx.title("GitHub: preview"),
            description="Reads whatever a refresh of the stack reads.",
            permissions=PERMISSIONS,
            stage="GA",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.ctx.apis[GoogleApi.IAM]]),
        )
        gcp.projects.IAMMember(
            "github-preview",
            project=args.ctx.project,
            role=role.name,
            member=identity.member,
            opts=pulumi.ResourceOptions(parent=self),
        )
