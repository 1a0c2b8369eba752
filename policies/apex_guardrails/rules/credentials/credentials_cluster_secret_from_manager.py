"""Kubernetes Secrets and Helm values get credentials from Secret Manager."""

from collections.abc import Iterator

from apex_guardrails.gcp.credential_places import is_cluster_secret, is_helm
from apex_guardrails.model import Resource, ResourceType, Violation, case, rule
from apex_guardrails.model.credentials.secret_config import described

SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 a type
SECRETS = "kubernetes:core/v1:SecretList"
PLACES = (
    *("data", "stringData", "values", "set", "valueYamlFiles"),
    *("items[].data", "items[].stringData"),
)
CHART = "kubernetes:helm.sh/v3:Release"


def _takes_secrets(resource_type: ResourceType) -> bool:
    return is_cluster_secret(resource_type.token) or is_helm(resource_type.token)


@rule(
    severity="low",
    on=_takes_secrets,
    fix="Let the External Secrets Operator, or the Secret Manager add-on of GKE, fetch it.",
)
def credentials_cluster_secret_from_manager(resource: Resource) -> Iterator[Violation]:
    """Anyone who can read the namespace's Secrets or the release's values can read it."""
    secret_config = resource.stack.secret_config
    for pattern in PLACES:
        for path in resource.paths(pattern):
            for leaf in resource.leaves(path):
                key = secret_config.key_of(leaf.value)
                if key is not None:
                    yield resource.fail(f"receives {described(key)} from the program", at=leaf.path)


CASES = [
    case.passes(case.resource(SECRET)),
    case.passes(case.resource(SECRET, stringData={"user": "app"})),
    case.passes(case.resource(SECRET, stringData={"password": case.UNKNOWN})),
    case.fails(case.resource(SECRET, stringData={"password": case.secret(case.SECRET_CONFIG)})),
    case.fails(case.resource(SECRET, data={"password": case.secret(case.SECRET_CONFIG)})),
    case.fails(
        case.resource(CHART, values={"auth": {"password": case.secret(case.SECRET_CONFIG)}})
    ),
    case.fails(case.resource(CHART, set=[{"name": "a", "value": case.secret(case.SECRET_CONFIG)}])),
    case.fails(case.resource(CHART, valueYamlFiles=[case.secret(f"a: {case.SECRET_CONFIG}")])),
    *(
        case.fails(
            case.resource(SECRETS, items=[{}, {name: {"p": case.secret(case.SECRET_CONFIG)}}])
        )
        for name in ("data", "stringData")
    ),
    # Another rule says so.
    case.passes(case.resource(SECRET, metadata={"name": case.SECRET_CONFIG})),
]
