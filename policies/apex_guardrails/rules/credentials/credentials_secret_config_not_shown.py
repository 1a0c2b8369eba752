"""Secret config values are used only in inputs made for credentials."""

import base64
from collections.abc import Iterator

from apex_guardrails.gcp.shown_inputs import SECRET_CONFIG as RULE
from apex_guardrails.gcp.shown_inputs import violations
from apex_guardrails.model import ANY_TYPE, Resource, Violation, case, rule

JOB = "gcp:cloudscheduler/job:Job"
BUCKET = "gcp:storage/bucket:Bucket"
SERVICE = "gcp:cloudrunv2/service:Service"
OBJECT = "gcp:storage/bucketObject:BucketObject"
CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel"


@rule(
    severity="critical",
    on=ANY_TYPE,
    fix="Store it in a secretmanager.SecretVersion and refer to that, or use an input that is "
    "made for credentials.",
)
def credentials_secret_config_not_shown(resource: Resource) -> Iterator[Violation]:
    """Anyone who can view the resource can read it: a secret mark hides it only in Pulumi."""
    in_name = resource.stack.secret_config.key_of(resource.name)
    if in_name is not None:
        yield resource.fail(f"exposes the secret config value {in_name} in its name")
    for violation in violations(resource, RULE):
        # Where the program gives no name, Pulumi makes it from the resource's own.
        if violation.path != "name" or in_name is None:
            yield violation


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _marked(token: str, **inputs: object) -> case.CaseResource:
    return case.CaseResource(token, {name: case.secret(value) for name, value in inputs.items()})


VALUE = case.SECRET_CONFIG
CASES = [
    case.passes(case.resource(BUCKET)),
    case.passes(case.resource(BUCKET, location="US")),
    case.passes(case.resource(BUCKET, location=case.UNKNOWN)),
    # Where it belongs; another rule asks for the mark there.
    case.passes(case.resource("gcp:sql/user:User", password=VALUE)),
    case.passes(_marked("gcp:sql/user:User", password=VALUE)),
    case.passes(_marked("gcp:secretmanager/secretVersion:SecretVersion", secretData=VALUE)),
    case.passes(_marked("gcp:compute/sSLCertificate:SSLCertificate", certificate=VALUE)),
    case.passes(_marked("gcp:composer/userWorkloadsSecret:UserWorkloadsSecret", data={"a": VALUE})),
    case.passes(_marked("pulumi:providers:gcp", accessToken=VALUE)),
    case.passes(case.resource("pulumi:providers:gcp", accessToken=VALUE)),
    case.passes(case.resource("gcp:compute/sSLCertificate:SSLCertificate", certificate=VALUE)),
    case.passes(_marked(CHANNEL, labels={"url": f"https://example.org/{VALUE}"})),
    *(
        case.passes(_marked(token, **inputs))
        for token, inputs in (
            ("kubernetes:core/v1:Secret", {"stringData": {"a": VALUE}}),
            ("kubernetes:core/v1:Secret", {"stringData": {VALUE: "a"}}),
            ("kubernetes:helm.sh/v3:Release", {"values": {"a": VALUE}}),
            ("pulumi:providers:postgresql", {"password": VALUE}),
            ("pulumi:providers:kubernetes", {"kubeconfig": VALUE}),
            ("postgresql:index/role:Role", {"password": VALUE}),
            ("mysql:index/user:User", {"plaintextPassword": VALUE}),
            ("mongodbatlas:index/databaseUser:DatabaseUser", {"password": VALUE}),
            ("docker:index/image:Image", {"registry": {"password": VALUE}}),
            ("docker-build:index:Image", {"secrets": {"npm": VALUE}}),
            ("github:index/actionsSecret:ActionsSecret", {"plaintextValue": VALUE}),
            ("grafana:oss/dataSource:DataSource", {"secureJsonDataEncoded": VALUE}),
            ("tls:index/selfSignedCert:SelfSignedCert", {"privateKeyPem": VALUE}),
            ("command:local:Command", {"environment": {"A": VALUE}, "stdin": VALUE}),
            ("random:index/randomPet:RandomPet", {"keepers": {"a": VALUE}}),
            ("pulumi-python:dynamic:Resource", {"anything": VALUE}),
        )
    ),
    # Anywhere else, marked or not.
    *(
        case.fails(make(token, **inputs))
        for make in (_marked, case.resource)
        for token, inputs in (
            (BUCKET, {"name": VALUE}),
            (BUCKET, {"name": f"bucket-{VALUE}"}),
            (BUCKET, {"location": VALUE}),
            (BUCKET, {"website": {"notFoundPage": VALUE}}),
            (BUCKET, {"cors": [{"origins": [VALUE]}]}),
            (BUCKET, {"labels": {"owner": VALUE}}),
            (BUCKET, {"labels": {VALUE: "a"}}),
            (SERVICE, {"template": {"labels": {f"{VALUE}-x": ""}}}),
            (CHANNEL, {"displayName": VALUE}),
            (JOB, {"httpTarget": {"headers": {"X-Key": VALUE}}}),
            (JOB, {"httpTarget": {"body": _base64(f"key={VALUE}")}}),
            (SERVICE, {"template": {"containers": [{"args": [f"--x={VALUE}"]}]}}),
            # In base64 within a text, of either alphabet, and in an address.
            (JOB, {"httpTarget": {"headers": {"X": f"Basic {_base64(f'user:{VALUE}')}"}}}),
            (OBJECT, {"content": f'{{"a": "{_base64(VALUE)}"}}'}),
            (OBJECT, {"content": f"user-data: {_base64(f'#!/bin/sh{chr(10)}x {VALUE}')}"}),
            (OBJECT, {"content": f"user-data: {_base64(f'a{VALUE}').rstrip('=')}-x"}),
            (JOB, {"httpTarget": {"uri": f"https://example.org/?a=b%2F{VALUE}"}}),
            (SERVICE, {"template": {"containers": [{"envs": [{"name": "A", "value": VALUE}]}]}}),
            ("gcp:compute/network:Network", {"description": f"made with {VALUE}"}),
            ("gcp:compute/instance:Instance", {"metadata": {"key": VALUE}}),
            (OBJECT, {"content": VALUE}),
            ("gcp:dns/recordSet:RecordSet", {"rrdatas": [VALUE]}),
            ("gcp:pubsub/subscription:Subscription", {"pushConfig": {"pushEndpoint": VALUE}}),
            ("gcp:cloudbuild/trigger:Trigger", {"substitutions": {"_A": VALUE}}),
            ("gcp:parametermanager/parameterVersion:ParameterVersion", {"parameterData": VALUE}),
            ("kubernetes:core/v1:ConfigMap", {"data": {"password": VALUE}}),
            ("kubernetes:core/v1:Secret", {"metadata": {"name": VALUE}}),
            ("command:local:Command", {"create": f"login {VALUE}"}),
            ("docker:index/image:Image", {"build": {"args": {"A": VALUE}}}),
            ("github:index/actionsVariable:ActionsVariable", {"value": VALUE}),
        )
    ),
    # Made for one, and without a mark.
    case.fails(case.resource("postgresql:index/role:Role", password=VALUE)),
    case.fails(case.resource(CHANNEL, labels={"url": f"https://example.org/{VALUE}"})),
    case.fails(case.resource(BUCKET, f"bucket-{VALUE}")),
]
