"""Variables, arguments, scripts and files contain no passwords, keys or tokens."""

from collections.abc import Iterator

from apex_guardrails.gcp.types import (
    APPENGINE_FLEXIBLE_APP_VERSION,
    CLOUDBUILD_TRIGGER,
    CLOUDFUNCTIONS_FUNCTION,
    CLOUDFUNCTIONSV2_FUNCTION,
    CLOUDRUNV2_WORKER_POOL,
    COMPOSER_ENVIRONMENT,
    DATAFLOW_JOB,
    DNS_RECORD_SET,
    SQL_USER,
    STORAGE_BUCKET_OBJECT,
)
from apex_guardrails.model import ANY_TYPE, Resource, Violation, case, rule
from apex_guardrails.rules.families.shown_inputs import NAMED, find_shown, find_violations


@rule(
    severity="critical",
    on=ANY_TYPE,
    # Of Cloud Functions.
    controls=["cis-gcp-4.0:1.17"],
    found_by=find_shown,
    fix="Store it in Secret Manager, and refer to that.",
)
def credentials_not_in_plain_inputs(resource: Resource) -> Iterator[Violation]:
    """Anyone who can view the resource can read them."""
    return find_violations(resource, NAMED)


NATIVE_USER = "google-native:sqladmin/v1:User"
SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 a type


def _function(value: object, name: str = "DB_PASSWORD") -> case.CaseResource:
    return case.resource(
        CLOUDFUNCTIONSV2_FUNCTION, serviceConfig={"environmentVariables": {name: value}}
    )


CASES = [
    case.passes(case.resource(CLOUDFUNCTIONSV2_FUNCTION)),
    case.passes(_function("info", "LOG_LEVEL")),
    case.passes(_function(case.UNKNOWN, "SETTING")),
    case.passes(_function(case.UNKNOWN, "REDIS_AUTH")),
    case.passes(_function("")),
    case.passes(_function("projects/p/secrets/db-password")),
    case.passes(_function("/run/secrets/db", "DB_PASSWORD_FILE")),
    # Another rule says where this came from, or what it is.
    case.passes(_function(case.secret(case.SECRET_CONFIG))),
    case.passes(_function("postgresql://app:" + "example" + "@db/app")),
    case.fails(_function("correct horse")),
    case.fails(_function(case.secret("correct horse"))),
    case.fails(_function(case.UNKNOWN)),
    case.fails(_function("neo4j/correct-horse", "NEO4J_AUTH")),
    *(
        case.fails(case.resource(token, **inputs))
        for token, inputs in (
            (
                CLOUDFUNCTIONS_FUNCTION,
                {"environmentVariables": {"DB_PASSWORD": "correct horse"}},
            ),
            (
                APPENGINE_FLEXIBLE_APP_VERSION,
                {"envVariables": {"DB_PASSWORD": "correct horse"}},
            ),
            (
                COMPOSER_ENVIRONMENT,
                {"config": {"softwareConfig": {"envVariables": {"DB_PASS": "correct horse"}}}},
            ),
            (DATAFLOW_JOB, {"parameters": {"password": "correct horse"}}),
            (
                CLOUDBUILD_TRIGGER,
                {"build": {"steps": [{"name": "x", "envs": ["DB_PASSWORD=correct-horse"]}]}},
            ),
            (CLOUDBUILD_TRIGGER, {"substitutions": {"_DB_PW": "correct horse"}}),
            (
                CLOUDRUNV2_WORKER_POOL,
                {"template": {"containers": [{"args": ["--password", "correct-horse"]}]}},
            ),
            (
                CLOUDRUNV2_WORKER_POOL,
                {"template": {"containers": [{"args": ["--password=correct-horse"]}]}},
            ),
            (
                CLOUDRUNV2_WORKER_POOL,
                {"template": {"containers": [{"commands": ["sh", "-c", "PGPASSWORD=horse1 x"]}]}},
            ),
            (
                CLOUDRUNV2_WORKER_POOL,
                {"template": {"containers": [{"commands": ["redis-cli", "-a", "horse-1"]}]}},
            ),
            (
                CLOUDBUILD_TRIGGER,
                {"build": {"steps": [{"name": "docker", "args": ["login", "-p", "horse-1"]}]}},
            ),
            (
                CLOUDRUNV2_WORKER_POOL,
                {"template": {"containers": [{"image": "mysql:8", "args": ["-phorse-1"]}]}},
            ),
            (
                CLOUDBUILD_TRIGGER,
                {"build": {"steps": [{"entrypoint": "redis-cli", "args": ["-a", "horse-1"]}]}},
            ),
            (
                CLOUDRUNV2_WORKER_POOL,
                {"template": {"containers": [{"commands": ["redis-cli", "-a", case.UNKNOWN]}]}},
            ),
            (STORAGE_BUCKET_OBJECT, {"content": '{"password": "correct horse"}'}),
            (STORAGE_BUCKET_OBJECT, {"content": "eyJwYXNzd29yZCI6ICJjb3JyZWN0IGhvcnNlIn0="}),
            (DNS_RECORD_SET, {"rrdatas": ['"password=correct-h0rse"']}),
            ("command:local:Command", {"create": "psql", "environment": {"PGPASSWORD": "horse"}}),
            ("command:local:Command", {"create": "mysql -u root -pcorrect-horse"}),
            ("postgresql:index/role:Role", {"password": "correct horse"}),
            ("pulumi:providers:postgresql", {"password": case.secret("correct horse")}),
            ("docker:index/image:Image", {"build": {"args": {"NPM_TOKEN": "correct-horse-1"}}}),
            ("docker:index/image:Image", {"registry": {"password": "correct horse"}}),
            ("docker-build:index:Image", {"buildArgs": {"DB_PASSWORD": case.UNKNOWN}}),
            ("docker-build:index:Image", {"registries": [{"password": "correct horse"}]}),
            (SECRET, {"stringData": {"password": "correct horse"}}),
            ("kubernetes:core/v1:SecretList", {"items": [{"data": {"password": "aG9yc2UtMQ=="}}]}),
            (SECRET, {"data": {"password": "Y29ycmVjdCBob3JzZQ=="}}),
            ("kubernetes:core/v1:ConfigMap", {"data": {"DB_PASSWORD": "correct horse"}}),
            (
                "kubernetes:apps/v1:Deployment",
                {"spec": {"containers": [{"env": [{"name": "DB_PW", "value": "correct horse"}]}]}},
            ),
            ("kubernetes:helm.sh/v3:Release", {"values": {"auth": {"password": "correct horse"}}}),
        )
    ),
    case.passes(case.resource("docker-build:index:Image", secrets={"npm": case.UNKNOWN})),
    case.passes(case.resource(SECRET, data={"password": case.UNKNOWN})),
    case.passes(
        case.resource(SECRET, data={"cluster": "cHJvZA==", "mail": "b3BzQGV4YW1wbGUub3Jn"})
    ),
    case.passes(case.resource("kubernetes:helm.sh/v3:Release", values={"password": case.UNKNOWN})),
    case.passes(case.resource("postgresql:index/role:Role", password=case.UNKNOWN)),
    case.passes(case.resource(CLOUDFUNCTIONSV2_FUNCTION, labels={"db-password": case.UNKNOWN})),
    # Names of secrets and of what is in them, in inputs that the cluster's schema names.
    case.passes(
        case.resource(
            "kubernetes:external-secrets.io/v1:ExternalSecret",
            spec={"data": [{"secretKey": "DB_PASSWORD", "remoteRef": {"key": "prod-db"}}]},
        )
    ),
    case.passes(
        case.resource(
            "kubernetes:k8s.nginx.org/v1:Policy", spec={"oidc": {"clientSecret": "login-of-app"}}
        )
    ),
    case.passes(
        case.resource(
            CLOUDRUNV2_WORKER_POOL,
            template={
                "containers": [{"commands": ["redis-cli", "-a", case.secret(case.SECRET_CONFIG)]}]
            },
        )
    ),
    # How a credential came into an input that is made for it is asked by other rules.
    case.passes(case.CaseResource(NATIVE_USER, {"password": "correct horse"})),
    case.fails(case.CaseResource(NATIVE_USER, {"password": "x", "etag": "password=correct-h0rse"})),
    case.passes(case.resource(SQL_USER, password="correct horse")),  # noqa: S106
]
