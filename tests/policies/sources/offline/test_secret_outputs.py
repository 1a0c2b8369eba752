"""Which outputs a value is made from, where these are secrets."""

from __future__ import annotations

from pathlib import Path

from apex_guardrails.model import Resource
from apex_guardrails.model.value import join_path
from tests.policies.judged import judged
from tests.policies.sources.offline.test_resources import run

PROGRAM = """
import pulumi
import pulumi_gcp as gcp
from pulumi import Output

class Service(pulumi.CustomResource):
    def __init__(self, name, **envs):
        super().__init__("gcp:cloudrunv2/service:Service", name, {"location": "europe-west1",
            "template": {"containers": [{"image": "i", "envs": [
                {"name": name, "value": value} for name, value in envs.items()]}]}})

redis = gcp.redis.Instance("cache", memory_size_gb=1)
key = gcp.storage.HmacKey("key", service_account_email="a@b.iam.gserviceaccount.com")
cluster = gcp.container.Cluster("cluster", location="europe-west1")
version = gcp.secretmanager.get_secret_version_output(secret="db")
token = gcp.serviceaccount.get_account_id_token_output(target_audience="a")
client = gcp.redis.get_instance_output(name="other")
"""


def found(resource: Resource | None) -> dict[str, list[tuple[str, str, str, bool]]]:
    """The secret outputs by the path of what is made from them."""
    assert resource is not None
    origins: dict[str, list[tuple[str, str, str, bool]]] = {}
    for steps, each in resource.secret_origins.items():
        path = ""
        for step in steps:
            path = join_path(path, step)
        origins[path] = [
            (item.token.rpartition(":")[2], item.output, item.resource, item.is_unmarked)
            for item in each
        ]
    return origins


def test_a_value_is_known_to_be_made_from_a_secret_output(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        PROGRAM
        + """
Service("s", A=redis.auth_string, B=redis.host, C=Output.concat(redis.host, redis.auth_string),
        D=Output.json_dumps({"a": [redis.auth_string]}), E=key.access_id,
        F=Output.all(a=key.secret).apply(lambda known: known["a"]),
        G=cluster.master_auth.client_key, H=cluster.master_auth["cluster_ca_certificate"],
        I=version.secret_data, J=version.name, K=token.apply(lambda answer: answer.id_token),
        L=client.host, M=client["authString"], N=Output.format("{0}", key.secret))
""",
    )
    stack = run(program).stack
    (service,) = stack.of_type("gcp:cloudrunv2/service:Service")
    redis = ("Instance", "authString", "cache", False)
    key = ("HmacKey", "secret", "key", False)
    names = {
        "A": redis,
        "C": redis,
        "D": redis,
        "F": key,
        "G": ("Cluster", "masterAuth.clientKey", "cluster", False),
        "I": ("getSecretVersion", "secretData", "", False),
        "K": ("getAccountIdToken", "idToken", "", False),
        "M": ("getInstance", "authString", "", False),
        "N": key,
    }
    assert found(service) == {
        f"template.containers[0].envs[{ord(name) - ord('A')}].value": [origin]
        for name, origin in names.items()
    }


def test_whether_the_mark_was_taken_away_is_known(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        PROGRAM
        + """
pulumi.export("shown", {"key": Output.unsecret(Output.concat("a", key.secret))})
pulumi.export("kept", key.secret)
pulumi.export("text", Output.unsecret(version.secret_data).apply(lambda data: f"x{data}"))
pulumi.export("host", Output.unsecret(redis.host))
""",
    )
    assert found(run(program).stack.outputs) == {
        "shown.key": [("HmacKey", "secret", "key", True)],
        "kept": [("HmacKey", "secret", "key", False)],
        "text": [("getSecretVersion", "secretData", "", True)],
    }
