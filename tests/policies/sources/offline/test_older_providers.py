"""Programs for an older provider, judged by the SDK that they have: a real installation of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from apex_guardrails.model import UNKNOWN
from tests.policies.judged import RAW, Apex, judged, project_file
from tests.policies.sources.offline.test_older_sdks import installed
from tests.policies.sources.offline.test_resources import by_name, run

SEVEN = "7.38.0"


@pytest.fixture(scope="module")
def seven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with version 7 of the provider's SDK, installed once."""
    folder = tmp_path_factory.mktemp("seven") / "venv"
    return installed(folder, "pulumi>=3.150,<4", f"pulumi-gcp=={SEVEN}")


# Installing may need the network, and counts in nobody's coverage.
@pytest.mark.no_cover
def test_a_program_is_judged_by_the_version_that_it_has(
    apex: Apex, tmp_path: Path, seven: Path
) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        api = gcp.cloudrunv2.Service(
            "api",
            location="us-central1",
            ingress="INGRESS_TRAFFIC_INTERNAL_ONLY",
            template=gcp.cloudrunv2.ServiceTemplateArgs(
                service_account="api@p.iam.gserviceaccount.com",
                containers=[gcp.cloudrunv2.ServiceTemplateContainerArgs(
                    image="us-docker.pkg.dev/p/app/api:1",
                    ports=[gcp.cloudrunv2.ServiceTemplateContainerPortArgs(container_port=8080)],
                )],
            ),
        )
        # The program gets back what its own version has.
        pulumi.export("port", api.template.containers[0].ports[0].container_port)
        gcp.sql.DatabaseInstance(
            "db",
            database_version="POSTGRES_16",
            settings={
                "tier": "db-f1-micro",
                "ip_configuration": {
                    "ipv4_enabled": False, "require_ssl": True,
                    "private_network": "projects/p/global/networks/n",
                },
            },
        )
        vpc = gcp.compute.Network("vpc", auto_create_subnetworks=False)
        gcp.alloydb.Cluster(
            "c", cluster_id="c", location="us-central1", network=vpc.id)
        """,
        files={"Pulumi.yaml": project_file(virtualenv=seven)},
    )
    result = run(program)
    found = by_name(result)
    assert result.problems == []
    assert found["api"].get("template.containers[0].ports.containerPort") == 8080
    # Version 7 has no such protection, and fills none in.
    assert found["api"].get("deletionProtection") is None
    mode = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    assert found["db"].get("settings.ipConfiguration.sslMode") == mode
    assert found["c"].value["networkConfig"]["network"] is UNKNOWN
    assert found["c"].refers_to("networkConfig.network", "gcp:compute/network:Network")
    assert result.stack.outputs is not None
    assert result.stack.outputs.value == {"port": 8080}
    said = apex.preview(program).said
    assert "sql-ssl-enforced" not in said
    assert "the program failed" not in said


@pytest.mark.no_cover
def test_what_no_rule_knows_is_a_note_and_what_its_sdk_refuses_an_error(
    apex: Apex, tmp_path: Path, seven: Path
) -> None:
    project = {"Pulumi.yaml": project_file(virtualenv=seven)}
    program = judged(
        tmp_path / "accepted",
        """
        import pulumi_gcp as gcp
        gcp.storage.Bucket("files", location="US", uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            lifecycle_rules=[{"action": {"type": "Delete"}, "condition": {"no_age": True}}])
        """,
        files=project,
    )
    apex.preview(program).expect(
        0,
        "__main__.py:3: lifecycleRules[0].condition.noAge is not known",
        f"(pulumi-gcp 10.2.0; the program has {SEVEN})",
    )
    program = judged(
        tmp_path / "refused",
        'import pulumi_gcp as gcp\ngcp.storage.Bucket("files", location="US", lokation="US")\n',
        files=project,
    )
    apex.preview(program).expect(3, "unexpected keyword argument 'lokation'", "line 2")


def test_older_names_of_types_and_functions_are_known(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        RAW
        + """
    account = Raw("api", "gcp:serviceAccount/account:Account", {"accountId": "api"})
    key = Raw("key", "gcp:serviceAccount/key:Key", {"serviceAccountId": account.id})
    Raw("admin", "gcp:projects/iAMMember:IAMMember", {
        "project": "p",
        "role": "roles/run.admin",
        "member": pulumi.Output.concat("serviceAccount:", account.id),
    })
    Raw("all", "gcp:serviceAccount/iAMMember:IAMMember", {
        "serviceAccountId": account.id,
        "role": "roles/iam.serviceAccountTokenCreator",
        "member": "allUsers",
    })
    token = pulumi.runtime.invoke(
        "gcp:serviceAccount/getAccountAccessToken:getAccountAccessToken",
        {"targetServiceAccount": "a@p.iam.gserviceaccount.com", "scopes": ["x"]},
    ).value
    Raw("vpc", "gcp:compute/network:Network", {
        "autoCreateSubnetworks": False, "description": token["accessToken"],
    })
    """,
    )
    apex.preview(program).expect(
        1,
        "gcp:serviceAccount/key:Key key",
        "rule: iam-no-service-account-keys",
        "rule: iam-no-admin-service-accounts",
        "gcp:serviceAccount/iAMMember:IAMMember all",
        "rule: credentials-generated-not-shown",
    )
