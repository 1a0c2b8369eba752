"""No secret config value is in a resource's name, or in an input without a secret mark."""

from collections.abc import Iterator

from policies.model import ANY_TYPE, Complaint, Resource, case, rule
from policies.model.google.shown_inputs import is_asked_for_elsewhere, unmarked_secrets

JOB = "gcp:cloudscheduler/job:Job"
BUCKET = "gcp:storage/bucket:Bucket"


@rule(
    severity="critical",
    on=ANY_TYPE,
    fix="Read it with config.require_secret, keep it an Output, and out of names.",
)
def credentials_secret_config_marked(resource: Resource) -> Iterator[Complaint]:
    """Pulumi shows it in every preview, and keeps it unencrypted in the state."""
    in_name = resource.stack.secret_config.key_of(resource.name)
    if in_name is not None:
        yield resource.fail(f"has the secret config value {in_name} in its name")
    for path, key in unmarked_secrets(resource):
        # Where the program gives no name, Pulumi makes it from the resource's own.
        is_named_so = path == "name" and key == in_name
        if not is_named_so and not is_asked_for_elsewhere(resource, path):
            yield resource.fail(f"shows the secret config value {key}", at=path)


CASES = [
    case.passes(case.resource(BUCKET)),
    case.passes(case.resource(BUCKET, location="US")),
    case.passes(case.resource(BUCKET, location=case.UNKNOWN)),
    case.passes(case.resource(BUCKET, location=case.secret(case.SECRET_CONFIG))),
    case.passes(case.resource(BUCKET, website=case.secret({"notFoundPage": case.SECRET_CONFIG}))),
    case.fails(case.resource(BUCKET, name=case.SECRET_CONFIG)),
    case.fails(case.resource(BUCKET, name=f"bucket-{case.SECRET_CONFIG}")),
    case.fails(case.resource(BUCKET, website={"notFoundPage": case.SECRET_CONFIG})),
    case.fails(case.resource(BUCKET, cors=[{"origins": [case.SECRET_CONFIG]}])),
    case.fails(case.resource(BUCKET, f"bucket-{case.SECRET_CONFIG}")),
    # Other rules ask what is in inputs that are made for credentials, and in those that show them.
    case.passes(case.resource("gcp:sql/user:User", password=case.SECRET_CONFIG)),
    case.passes(case.resource(JOB, httpTarget={"headers": {"X-Key": case.SECRET_CONFIG}})),
    case.passes(case.resource(BUCKET, labels={"owner": case.SECRET_CONFIG})),
]
