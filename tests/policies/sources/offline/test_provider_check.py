"""What the provider would refuse, found offline: with file and line, and the nearest valid name."""

from __future__ import annotations

from pathlib import Path

from tests.policies.judged import RAW, Apex, judged

IMPORTS = "import pulumi\nimport pulumi_gcp as gcp\n"


REFUSED = [
    # The resource, its inputs, and what the provider says of them.
    ("compute/firewall:Firewall", {}, "gcp:compute/firewall:Firewall needs the input network"),
    (
        "compute/network:Network",
        {"autoCreateSubnetwork": False},
        'has no input autoCreateSubnetwork, did you mean "autoCreateSubnetworks"?',
    ),
    ("compute/network:Network", {"selfLink": "x"}, "selfLink is an output of gcp:"),
    ("compute/network:Network", {"mtu": True}, "mtu must be a number, not a boolean"),
    ("compute/network:Network", {"mtu": "large"}, "mtu must be a number, not a string"),
    ("compute/network:Network", {"mtu": [1500]}, "mtu must be a number, not a list"),
    (
        "sql/databaseInstance:DatabaseInstance",
        {"databaseVersion": "POSTGRES_17", "settings": {}},
        "settings needs tier",
    ),
    (
        "sql/databaseInstance:DatabaseInstance",
        {"databaseVersion": "POSTGRES_17", "settings": "small"},
        "settings must be an object, not a string",
    ),
    (
        "compute/firewall:Firewall",
        {"network": "n", "sourceRanges": "10.0.0.0/8"},
        "sourceRanges must be a list, not a string",
    ),
    (
        "compute/firewall:Firewall",
        {"network": "n", "allows": ["tcp"]},
        "allows[0] must be an object, not a string",
    ),
    (
        "sql/user:User",
        {"instance": "i", "password": "x", "passwordWo": "y"},
        "password and passwordWo cannot both be set",
    ),
]


def test_all_that_the_provider_would_refuse_is_said_at_once(apex: Apex, tmp_path: Path) -> None:
    lines = [
        f"    Raw('n{number}', 'gcp:{token}', {inputs!r})\n"
        for number, (token, inputs, _) in enumerate(REFUSED)
    ]
    program = judged(tmp_path, RAW + "".join(lines))
    first = RAW.count("\n") + 1
    outcome = apex.preview(program).expect(
        3, f"not evaluated completely: the program failed ({len(REFUSED)} resources"
    )
    _, _, failures = outcome.out.partition("the program failed\n")
    for number, (_, _, message) in enumerate(REFUSED):
        place = f"  {program}/__main__.py:{first + number}: "
        said = [line for line in failures.splitlines() if line.startswith(place)]
        assert [message in line for line in said] == [True], (place, message, failures)
    assert failures.count("the program failed\n") == 0
    assert "Traceback" not in outcome.said


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
    apex.preview(program).expect(0, "(3 resources evaluated;")
