"""What the provider would refuse, found offline: with file and line, and the nearest valid name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policies.judged import Apex, judged

IMPORTS = "import pulumi\nimport pulumi_gcp as gcp\n"
RAW = """class Raw(pulumi.CustomResource):
    def __init__(self, name, token, **inputs):
        super().__init__(token, name, inputs)
"""
"""A resource past the SDK's own types, which would refuse some of it first."""


@pytest.mark.parametrize(
    ("program", "texts"),
    [
        (
            RAW + "Raw('f', 'gcp:compute/firewall:Firewall')\n",
            ["__main__.py:6: gcp:compute/firewall:Firewall needs the input network"],
        ),
        (
            RAW + "Raw('n', 'gcp:compute/network:Network', autoCreateSubnetwork=False)\n",
            [
                "__main__.py:6: gcp:compute/network:Network has no input autoCreateSubnetwork",
                'did you mean "autoCreateSubnetworks"?',
            ],
        ),
        (
            RAW + "Raw('n', 'gcp:compute/network:Network', selfLink='x')\n",
            ["__main__.py:6: selfLink is an output of gcp:compute/network:Network"],
        ),
        (
            "gcp.sql.DatabaseInstance('d', database_version='POSTGRES_17', settings={})\n",
            ["__main__.py:3: settings needs tier"],
        ),
        (
            "gcp.compute.Network(\n  'n',\n  mtu=True)\n",
            ["__main__.py:3: mtu must be a number, not a boolean"],
        ),
        (
            "gcp.compute.Network('n', mtu='large')\n",
            ["__main__.py:3: mtu must be a number, not a string"],
        ),
        (
            "gcp.sql.DatabaseInstance('d', database_version='POSTGRES_17', settings='small')\n",
            ["__main__.py:3: settings must be an object, not a string"],
        ),
        (
            "gcp.compute.Firewall('f', network='n', source_ranges='10.0.0.0/8')\n",
            ["__main__.py:3: sourceRanges must be a list, not a string"],
        ),
        (
            "gcp.compute.Firewall('f', network='n', allows=['tcp'])\n",
            ["__main__.py:3: allows[0] must be an object, not a string"],
        ),
    ],
)
def test_what_the_provider_would_refuse_is_the_programs_error(
    apex: Apex, tmp_path: Path, program: str, texts: list[str]
) -> None:
    outcome = apex.preview(judged(tmp_path, IMPORTS + program)).expect(
        3, "the program failed", "not judged completely", *texts
    )
    assert "Traceback" not in outcome.said


def test_all_that_the_provider_would_refuse_is_shown_at_once(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        IMPORTS
        + "gcp.compute.Network('m', mtu='small')\n"
        + "gcp.compute.Network('n', mtu='large')\n",
    )
    apex.preview(program).expect(3, "__main__.py:3: ", "__main__.py:4: ", "(2 resources,")


def test_inputs_that_exclude_each_other_are_named(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        IMPORTS
        + "gcp.compute.Instance('i', machine_type='m', zone='z', boot_disk={}, "
        + "network_interfaces=[{}], tags=['a'])\n"
        + "gcp.sql.User('u', instance='i', password='x', password_wo='y')\n",
    )
    apex.preview(program).expect(3, "__main__.py:4: password and passwordWo exclude each other")


def test_what_the_sdk_refuses_itself_has_its_words(apex: Apex, tmp_path: Path) -> None:
    program = judged(tmp_path, IMPORTS + "gcp.compute.Network('n', mtu=[1500])\n")
    outcome = apex.preview(program).expect(3, "While processing input: 'mtu'")
    assert "Traceback" not in outcome.said
    program = judged(tmp_path, IMPORTS + "gcp.compute.Firewall('f')\n")
    apex.preview(program).expect(3, "Missing required property 'network'", "line 3")


def test_a_misspelt_member_is_said_with_the_nearest_name(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi_gcp as gcp
        gcp.sql.DatabaseInstance(
            "db",
            database_version="POSTGRES_17",
            settings={
                "tier": "db-f1-micro",
                "ip_configuration": {
                    "ipv4_enabled": False,
                    "private_network": "n",
                    "ssl_mod": "ENCRYPTED_ONLY",
                },
            },
        )
        """,
    )
    apex.preview(program).expect(
        3,
        "__main__.py:3: ",
        "settings.ipConfiguration.ssl_mod",
        'did you mean "sslMode"?',
        # And what it leaves out is judged all the same.
        "accepts unencrypted connections",
    )


def test_values_that_are_not_known_are_not_refused(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp
        existing = gcp.compute.Network.get("existing", "n")
        gcp.compute.Network("n", mtu=existing.mtu, description=pulumi.Output.secret("d"))
        gcp.compute.Firewall("f", network=existing.id, allows=existing.id.apply(lambda _: []),
                             source_ranges=["10.0.0.0/8"])
        gcp.compute.Network("text", mtu="1500", auto_create_subnetworks="false")
        """,
    )
    apex.preview(program).expect(0, "(3 resources,")
