"""What a program gets that calls functions, and what is said of what was assumed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from apex_guardrails.model.value import UNKNOWN
from tests.policies.judged import Apex, judged
from tests.policies.sources.offline.test_resources import run

STRICT = {"policy-pack.yaml": "offline: {functions: strict}\n"}

PLAIN = """
    import pulumi
    import pulumi_gcp as gcp
    images = gcp.compute.get_images(filter="family=f")
    print("images", [image.name for image in images.images])
"""


def test_strictly_a_function_in_plain_form_needs_an_answer(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, PLAIN, files=STRICT)
    outcome = apex.preview(program).expect(
        3,
        "gcp:compute/getImages:getImages",
        "policy-pack.yaml (offline.functions)",
        "get_images_output",
        f"{program}/__main__.py:4: gcp:",
    )
    assert "images None" not in outcome.out


def test_strictly_what_config_does_not_give_is_asked_for(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        "import pulumi_gcp as gcp\nprint(gcp.organizations.get_project().project_id)\n",
        stack="config: {}\n",
        files=STRICT,
    )
    apex.preview(program).expect(3, "gcp:organizations/getProject:getProject")


def test_a_function_gets_its_recorded_answer(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        PLAIN,
        files={
            "policy-pack.yaml": """
                offline:
                  functions:
                    - token: gcp:compute/getImages:getImages
                      arguments: {filter: family=other}
                      result: {images: []}
                    - token: gcp:compute/getImages:getImages
                      result: {images: [{name: a}, {name: b}]}
            """
        },
    )
    outcome = apex.preview(program).expect(0, "images ['a', 'b']")
    assert "assumed" not in outcome.out


def test_an_assumed_answer_is_named_with_what_to_do(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, PLAIN)
    outcome = apex.preview(program, "--format", "json").expect(0)
    judgement = json.loads(outcome.out)
    assert judgement["assumed"] == [
        {
            "function": "gcp:compute/getImages:getImages",
            "arguments": '{"filter": "family=f"}',
            "calls": 1,
        }
    ]
    (note,) = [note for note in judgement["notes"] if note.startswith("assumed: ")]
    assert note == (
        "assumed: the answers of gcp:compute/getImages:getImages; what is made of them is unknown "
        "to the rules; record them in policy-pack.yaml (offline.functions)"
    )


def test_a_program_that_fails_over_an_assumed_answer_says_so(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import json
        import pulumi_gcp as gcp
        json.loads(gcp.secretmanager.get_secret_version(secret="s").secret_data)
        """,
    )
    apex.preview(program).expect(
        3,
        "JSONDecodeError",
        "the answers of gcp:secretmanager/getSecretVersion:getSecretVersion were assumed: if the "
        "program needs real ones, record them in policy-pack.yaml (offline.functions)",
    )


def test_who_may_act_by_a_policy_is_seen(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi_gcp as gcp
        bindings = [{"role": "roles/storage.objectViewer", "members": ["allUsers"]}]
        policy = gcp.organizations.get_iam_policy(bindings=bindings)
        bucket = gcp.storage.Bucket("b", location="EU")
        gcp.storage.BucketIAMPolicy("p", bucket=bucket.name, policy_data=policy.policy_data)
        """,
    )
    apex.preview(program).expect(1, "grants roles/storage.objectViewer to allUsers (policyData)")


def test_who_may_act_is_seen_beside_members_that_are_not_known(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp
        account = gcp.serviceaccount.Account("a", account_id="reader")
        address = gcp.compute.Address("b", region="us-central1")
        member = pulumi.Output.concat("serviceAccount:", account.unique_id)
        policy = gcp.organizations.get_iam_policy_output(bindings=[
            {"role": "roles/storage.objectViewer", "members": [member, "allUsers"]},
            gcp.organizations.GetIAMPolicyBindingArgs(role=address.address, members=["user:a@b.c"]),
        ])
        bucket = gcp.storage.Bucket("b", location="EU")
        gcp.storage.BucketIAMPolicy("p", bucket=bucket.name, policy_data=policy.policy_data)
        """,
    )
    apex.preview(program).expect(1, "grants roles/storage.objectViewer to allUsers (policyData)")


def test_what_is_made_of_an_assumed_answer_is_unknown(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp
        image = gcp.compute.get_image(family="debian-12", project="debian-cloud")
        cluster = gcp.container.get_cluster_output(name="c", location="europe-west1")
        account = gcp.organizations.get_client_open_id_user_info()
        disk = gcp.compute.get_instance(name="i", zone="us-central1-a").boot_disks[0]
        pulumi.export("values", {
            "link": image.self_link,
            "size": image.disk_size_gb,
            "project": image.project,
            "labels": image.labels,
            "licenses": image.licenses,
            "list": [image.name, "b"],
            "who": f"user:{account.email}",
            "secret": pulumi.Output.secret(f"a{image.name}"),
            "disk": disk.source,
            "more": cluster.node_version.apply(lambda version: "old" if version < "1" else "new"),
            "map": cluster.apply(lambda it: {"a": it.endpoint, "b": it.enable_autopilot}),
            "name": cluster.name,
            "address": cluster.endpoint.apply(lambda it: f"https://{it}/"),
        })
        """,
    )
    result = run(program)
    assert result.failure is None, result.failure
    outputs = result.stack.outputs
    assert outputs is not None
    values = outputs.value["values"]
    secret = values.pop("secret")
    assert (secret.value, secret.__class__.__name__) == (UNKNOWN, "Secret")
    assert values == {
        **dict.fromkeys(("link", "size", "labels", "licenses", "who", "disk"), UNKNOWN),
        "project": "debian-cloud",
        "list": [UNKNOWN, "b"],
        "more": UNKNOWN,
        "map": {"a": UNKNOWN, "b": UNKNOWN},
        "name": UNKNOWN,
        "address": UNKNOWN,
    }
    images = "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/"
    assert outputs.known_parts("values.link") == (images, None)
    assert outputs.known_parts("values.who") == ("user:", None)
    assert outputs.known_parts("values.address") == ("https://", None, "/")
    assert outputs.functions["values", "size"] == ("gcp:compute/getImage:getImage",)


def test_an_assumed_answer_is_the_same_on_every_run(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi_gcp as gcp
        for zone in gcp.compute.get_machine_types(zone="us-central1-a", filter="f").machine_types:
            gcp.storage.Bucket(f"b-{zone.name}", location="EU")
        """,
    )
    first, second = (sorted(run(program).stack.resources) for _ in range(2))
    assert first == second
    assert sum("Bucket" in urn for urn in first) == 2


def test_resources_made_in_a_callback_are_judged(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi_gcp as gcp

        def make(found):
            for network in found.networks:
                gcp.compute.Firewall(f"f-{network}", network=network, source_ranges=["0.0.0.0/0"],
                    allows=[{"protocol": "tcp", "ports": ["22"]}])

        gcp.compute.get_networks_output().apply(make)
        """,
    )
    apex.preview(program).expect(1, "gcp:compute/firewall:Firewall f-assumed")


def test_a_callback_that_cannot_work_with_an_assumed_answer_has_not_run(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp
        found = gcp.compute.get_images_output(filter="f")
        pulumi.export("third", found.apply(lambda it: it.images[2].name))
        zones = gcp.compute.get_zones_output(region="europe-west1")
        pulumi.export("last", zones.names[-1])
        """,
    )
    result = run(program)
    assert result.failure is None, result.failure
    assert result.stack.outputs is not None
    assert result.stack.outputs.value == {"third": UNKNOWN, "last": "europe-west1-d"}


def test_a_function_of_another_package_is_assumed_by_its_own_types(tmp_path: Path) -> None:
    package = """
        import pulumi

        @pulumi.output_type
        class Subnet:
            def __init__(self, cidr_block=None):
                pulumi.set(self, "cidr_block", cidr_block)

            @property
            @pulumi.getter(name="cidrBlock")
            def cidr_block(self) -> str:
                return pulumi.get(self, "cidr_block")

        @pulumi.output_type
        class Found:
            def __init__(self, id=None, count=None, is_on=None, subnets=None, tags=None):
                for name, value in locals().copy().items():
                    if name != "self":
                        pulumi.set(self, name, value)

            id: str = pulumi.property("id")
            count: int = pulumi.property("count")
            is_on: bool = pulumi.property("isOn")
            subnets: list[Subnet] = pulumi.property("subnets")
            tags: dict[str, str] = pulumi.property("tags")
    """
    program = judged(
        tmp_path,
        """
        import ipaddress
        import pulumi
        from other import Found
        found = pulumi.runtime.invoke("other:index:getIt", {"id": "a"}, typ=Found).value
        network = ipaddress.ip_network(found.subnets[1].cidr_block)
        pulumi.export("found", {
            "id": found.id, "count": found.count, "net": str(network), "tags": found.tags,
            "host": f"{network[4]}:80", "port": f"h:{found.count}"})
        untyped = pulumi.runtime.invoke_output("other:index:getAny", {})
        pulumi.export("untyped", untyped)
        """,
        files={"other.py": package},
    )
    result = run(program)
    assert result.failure is None, result.failure
    outputs = result.stack.outputs
    assert outputs is not None
    assert outputs.value["found"] == {
        **dict.fromkeys(("count", "net", "tags", "host", "port"), UNKNOWN),
        "id": "a",
    }
    assert outputs.known_parts("found.host") == (None, ":80")
    assert outputs.value["untyped"] is UNKNOWN


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ('gcp.compute.get_zones(region="us-east1").names[0]', "us-east1-b"),
        ("gcp.compute.get_zones().names[3]", "us-central1-f"),
        ('"europe-north1" in gcp.compute.get_regions().names', "True"),
        (
            'gcp.compute.get_netblock_ip_ranges(range_type="iap-forwarders").cidr_blocks',
            "['35.235.240.0/20']",
        ),
        (
            "gcp.compute.get_default_service_account().email",
            "000000000000-compute@developer.gserviceaccount.com",
        ),
        ("gcp.appengine.get_default_service_account().email", "my-project@appspot.gserv"),
        (
            'gcp.serviceaccount.get_account(account_id="robot").member',
            "serviceAccount:robot@my-project.iam.gserviceaccount.com",
        ),
        ('gcp.compute.get_network(name="vpc").id', "projects/my-project/global/networks/vpc"),
        (
            'gcp.compute.get_subnetwork(name="s", region="europe-west4").self_link',
            "compute/v1/projects/my-project/regions/europe-west4/subnetworks/s",
        ),
    ],
)
def test_what_follows_from_arguments_is_answered(
    apex: Apex, tmp_path: Path, call: str, shown: str
) -> None:
    program = judged(tmp_path, f"import pulumi_gcp as gcp\nprint({call})\n")
    outcome = apex.preview(program).expect(0, shown)
    assert "assumed" not in outcome.out


def test_what_a_function_refuses_is_the_programs_error(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        pulumi.runtime.invoke("std:index:base64decode", {"input": "%"})
        """,
    )
    apex.preview(program).expect(3, "std:index:base64decode failed: refuses its arguments")
