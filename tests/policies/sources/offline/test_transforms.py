"""Transforms: functions of the program that change its resources on their way to the engine."""

from __future__ import annotations

import re
from pathlib import Path

from tests.policies.judged import RAW, Apex, Outcome, judged

FIREWALL = (
    RAW
    + """
    def close(args):
        if args.type_ == "gcp:compute/firewall:Firewall":
            args.props["sourceRanges"] = ["10.0.0.0/8"]
            return pulumi.ResourceTransformResult(args.props, args.opts)

    def open_wide(args):
        args.props["sourceRanges"] = ["0.0.0.0/0"]
        return pulumi.ResourceTransformResult(args.props, args.opts)

    def firewall(name, **options):
        inputs = {
            "network": "vpc",
            "allows": [{"protocol": "tcp", "ports": ["8443"]}],
            "sourceRanges": ["0.0.0.0/0"],
        }
        Raw(name, "gcp:compute/firewall:Firewall", inputs, pulumi.ResourceOptions(**options))
"""
)


def opened(outcome: Outcome) -> set[str]:
    """The names of the firewalls that the console says are open."""
    return set(re.findall(r"Firewall (\S+?)(?::|\n ) opens port 8443", outcome.out))


def test_what_is_judged_is_what_the_transforms_leave(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        FIREWALL
        + """
    class Group(pulumi.ComponentResource):
        def __init__(self, name, opts=None):
            super().__init__("test:index:Group", name, None, opts)
            firewall("inherits", parent=self)
            firewall("undoes-it", parent=self, transforms=[open_wide])

    firewall("before")
    Group("group", pulumi.ResourceOptions(transforms=[close]))
    firewall("own", transforms=[close])
    firewall("last-one-wins", transforms=[close, open_wide])
    """,
    )
    outcome = apex.preview(program).expect(1, "(5 resources evaluated,", "2 mandatory findings")
    # The component's transform runs after the resource's own.
    assert opened(outcome) == {"before", "last-one-wins"}


def test_a_transform_of_the_stack_runs_last_on_all_that_comes_after_it(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(
        tmp_path,
        FIREWALL
        + """
    def keep(args):
        pass

    firewall("before")
    firewall("kept", transforms=[keep])
    pulumi.runtime.register_resource_transform(close)
    firewall("after")
    firewall("undoes-it", transforms=[open_wide])
    """,
    )
    assert opened(apex.preview(program).expect(1, "2 mandatory findings")) == {"before", "kept"}


def test_a_transform_sees_unknown_and_secret_values_and_loses_neither(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        def look(args):
            settings = args.props.get("settings")
            if args.name == "db":
                network = settings["ipConfiguration"]["privateNetwork"]
                print("network is an output:", isinstance(network, pulumi.Output))
                password = args.props["rootPassword"]
                print("password is an output:", isinstance(password, pulumi.Output))
                print("waits for", len(args.opts.depends_on), "protected:", args.opts.protect)
                settings["userLabels"] = {"transformed": "yes"}
                return pulumi.ResourceTransformResult(args.props, args.opts)

        pulumi.runtime.register_resource_transform(look)
        vpc = gcp.compute.Network("vpc")
        gcp.servicenetworking.Connection(
            "google",
            network=vpc.id,
            service="servicenetworking.googleapis.com",
            reserved_peering_ranges=["google"],
        )
        gcp.sql.DatabaseInstance(
            "db",
            database_version="POSTGRES_17",
            root_password=pulumi.Config().require_secret("password"),
            settings={
                "tier": "db-f1-micro",
                "backup_configuration": {
                    "enabled": True,
                    "point_in_time_recovery_enabled": True,
                },
                "ip_configuration": {
                    "ipv4_enabled": False,
                    "private_network": vpc.id,
                    "ssl_mode": "ENCRYPTED_ONLY",
                },
            },
            opts=pulumi.ResourceOptions(depends_on=[vpc], protect=True),
        )
        """,
        project="config:\n  password:\n    secret: true\n",
    )
    outcome = apex.preview(program).expect(
        0,
        "network is an output: True",
        "password is an output: True",
        "waits for 1 protected: True",
        "0 undecided",
    )
    assert "not-literal" not in outcome.out
    assert "sql-private-network-set" not in outcome.out


def test_a_transform_may_give_a_resource_another_provider(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        labels = dict.fromkeys(("app", "environment", "managed-by", "owner", "cost-center"), "x")
        labelled = gcp.Provider("labelled", default_labels=labels)

        def move(args):
            if args.type_ == "gcp:storage/bucket:Bucket":
                options = pulumi.ResourceOptions.merge(
                    args.opts, pulumi.ResourceOptions(provider=labelled)
                )
                return pulumi.ResourceTransformResult(args.props, options)

        gcp.storage.Bucket("bare", location="EU")
        gcp.storage.Bucket(
            "moved", location="EU", opts=pulumi.ResourceOptions(transforms=[move])
        )
        """,
        files={
            "policy-pack.yaml": """
                rules:
                  labels-required-keys: {parameters: {keys: [owner]}, level: advisory}
            """
        },
    )
    outcome = apex.preview(program).expect(0)
    lacking = re.findall(r"Bucket (\S+?)(?::|\n ) lacks 1 label", outcome.out)
    assert lacking == ["bare"]


def test_a_transform_that_raises_is_shown_with_its_place(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        def fails(args):
            raise ValueError("no such label")

        gcp.compute.Network("vpc", opts=pulumi.ResourceOptions(transforms=[fails]))
        """,
    )
    outcome = apex.preview(program).expect(
        3,
        "a transform of gcp:compute/network:Network (vpc) failed: no such label",
        f'File "{program}/__main__.py", line 6, in fails',
    )
    assert "grpc" not in outcome.out


def test_transforms_of_function_calls_change_what_is_asked(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        def rename(args):
            if args.args["name"] == "broken":
                raise ValueError("no such network")
            return pulumi.InvokeTransformResult({**args.args, "name": "new"}, args.opts)

        def leave(args):
            return None

        pulumi.runtime.register_invoke_transform(rename)
        pulumi.runtime.register_invoke_transform(leave)
        network = gcp.compute.get_network_output(name="old")
        network.apply(lambda found: print("got", found.gateway_ipv4))
        if pulumi.Config().get_bool("broken"):
            gcp.compute.get_network_output(name="broken")
        """,
        files={
            "policy-pack.yaml": """
                offline:
                  functions:
                    - token: gcp:compute/getNetwork:getNetwork
                      arguments: {name: new}
                      result: {gatewayIpv4: 10.0.0.1}
            """
        },
    )
    apex.preview(program).expect(0, "got 10.0.0.1")
    (program / "Pulumi.dev.yaml").write_text("config:\n  broken: true\n", "utf-8")
    apex.preview(program).expect(
        3, "a transform of the function gcp:compute/getNetwork:getNetwork failed: no such network"
    )


def test_a_transform_may_itself_call_functions(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        def describe(args):
            project = gcp.organizations.get_project().project_id
            args.props["description"] = project
            return pulumi.ResourceTransformResult(args.props, args.opts)

        for number in range(30):
            network = gcp.compute.Network(
                f"vpc-{number}", opts=pulumi.ResourceOptions(transforms=[describe])
            )
        network.description.apply(lambda text: print("in", text))
        """,
    )
    apex.preview(program, "--timeout", "250").expect(0, "in my-project", "(30 resources evaluated,")
