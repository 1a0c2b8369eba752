"""Values of every kind, sent by the program's own SDK and answered as the engine does."""

from __future__ import annotations

from pathlib import Path

from google.protobuf import struct_pb2
from pulumi.runtime.proto import resource_pb2

from apex_guardrails.model import UNKNOWN
from apex_guardrails.model.value import Asset, AssetArchive, ResourceReference
from apex_guardrails.sources.offline.answers import Answers, understood
from apex_guardrails.wire import WireMapping, plain, write_struct
from tests.policies.judged import Apex, judged
from tests.policies.sources.offline.test_resources import by_name, run

BUCKET = "gcp:storage/bucket:Bucket"


def test_archives_are_files_whatever_is_in_them(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        made = pulumi.AssetArchive({
            "main.py": pulumi.StringAsset("print(1)"),
            "lib": pulumi.FileArchive("."),
            "data": pulumi.AssetArchive({"a": pulumi.RemoteAsset("https://example.com/a")}),
        })
        code = gcp.storage.BucketObject("code", bucket="b", source=made)
        gcp.storage.BucketObject("zip", bucket="b", source=pulumi.FileArchive("code.zip"))
        # What comes back is what was given, and can be given on.
        gcp.storage.BucketObject("again", bucket="b", source=code.source)
        """,
    )
    found = by_name(run(program))
    archive = AssetArchive(
        assets={
            "main.py": Asset(text="print(1)"),
            "lib": Asset(path=".", is_archive=True),
            "data": AssetArchive(assets={"a": Asset(uri="https://example.com/a")}),
        }
    )
    assert plain(found["code"].value)["source"] == archive
    assert plain(found["again"].value)["source"] == archive
    assert found["zip"].value["source"] == Asset(path="code.zip", is_archive=True)


def test_a_resource_may_stand_where_its_id_is_meant(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        class Group(pulumi.ComponentResource):
            def __init__(self, name, props):
                super().__init__("test:index:Group", name, props)
                self.register_outputs({"vpc": props["vpc"]})

        bucket = gcp.storage.Bucket("files", location="US")
        vpc = gcp.compute.Network("vpc", auto_create_subnetworks=False)
        known = gcp.storage.Bucket.get("there", "already-there")
        hello = gcp.storage.BucketObject("hello", bucket=bucket, content="hello")
        gcp.storage.BucketObject("known", bucket=known, content="hello")
        gcp.compute.Firewall("deep", network="n", allows=[{"protocol": bucket}])
        group = Group("group", {"vpc": vpc, "all": [{"vpc": vpc, "bucket": known}]})
        gcp.storage.BucketObject("of", bucket="b", content="c", metadata={"group": group})
        # Before it exists its id is not known, and what is made from it does not run.
        hello.bucket.apply(lambda name: name.upper())
        pulumi.export("vpc", vpc)
        pulumi.export("group", group)
        """,
    )
    result = run(program)
    found = by_name(result)
    bucket, hello = found["files"], found["hello"]
    assert hello.value["bucket"] is UNKNOWN
    assert hello.refers_to("bucket", BUCKET)
    assert bucket.urn in hello.dependencies
    assert found["known"].value["bucket"] == "already-there"
    assert found["deep"].refers_to("allows", BUCKET)
    assert found["of"].get("metadata.group") == found["group"].urn
    vpc = ResourceReference(found["vpc"].urn, UNKNOWN)
    assert found["group"].value["vpc"] == vpc
    assert found["group"].value["all"][0]["bucket"].id == "already-there"
    assert result.stack.outputs is not None


def test_a_transform_gets_the_resource_that_was_given(tmp_path: Path, apex: Apex) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        def seen(args):
            bucket = args.props["bucket"]
            print(type(bucket).__name__, "is given")
            if isinstance(bucket, gcp.storage.Bucket):
                bucket.location.apply(lambda location: print("which is in", location))

        bucket = gcp.storage.Bucket("files", location="US", uniform_bucket_level_access=True)
        gcp.storage.BucketObject("hello", bucket=bucket, content="hello",
                                 opts=pulumi.ResourceOptions(transforms=[seen]))
        """,
    )
    found = by_name(run(program))
    assert found["hello"].value["bucket"] is UNKNOWN
    assert found["hello"].refers_to("bucket", BUCKET)
    apex.preview(program).expect(0)


def test_what_google_computes_inside_an_input_is_not_known(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        vm = gcp.compute.Instance(
            "vm",
            machine_type="e2-small",
            boot_disk={"initialize_params": {"image": "debian-cloud/debian-12"}},
            network_interfaces=[{"subnetwork": "app", "access_configs": [{}]}],
        )
        address = vm.network_interfaces[0].access_configs[0].nat_ip
        pulumi.export("octets", address.apply(lambda ip: ip.split(".")))
        pulumi.export("inside", vm.network_interfaces[0].network_ip)
        pulumi.export("given", vm.network_interfaces[0].subnetwork)
        pulumi.export("image", vm.boot_disk.initialize_params.image)
        """,
    )
    result = run(program)
    assert result.failure is None, result.failure
    assert result.stack.outputs is not None
    assert result.stack.outputs.value == {
        "octets": UNKNOWN,
        "inside": UNKNOWN,
        "given": "app",
        "image": "debian-cloud/debian-12",
    }
    # Rules look at inputs, and what is not given is not given.
    [vm] = result.stack.of_type("gcp:compute/instance:Instance")
    assert vm.get("networkInterfaces[0].accessConfigs[0].natIp") is None


def test_numbers_are_those_of_the_protocol(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        gcp.compute.Network("large", mtu=2**60)
        gcp.compute.Network("none", mtu=float("nan"))
        pulumi.export("large", 2**60)
        """,
    )
    result = run(program)
    found = by_name(result)
    assert found["large"].get("mtu") == 2**60
    assert found["none"].value["mtu"] is UNKNOWN
    assert result.stack.outputs is not None
    assert result.stack.outputs.value["large"] == 2**60


def test_an_sdk_that_cannot_read_what_is_partly_known_is_not_told() -> None:
    known = {"name": "n", "labels": {"a": "b"}, "list": [1, None]}
    partly = {"settings": {"a": UNKNOWN, "b": 1}, "all": [{"a": [UNKNOWN]}], "id": UNKNOWN}
    outputs = write_struct({**known, **partly})
    newer = resource_pb2.RegisterResourceRequest(supportsPartialValues=True)

    assert understood(outputs, newer) is outputs
    told = understood(outputs, resource_pb2.RegisterResourceRequest())
    assert plain(WireMapping(told)) == known


def test_a_resource_is_known_again_by_its_urn_and_nothing_else() -> None:
    answers = Answers()
    answers.keep("urn:a", write_struct({"name": "n"}), "an-id")

    answer = answers.again(write_struct({"urn": "urn:a"}))
    assert answer is not None
    assert plain(WireMapping(answer)) == {"urn": "urn:a", "id": "an-id", "state": {"name": "n"}}
    for asked in ({"urn": "urn:b"}, {"urn": 3}, {}):
        assert answers.again(write_struct(asked)) is None
    assert answers.again(struct_pb2.Struct()) is None


def test_a_reference_to_nothing_is_an_error(tmp_path: Path, apex: Apex) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi

        pulumi.runtime.invoke("pulumi:pulumi:getResource", {"urn": "urn:pulumi:dev::j::a:b:C::n"})
        """,
    )
    apex.preview(program).expect(3, "a value refers to a resource that is not registered")
