"""A Pulumi program with values of every kind among its inputs, for both sources to judge."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_gcp as gcp


class Recorded(pulumi.ComponentResource):
    """A component that has what it is made from as its inputs, resources among it."""

    def __init__(self, name: str, network: gcp.compute.Network) -> None:
        super().__init__("test:index:Recorded", name, {"network": network, "all": [network]})
        self.register_outputs({"network": network})


def register() -> None:
    """Registers the resources."""
    vpc = gcp.compute.Network("vpc", auto_create_subnetworks=False)
    Recorded("recorded", vpc)
    # As programs do that no type checker sees: the resource where its id is meant.
    whole: Any = vpc
    gcp.compute.Firewall(
        "by-resource",
        network=whole,
        allows=[{"protocol": "tcp", "ports": ["22"]}],
        source_ranges=["0.0.0.0/0"],
    )
    vm = gcp.compute.Instance(
        "vm",
        machine_type="e2-small",
        boot_disk={"initialize_params": {"image": "debian-cloud/debian-12"}},
        network_interfaces=[{"network": whole, "access_configs": [{}]}],
    )
    address = vm.network_interfaces[0].access_configs[0].nat_ip
    gcp.compute.Firewall(
        "by-address",
        network=vpc.id,
        allows=[{"protocol": "tcp", "ports": ["22"]}],
        source_ranges=[address.apply(lambda ip: f"{ip}/0" if ip else "0.0.0.0/0")],
    )
    bucket = gcp.storage.Bucket("files", location="US")
    url = "postgres://app:Sommer-2024-Regen@10.0.0.5/app"
    gcp.storage.BucketObject(
        "code",
        bucket=bucket.id,
        source=pulumi.AssetArchive(
            {
                "main.py": pulumi.StringAsset(f"URL = '{url}'"),
                "more": pulumi.AssetArchive({"lib": pulumi.FileArchive(".")}),
            }
        ),
    )
    gcp.storage.BucketObject("large", bucket=bucket.name, content="c", metadata={"at": f"{2**60}"})
    gcp.compute.Network("large", auto_create_subnetworks=False, mtu=2**60)
