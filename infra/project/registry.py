"""Where container images come from."""

import re

import pulumi
import pulumi_gcp as gcp

from infra.project.apis import GoogleApi
from infra.project.context import StackContext
from infra.project.identities import ServiceIdentity

_DOCKER_HUB = "docker.io"
_OFFICIAL = "library"  # where Docker Hub keeps its official images
_WEEK = "604800s"


def split(reference: str) -> tuple[str, str]:
    """Returns an image's registry, empty where none is named, and the rest.

    A first part with a dot or a colon in it, or `localhost`, is a registry (Distribution,
    "reference": familiar names). Of tag and digest, the digest stays.
    """
    first, slash, rest = reference.partition("/")
    if not slash or not (re.search(r"[.:]", first) or first == "localhost"):
        first, rest = "", reference
    path, at, digest = rest.partition("@")
    if at:
        name, colon, _tag = path.rpartition(":")
        path = name if colon else path
    if first == _DOCKER_HUB and "/" not in path:
        path = f"{_OFFICIAL}/{path}"
    return first, f"{path}{at}{digest}"


class ImageRegistry(pulumi.ComponentResource):
    """The stack's own repository of images, and one that brings those of Docker Hub."""

    def __init__(
        self, name: str, *, ctx: StackContext, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:project:ImageRegistry", name, None, opts)
        self._ctx = ctx
        own = gcp.artifactregistry.Repository(
            "apex",
            repository_id=ctx.name("apex"),
            description="The API's and the worker's images.",
            location=ctx.region,
            format="DOCKER",
            mode="STANDARD_REPOSITORY",
            # Outside dev, what a tag once named it names for ever. The API leaves out what is
            # false: sent, it would be a change that no deployment ever makes.
            docker_config=(
                gcp.artifactregistry.RepositoryDockerConfigArgs(immutable_tags=True)
                if ctx.environment != "dev"
                else None
            ),
            cleanup_policies=[
                gcp.artifactregistry.RepositoryCleanupPolicyArgs(
                    id="keep-recent",
                    action="KEEP",
                    most_recent_versions=gcp.artifactregistry.RepositoryCleanupPolicyMostRecentVersionsArgs(
                        keep_count=20
                    ),
                ),
                gcp.artifactregistry.RepositoryCleanupPolicyArgs(
                    id="delete-untagged",
                    action="DELETE",
                    condition=gcp.artifactregistry.RepositoryCleanupPolicyConditionArgs(
                        tag_state="UNTAGGED", older_than=_WEEK
                    ),
                ),
            ],
            vulnerability_scanning_config=gcp.artifactregistry.RepositoryVulnerabilityScanningConfigArgs(
                enablement_config="INHERITED"
            ),
            labels=ctx.labels,
            opts=self._after_api(protect=ctx.deletion_protection),
        )
        docker_hub = gcp.artifactregistry.Repository(
            "docker-hub",
            repository_id=ctx.name("docker-hub"),
            description="Images of Docker Hub, kept since they were first asked for.",
            location=ctx.region,
            format="DOCKER",
            mode="REMOTE_REPOSITORY",
            remote_repository_config=gcp.artifactregistry.RepositoryRemoteRepositoryConfigArgs(
                description="Docker Hub",
                docker_repository=gcp.artifactregistry.RepositoryRemoteRepositoryConfigDockerRepositoryArgs(
                    public_repository="DOCKER_HUB"
                ),
            ),
            labels=ctx.labels,
            opts=self._after_api(),
        )
        self._repositories = {"": own, _DOCKER_HUB: docker_hub}
        self.url = self._url(own)
        self.register_outputs({"url": self.url})

    def image(self, reference: str) -> pulumi.Output[str]:
        """Returns where an image is pulled from.

        Args:
            reference: `docker.io/...` for one of Docker Hub's, a name without a registry for one in
                the stack's own repository. Another registry's stays as it is.
        """
        registry, path = split(reference)
        repository = self._repositories.get(registry)
        if repository is None:
            return pulumi.Output.from_input(f"{registry}/{path}")
        return pulumi.Output.concat(self._url(repository), "/", path)

    def readable_by(self, identity: ServiceIdentity, name: str) -> list[pulumi.Resource]:
        """Lets a machine's identity pull images. Cloud Run pulls them by itself.

        Args:
            identity: The machine's identity.
            name: Name of the machine, for the grants' own.
        """
        return [
            gcp.artifactregistry.RepositoryIamMember(
                f"{name}-{key or 'apex'}",
                repository=repository.name,
                location=self._ctx.region,
                role="roles/artifactregistry.reader",
                member=identity.member,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for key, repository in self._repositories.items()
        ]

    def _url(self, repository: gcp.artifactregistry.Repository) -> pulumi.Output[str]:
        return pulumi.Output.concat(
            f"{self._ctx.region}-docker.pkg.dev/{self._ctx.project}/", repository.repository_id
        )

    def _after_api(self, *, protect: bool = False) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=self, depends_on=[self._ctx.apis[GoogleApi.ARTIFACT_REGISTRY]], protect=protect
        )
