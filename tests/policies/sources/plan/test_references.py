"""What an input is made from, through variables, modules, keys and local values."""

from __future__ import annotations

from pathlib import Path

import pytest

from apex_guardrails.model.view import DependenciesUnknownError
from tests.policies.sources.plan.plans import Item, at, plan, ref, state, targets, told

NETWORK = "google_compute_network"
VPC = f"{NETWORK}.vpc"
SUBNET = "google_compute_subnetwork.s"
UNKNOWN_NETWORK = {"id": True, "network": True}


def subnet(*references: str, address: str = SUBNET) -> Item:
    return Item(
        address, {"name": "s"}, unknown=UNKNOWN_NETWORK, expressions={"network": ref(*references)}
    )


def test_a_resource(tmp_path: Path) -> None:
    read = told(tmp_path, plan(Item(VPC, {"name": "vpc"}), subnet(f"{VPC}.id", VPC)))
    made = at(read, SUBNET)
    assert targets(made, "network") == {VPC}
    assert made.refers_to("network", "gcp:compute/network:Network")
    assert made.dependencies == {at(read, VPC).urn}


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        ([f"{VPC}[0].id", f"{VPC}[0]", VPC], {f"{VPC}[0]"}),
        ([f'{VPC}["b"].id', f'{VPC}["b"]', VPC], {f'{VPC}["b"]'}),
        ([f"{VPC}"], {f"{VPC}[0]", f"{VPC}[1]", f'{VPC}["b"]'}),
        (["var.network"], set()),
        (["path.module", "terraform.workspace", "data.google_project.p.number"], set()),
        (["nothing", "", "var", "module", "module.none.id", "each.value"], set()),
    ],
)
def test_which_one(tmp_path: Path, references: list[str], expected: set[str]) -> None:
    made = [Item(f"{VPC}{key}", {"name": "n"}) for key in ("[0]", "[1]", '["b"]')]
    read = told(tmp_path, plan(*made, subnet(*references)))
    assert targets(at(read, SUBNET), "network") == expected


def test_the_same_key(tmp_path: Path) -> None:
    made = [Item(f"{VPC}[{key}]", {"name": "n"}) for key in ('"a"', '"b"')]
    mine = [subnet(f"{VPC}", "each.key", address=f"{SUBNET}[{key}]") for key in ('"a"', '"b"')]
    read = told(tmp_path, plan(*made, *mine))
    assert targets(at(read, f'{SUBNET}["a"]'), "network") == {f'{VPC}["a"]'}


def test_what_for_each_goes_through(tmp_path: Path) -> None:
    one = Item(
        f'{SUBNET}["x"]',
        {"name": "s"},
        unknown=UNKNOWN_NETWORK,
        expressions={"network": ref("each.value")},
        block={"for_each_expression": ref(f"{VPC}.id", VPC)},
    )
    read = told(tmp_path, plan(Item(VPC, {"name": "vpc"}), one))
    assert targets(at(read, f'{SUBNET}["x"]'), "network") == {VPC}


def test_through_modules(tmp_path: Path) -> None:
    inner = f"module.net[0].{VPC}"
    mine = f"module.app.{SUBNET}"
    net, app = Item(inner, {"name": "vpc"}), subnet("var.network_id", address=mine)
    calls = {
        "net": {
            "source": "./net",
            "module": {
                "resources": [net.block],
                "outputs": {
                    "id": {"expression": ref(f"{VPC}.id", VPC)},
                    "other": {"expression": {"constant_value": 1}},
                },
            },
        },
        "app": {
            "source": "./app",
            "expressions": {"network_id": ref("module.net[0].id", "module.net[0]", "module.net")},
            "module": {"resources": [app.block], "variables": {"network_id": {}}},
            "depends_on": ["google_project_service.compute"],
        },
    }
    api = Item("google_project_service.compute", {"service": "compute.googleapis.com"})
    read = told(tmp_path, plan(api, net, app, calls=calls))
    made = at(read, mine)
    assert targets(made, "network") == {inner}
    assert made.dependencies == {
        at(read, inner).urn,
        at(read, "google_project_service.compute").urn,
    }
    # Modules are the components of what they hold.
    assert made.parent == at(read, "module.app").urn
    assert not at(read, "module.net[0]").custom


def test_local_values(tmp_path: Path) -> None:
    vpc = Item(VPC, {"name": "the-vpc"})
    read = told(tmp_path, plan(vpc, subnet("local.network")))
    with pytest.raises(DependenciesUnknownError):
        at(read, SUBNET).refers_to("network", "gcp:compute/network:Network")
    [note] = read.notes
    assert note.startswith("made of local values, whose parts a plan does not show: 1 input")
    # A text that a resource has is its own.
    known = Item(SUBNET, {"network": "the-vpc"}, expressions={"network": ref("local.network")})
    read = told(tmp_path, plan(vpc, known))
    assert targets(at(read, SUBNET), "network") == {VPC}
    assert read.notes == []


def test_data_sources(tmp_path: Path) -> None:
    data = "data.google_compute_network.shared"
    version = "data.google_secret_manager_secret_version.db"
    user = Item(
        "google_sql_user.app",
        {"password": "from the manager"},
        expressions={"password": ref(f"{version}.secret_data", version)},
    )
    read = told(
        tmp_path,
        plan(
            Item(data, {"name": "shared"}, actions=["read"]),
            Item(version, {"secret_data": "from the manager"}, actions=["no-op"]),
            subnet(f"{data}.id", data),
            user,
        ),
    )
    made = at(read, SUBNET)
    assert made.functions == {("network",): (data,)}
    assert at(read, data).is_read
    # It is what another one computed, and not written here.
    assert at(read, "google_sql_user.app").is_made_from_outputs("password")


def test_a_state_notes_what_a_resource_as_a_whole_depends_on(tmp_path: Path) -> None:
    link = "https://www.googleapis.com/compute/v1/projects/p/global/networks/vpc"
    network = Item(VPC, {"name": "vpc", "self_link": link})
    other = Item(f"{NETWORK}.other", {"name": "the-other", "self_link": f"{link}2"})
    mine = Item(SUBNET, {"network": link, "name": "the-other"})
    mine.values["depends_on"] = [VPC]
    read = told(tmp_path, state(network, other, mine))
    assert targets(at(read, SUBNET), "network") == {VPC}
    assert targets(at(read, SUBNET), "name") == set()
