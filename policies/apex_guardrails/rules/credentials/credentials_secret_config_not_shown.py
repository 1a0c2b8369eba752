"""Secret config values are used only in inputs made for credentials."""

import base64
from collections.abc import Iterator

from apex_guardrails.gcp.types import (
    CLOUDBUILD_TRIGGER,
    CLOUDRUNV2_SERVICE,
    CLOUDSCHEDULER_JOB,
    COMPOSER_USER_WORKLOADS_SECRET,
    COMPUTE_INSTANCE,
    COMPUTE_NETWORK,
    COMPUTE_SSL_CERTIFICATE,
    DNS_RECORD_SET,
    MONITORING_NOTIFICATION_CHANNEL,
    PARAMETERMANAGER_PARAMETER_VERSION,
    PUBSUB_SUBSCRIPTION,
    SECRETMANAGER_SECRET_VERSION,
    SQL_USER,
    STORAGE_BUCKET,
    STORAGE_BUCKET_OBJECT,
)
from apex_guardrails.model import ANY_TYPE, Resource, Violation, case, rule
from apex_guardrails.model.credentials.secret_config import described
from apex_guardrails.rules.families.shown_inputs import SECRET_CONFIG as RULE
from apex_guardrails.rules.families.shown_inputs import find_violations


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
        yield resource.fail(f"exposes {described(in_name)} in its name")
    for violation in find_violations(resource, RULE):
        # Where the program gives no name, Pulumi makes it from the resource's own.
        if violation.path != "name" or in_name is None:
            yield violation


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _marked(token: str, **inputs: object) -> case.CaseResource:
    return case.CaseResource(token, {name: case.secret(value) for name, value in inputs.items()})


VALUE = case.SECRET_CONFIG
CASES = [
    case.passes(case.resource(STORAGE_BUCKET)),
    case.passes(case.resource(STORAGE_BUCKET, location="US")),
    case.passes(case.resource(STORAGE_BUCKET, location=case.UNKNOWN)),
    # Where it belongs; another rule asks for the mark there.
    case.passes(case.resource(SQL_USER, password=VALUE)),
    case.passes(_marked(SQL_USER, password=VALUE)),
    case.passes(_marked(SECRETMANAGER_SECRET_VERSION, secretData=VALUE)),
    case.passes(_marked(COMPUTE_SSL_CERTIFICATE, certificate=VALUE)),
    case.passes(_marked(COMPOSER_USER_WORKLOADS_SECRET, data={"a": VALUE})),
    case.passes(_marked("pulumi:providers:gcp", accessToken=VALUE)),
    case.passes(case.resource("pulumi:providers:gcp", accessToken=VALUE)),
    case.passes(case.resource(COMPUTE_SSL_CERTIFICATE, certificate=VALUE)),
    case.passes(
        _marked(MONITORING_NOTIFICATION_CHANNEL, labels={"url": f"https://example.org/{VALUE}"})
    ),
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
            ("kubernetes:core/v1:SecretList", {"items": [{"stringData": {"a": VALUE}}]}),
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
            ("docker:index/image:Image", {"build": {"args": {"A": VALUE}}}),
            ("docker-build:index:Image", {"buildArgs": {"A": VALUE}}),
            (STORAGE_BUCKET, {"name": VALUE}),
            (STORAGE_BUCKET, {"name": f"bucket-{VALUE}"}),
            (STORAGE_BUCKET, {"location": VALUE}),
            (STORAGE_BUCKET, {"website": {"notFoundPage": VALUE}}),
            (STORAGE_BUCKET, {"cors": [{"origins": [VALUE]}]}),
            (STORAGE_BUCKET, {"labels": {"owner": VALUE}}),
            (STORAGE_BUCKET, {"labels": {VALUE: "a"}}),
            (CLOUDRUNV2_SERVICE, {"template": {"labels": {f"{VALUE}-x": ""}}}),
            (MONITORING_NOTIFICATION_CHANNEL, {"displayName": VALUE}),
            (CLOUDSCHEDULER_JOB, {"httpTarget": {"headers": {"X-Key": VALUE}}}),
            (CLOUDSCHEDULER_JOB, {"httpTarget": {"body": _base64(f"key={VALUE}")}}),
            (CLOUDRUNV2_SERVICE, {"template": {"containers": [{"args": [f"--x={VALUE}"]}]}}),
            # In base64 within a text, of either alphabet, and in an address.
            (
                CLOUDSCHEDULER_JOB,
                {"httpTarget": {"headers": {"X": f"Basic {_base64(f'user:{VALUE}')}"}}},
            ),
            (STORAGE_BUCKET_OBJECT, {"content": f'{{"a": "{_base64(VALUE)}"}}'}),
            (
                STORAGE_BUCKET_OBJECT,
                {"content": f"user-data: {_base64(f'#!/bin/sh{chr(10)}x {VALUE}')}"},
            ),
            (
                STORAGE_BUCKET_OBJECT,
                {"content": f"user-data: {_base64(f'a{VALUE}').rstrip('=')}-x"},
            ),
            (CLOUDSCHEDULER_JOB, {"httpTarget": {"uri": f"https://example.org/?a=b%2F{VALUE}"}}),
            (
                CLOUDRUNV2_SERVICE,
                {"template": {"containers": [{"envs": [{"name": "A", "value": VALUE}]}]}},
            ),
            (COMPUTE_NETWORK, {"description": f"made with {VALUE}"}),
            (COMPUTE_INSTANCE, {"metadata": {"key": VALUE}}),
            (STORAGE_BUCKET_OBJECT, {"content": VALUE}),
            (DNS_RECORD_SET, {"rrdatas": [VALUE]}),
            (PUBSUB_SUBSCRIPTION, {"pushConfig": {"pushEndpoint": VALUE}}),
            (CLOUDBUILD_TRIGGER, {"substitutions": {"_A": VALUE}}),
            (PARAMETERMANAGER_PARAMETER_VERSION, {"parameterData": VALUE}),
            ("kubernetes:core/v1:ConfigMap", {"data": {"password": VALUE}}),
            ("kubernetes:core/v1:Secret", {"metadata": {"name": VALUE}}),
            ("command:local:Command", {"create": f"login {VALUE}"}),
            ("docker:index/image:Image", {"build": {"args": {"A": VALUE}}}),
            ("github:index/actionsVariable:ActionsVariable", {"value": VALUE}),
        )
    ),
    # Made for one, and without a mark.
    case.fails(case.resource("postgresql:index/role:Role", password=VALUE)),
    case.fails(
        case.resource(
            MONITORING_NOTIFICATION_CHANNEL, labels={"url": f"https://example.org/{VALUE}"}
        )
    ),
    case.fails(case.resource(STORAGE_BUCKET, f"bucket-{VALUE}")),
]
