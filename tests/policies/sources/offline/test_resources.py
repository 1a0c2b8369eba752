"""What a program registers, as rules see it: names, parents, providers, places and values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from apex_guardrails.model import UNKNOWN, Resource, Secret
from apex_guardrails.sources.offline.functions import RecordedAnswer
from apex_guardrails.sources.offline.preview import OfflinePreview, ProgramRun
from apex_guardrails.sources.offline.process import environment
from apex_guardrails.sources.offline.project import load_project
from apex_guardrails.sources.offline.stack_config import load_config
from tests.policies.judged import GCP, Apex, judged


def run(
    program: Path,
    *answers: RecordedAnswer,
    variables: Mapping[str, str] | None = None,
    samples: Mapping[str, object] | None = None,
) -> ProgramRun:
    """What a program registers."""
    project = load_project(program)
    preview = OfflinePreview(
        project,
        "dev",
        load_config(project, "dev"),
        answers=answers,
        samples=samples or {},
        variables=environment(os.environ) if variables is None else variables,
    )
    preview.start()
    return preview.finish(60)


def by_name(result: ProgramRun) -> dict[str, Resource]:
    """The resources by their names."""
    assert result.failure is None, result.failure
    return {resource.name: resource for resource in result.stack}


def place(resource: Resource, below: Path) -> str:
    """A resource's file and line, the file below a folder."""
    assert resource.position is not None
    return f"{Path(resource.position.file).relative_to(below)}:{resource.position.line}"


def test_names_parents_and_providers_are_the_engines(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp
        from pulumi import ResourceOptions

        class Outer(pulumi.ComponentResource):
            def __init__(self, name, opts=None):
                super().__init__("test:index:Outer", name, None, opts)
                Inner("inner", ResourceOptions(parent=self))
                gcp.compute.Network("outer-vpc", opts=ResourceOptions(parent=self))
                self.register_outputs({"ignored": 1})

        class Inner(pulumi.ComponentResource):
            def __init__(self, name, opts=None):
                super().__init__("test:index:Inner", name, None, opts)
                gcp.compute.Network("inner-vpc", opts=ResourceOptions(parent=self))

        eu = gcp.Provider("eu", project="other", region="europe-west1",
                          default_labels={"owner": "platform"})
        late = gcp.Provider("late", project=gcp.organizations.Project("p", project_id="p-1").id)
        Outer("outer", ResourceOptions(providers=[eu]))
        gcp.compute.Network("vpc", opts=ResourceOptions(
            aliases=[pulumi.Alias(name="old")], import_="already-there", retain_on_delete=True,
            delete_before_replace=True, ignore_changes=["description"], protect=True,
            custom_timeouts=pulumi.CustomTimeouts(create="5m"), version="9.0.0"))
        gcp.compute.Network("late-vpc", opts=ResourceOptions(provider=late))
        gcp.compute.Network("child", opts=ResourceOptions(parent=late, provider=eu))
        """,
        stack=GCP + "  gcp:defaultLabels: {app: apex}\n  gcp:scopes: [a]\n",
    )
    found = by_name(run(program))
    urn = "urn:pulumi:dev::judged::"
    network = "gcp:compute/network:Network"
    assert found["judged-dev"].urn == f"{urn}pulumi:pulumi:Stack::judged-dev"
    assert found["outer"].urn == f"{urn}test:index:Outer::outer"
    assert found["inner"].urn == f"{urn}test:index:Outer$test:index:Inner::inner"
    assert found["outer-vpc"].urn == f"{urn}test:index:Outer${network}::outer-vpc"
    assert found["inner-vpc"].urn == f"{urn}test:index:Outer$test:index:Inner${network}::inner-vpc"
    assert found["child"].urn == f"{urn}pulumi:providers:gcp${network}::child"
    assert found["vpc"].urn == f"{urn}{network}::vpc"
    assert "old" not in found
    assert found["inner-vpc"].parent == found["inner"].urn
    assert not found["outer"].custom
    # The engine's default provider: the config of its namespace.
    default = {
        "project": "my-project",
        "region": "us-central1",
        "defaultLabels": '{"app":"apex"}',
        "scopes": '["a"]',
    }
    assert found["vpc"].provider == {**default, "version": "9.0.0"}
    assert found["default_10_2_0"].value == {**default, "version": "10.2.0"}
    for name in ("outer-vpc", "inner-vpc", "child"):
        assert found[name].provider["project"] == "other"
        assert found[name].provider_input("defaultLabels") == {"owner": "platform"}
    assert found["late-vpc"].provider["project"] is UNKNOWN


def test_values_arrive_as_the_program_means_them(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        vpc = gcp.compute.Network("vpc", auto_create_subnetworks=False)
        subnet = gcp.compute.Subnetwork(
            "subnet",
            network=vpc.id,
            ip_cidr_range="10.0.0.0/20",
            description=pulumi.Output.concat("in ", vpc.name),
            opts=pulumi.ResourceOptions(depends_on=[vpc]),
        )
        instance = gcp.sql.DatabaseInstance(
            "db",
            database_version="POSTGRES_17",
            root_password="x" * 3,
            settings={"tier": "db-f1-micro", "user_labels": {"a": pulumi.Output.secret("b")},
                      "disk_size": 10.0, "pricing_plan": None},
        )
        gcp.storage.BucketObject("page", bucket="b", source=pulumi.StringAsset("hello"))
        gcp.storage.BucketObject("file", bucket="b", source=pulumi.FileAsset("Pulumi.yaml"))
        existing = gcp.compute.Network.get("existing", "projects/p/global/networks/n")
        gcp.compute.Subnetwork("below", network=existing.self_link, ip_cidr_range="10.1.0.0/20")
        other = pulumi.StackReference("organization/other/dev")
        gcp.compute.Subnetwork(
            "elsewhere", network=other.get_output("network"), ip_cidr_range="10.2.0.0/20")
        pulumi.export("id", instance.id)
        pulumi.export("plain", {"names": ["a", 1, True, None]})
        pulumi.export("marked", pulumi.Output.secret("s"))
        """,
    )
    result = run(program)
    found = by_name(result)
    assert "existing" not in found
    assert result.stack.read == {"gcp:compute/network:Network": 1}
    assert not any("StackReference" in resource.type.token for resource in result.stack)
    subnet = found["subnet"]
    assert subnet.value["network"] is UNKNOWN
    # The engine makes the network's name, so that it is known in a preview.
    assert subnet.get("description").startswith("in vpc-")
    assert subnet.refers_to("network", "gcp:compute/network:Network")
    assert not subnet.refers_to("ipCidrRange", "gcp:compute/network:Network")
    assert found["vpc"].urn in subnet.dependencies
    assert found["below"].value["network"] is UNKNOWN
    assert found["elsewhere"].value["network"] is UNKNOWN
    db = found["db"]
    assert db.value["rootPassword"] == Secret("xxx")
    assert db.is_secret("settings.userLabels.a")
    assert db.get("settings.userLabels.a") == "b"
    assert db.get("settings.diskSize") == 10
    assert db.get("settings.pricingPlan") == "PER_USE"
    assert found["page"].get("source").text == "hello"
    assert found["file"].get("source").path.endswith("Pulumi.yaml")
    assert result.stack.outputs is not None
    assert result.stack.outputs.value == {
        "id": UNKNOWN,
        "plain": {"names": ["a", 1, True, None]},
        "marked": Secret("s"),
    }


def test_the_place_of_a_resource_is_in_the_program(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import sys
        sys.path.insert(0, "environment/lib/site-packages")
        import pulumi, pulumi_gcp as gcp
        import helper, library

        gcp.compute.Network(
            "direct",
        )
        helper.network("helped")
        library.network("by-library")
        library.Group("group")
        networks = [gcp.compute.Network(f"listed-{n}") for n in range(2)]
        pulumi.Output.from_input("x").apply(lambda x: gcp.compute.Network("applied"))
        """,
        files={
            "helper.py": """
                import pulumi_gcp as gcp

                def network(name):
                    return gcp.compute.Network(name)
            """,
            "environment/lib/site-packages/library.py": """
                import pulumi, pulumi_gcp as gcp

                def network(name, **options):
                    return gcp.compute.Network(name, opts=pulumi.ResourceOptions(**options))

                class Group(pulumi.ComponentResource):
                    def __init__(self, name):
                        super().__init__("library:index:Group", name)
                        network("in-group", parent=self)
            """,
        },
    )
    found = by_name(run(program))
    places = {
        name: place(item, program)
        for name, item in found.items()
        if item.position and (item.parent)
    }
    assert places == {
        "direct": "__main__.py:7",
        "helped": "helper.py:5",
        "by-library": "__main__.py:11",
        "group": "__main__.py:12",
        "in-group": "__main__.py:12",
        "listed-0": "__main__.py:13",
        "listed-1": "__main__.py:13",
        "applied": "__main__.py:14",
    }


def test_two_resources_with_one_name_are_refused_with_both_places(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi_gcp as gcp
        gcp.compute.Network("vpc")

        gcp.compute.Network("vpc")
        """,
    )
    outcome = apex.preview(program).expect(
        3,
        "urn:pulumi:dev::judged::gcp:compute/network:Network::vpc",
        f"{program}/__main__.py:5: the name of gcp:compute/network:Network (vpc) is taken",
        f"by the resource at {program}/__main__.py:3",
        "its own name",
    )
    assert outcome.out.count("the program failed\n") == 1
    assert "grpc" not in outcome.out


def test_hooks_are_accepted_and_not_run(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        def never(args):
            raise ValueError("ran")

        hook = pulumi.ResourceHook("hook", never)
        gcp.compute.Network("vpc", opts=pulumi.ResourceOptions(
            hooks=pulumi.ResourceHookBinding(before_create=[hook], after_create=[hook])))
        """,
    )
    apex.preview(program).expect(0, "(1 resource evaluated,")


def test_a_function_in_output_form_is_not_known(tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp
        pulumi.export("networks", gcp.compute.get_networks_output().networks)
        pulumi.export("project", gcp.organizations.get_project_output().project_id)
        pulumi.export("other", gcp.organizations.get_project(project_id="other").id)
        number = gcp.organizations.get_project_output().number
        pulumi.export("agent", pulumi.Output.concat("service-", number, "@agents.example"))
        client = gcp.organizations.get_client_config()
        pulumi.export("client", [client.project, client.region])
        secret = gcp.secretmanager.get_secret_version_output(secret="s")
        pulumi.export("secret", secret.secret_data)
        """,
    )
    result = run(program)
    assert result.failure is None, result.failure
    assert result.stack.outputs is not None
    assert result.stack.outputs.value == {
        "networks": UNKNOWN,
        "project": "my-project",
        "other": "projects/other",
        "agent": "service-000000000000@agents.example",
        "client": ["my-project", "us-central1"],
        "secret": UNKNOWN,
    }


def test_an_undecided_finding_says_what_it_waits_for(apex: Apex, tmp_path: Path) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi
        import pulumi_gcp as gcp

        made = gcp.compute.Address("nat", region="us-central1")
        found = gcp.compute.get_address_output(name="vpn", region="us-central1")
        other = pulumi.StackReference("acme/net/prod")

        def grant(name, role):
            gcp.projects.IAMMember(name, project="p", member="group:a@example.com", role=role)

        grant("resource", made.address)
        grant("function", found.address)
        grant("stack", other.get_output("role"))
        ours = gcp.compute.get_router_status_output(name=made.name)
        grant("argument", pulumi.Output.format("roles/{}", ours.apply(lambda found: found.id)))
        later = gcp.compute.get_subnetwork_output(name=made.address)
        grant("not-asked", later.region)
        """,
    )
    apex.preview(program).expect(
        1,
        "waits for an output of gcp:compute/address:Address nat (role)",
        "waits for the answer of the function gcp:compute/getAddress:getAddress (role)",
        "or config, record the function's answer in policy-pack.yaml (offline.functions); or set",
        "waits for the outputs of the stack acme/net/prod (role)",
        "waits for the answer of the function gcp:compute/getRouterStatus:getRouterStatus (role)",
        "waits for the answer of the function gcp:compute/getSubnetwork:getSubnetwork (role)",
    )
