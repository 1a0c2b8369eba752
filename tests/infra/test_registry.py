"""Where container images come from."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.project.registry import split
from tests.infra.deployment import Deployment

DIGEST = f"@sha256:{'a' * 64}"
REPOSITORY = "gcp:artifactregistry/repository:Repository"


@pytest.mark.parametrize(
    ("reference", "registry", "path"),
    [
        ("apex-api", "", "apex-api"),
        ("apex-api:1.0", "", "apex-api:1.0"),
        (f"apex-api:1.0{DIGEST}", "", f"apex-api{DIGEST}"),
        ("team/apex-api", "", "team/apex-api"),
        ("docker.io/neo4j:5", "docker.io", "library/neo4j:5"),
        (f"docker.io/neo4j:5{DIGEST}", "docker.io", f"library/neo4j{DIGEST}"),
        ("docker.io/qdrant/qdrant", "docker.io", "qdrant/qdrant"),
        ("us-docker.pkg.dev/p/r/i:1", "us-docker.pkg.dev", "p/r/i:1"),
        ("localhost:5000/i:1", "localhost:5000", "i:1"),
        ("localhost/i", "localhost", "i"),
    ],
)
def test_a_reference_is_a_registry_and_a_path(reference: str, registry: str, path: str) -> None:
    assert split(reference) == (registry, path)


@given(
    registry=st.sampled_from(["", "docker.io", "gcr.io", "localhost:5000"]),
    path=st.from_regex(r"[a-z0-9]{1,5}(/[a-z0-9]{1,5}){0,3}", fullmatch=True),
    tag=st.sampled_from(["", ":1", ":v1.2-rc"]),
    digest=st.sampled_from(["", DIGEST]),
)
def test_nothing_but_a_tag_beside_a_digest_is_lost(
    registry: str, path: str, tag: str, digest: str
) -> None:
    reference = f"{registry}/{path}{tag}{digest}" if registry else f"{path}{tag}{digest}"
    found, rest = split(reference)
    assert found == registry
    assert rest.removeprefix("library/") == (f"{path}{digest}" if digest else f"{path}{tag}")


def repositories(deployment: Deployment) -> dict[str, Any]:
    return {it.inputs["repositoryId"]: it.inputs for it in deployment.all(REPOSITORY)}


def test_one_is_the_stacks_own_and_one_brings_docker_hubs(deployment: Deployment) -> None:
    both = repositories(deployment)
    assert both["apex"]["mode"] == "STANDARD_REPOSITORY"
    assert both["docker-hub"]["mode"] == "REMOTE_REPOSITORY"
    remote = both["docker-hub"]["remoteRepositoryConfig"]["dockerRepository"]
    assert remote == {"publicRepository": "DOCKER_HUB"}


def test_a_tag_keeps_its_meaning_outside_dev(stack: str, deployment: Deployment) -> None:
    own = repositories(deployment)["apex"]
    assert own.get("dockerConfig") == ({"immutableTags": True} if stack != "dev" else None)


def test_recent_images_are_kept_and_untagged_ones_are_not(deployment: Deployment) -> None:
    policies = {it["action"]: it for it in repositories(deployment)["apex"]["cleanupPolicies"]}
    assert policies["KEEP"]["mostRecentVersions"] == {"keepCount": 20}
    assert policies["DELETE"]["condition"] == {"tagState": "UNTAGGED", "olderThan": "604800s"}


def test_machines_pull_and_do_not_push(deployment: Deployment) -> None:
    grants = deployment.all("gcp:artifactregistry/repositoryIamMember:RepositoryIamMember")
    assert grants
    assert {grant.inputs["role"] for grant in grants} == {"roles/artifactregistry.reader"}
