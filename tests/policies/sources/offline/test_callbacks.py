"""Functions that a program gives to `apply`, and that cannot be run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.policies.judged import Apex, judged
from tests.policies.sources.offline.test_resources import run

START = """
import functools
import json

import pulumi
import pulumi_gcp as gcp

vpc = gcp.compute.Network("vpc")
unknown = vpc.self_link

class Helper:
    def __init__(self, prefix):
        self.prefix = prefix

    def make(self, value):
        return gcp.storage.Bucket(f"{self.prefix}-{value}", location="EU")

    def text(self, value):
        return f"{self.prefix}-{value}"

    @property
    def failing(self):
        raise ValueError("ran")

class Maker:
    def __init__(self, value):
        helper.make(value)

    def __call__(self, value):
        Maker(value)

def make(value):
    for _ in range(2):
        helper.make(value)

class Own(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("own:index:Own", name)

helper = Helper("x")
maker = Maker.__new__(Maker)
"""

MAKING = [
    "unknown.apply(make)",
    "unknown.apply(helper.make)",
    "unknown.apply(lambda value: helper.make(value))",
    "unknown.apply(functools.partial(lambda suffix, value: helper.make(value), 's'))",
    "unknown.apply(Maker)",
    "unknown.apply(maker)",
    "unknown.apply(lambda value: Own(value))",
    "pulumi.Output.all(unknown, 1).apply(lambda all: [gcp.storage.Bucket(a) for a in all])",
    "def late(value):\n    from pulumi_gcp import dns\n    dns.Policy('t')\nunknown.apply(late)",
    "def late(value):\n    import pulumi_random\n    pulumi_random.Id('t')\nunknown.apply(late)",
    "def around(kind):\n    unknown.apply(lambda value: kind(value))\naround(gcp.storage.Bucket)",
    "gcp.compute.get_subnetwork_output(name=unknown).apply(make)",
    "gcp.compute.get_images_output(filter='f').apply(lambda it: make(it.images[5]))",
]

HARMLESS = [
    "unknown.apply(helper.text)",
    "unknown.apply(str.upper)",
    "unknown.apply(lambda value: json.dumps({'a': helper.text(value), 'b': helper.failing}))",
    "unknown.apply(lambda value: gcp.compute.Network.get('n', value))",
    "unknown.apply(lambda value: pulumi.export('late', value))",
    "def text(value):\n    import base64\n    return base64.b64encode(value)\nunknown.apply(text)",
    "pulumi.Output.concat('a', unknown)",
    "pulumi.Output.from_input(1).apply(lambda value: Own(f'o{value}'))",
    "unknown.apply(lambda value: [helper, vpc, nothing_of_the_sort])",
    "def itself(value):\n    return itself(value)\nunknown.apply(itself)",
    "unknown.apply(lambda value: pulumi.StackReference(value))",
]


def test_what_may_make_resources_is_told_and_nothing_else(tmp_path: Path) -> None:
    program = judged(tmp_path, START + "\n".join([*MAKING, *HARMLESS]))
    result = run(program)
    assert result.failure is None, result.failure
    lines = (program / "__main__.py").read_text("utf-8").splitlines()
    places = [(item.name, item.position) for item in result.stack.unrun]
    # Some are written once and given twice.
    named = {"make", "late", "__init__", "__call__"}
    found = {name or lines[at.line - 1] for name, at in places if at is not None}
    assert found == {
        *named,
        *(text for text in MAKING if "lambda" in text and "\n" not in text),
        "    unknown.apply(lambda value: kind(value))",
    }


@pytest.mark.parametrize(
    ("waiting", "named"),
    [
        ("vpc.self_link", "selfLink of gcp:compute/network:Network vpc"),
        ("vpc.id", "id of gcp:compute/network:Network vpc"),
        (
            "pulumi.Output.all(vpc.id, vpc.gateway_ipv4)",
            "gatewayIpv4 of gcp:compute/network:Network vpc",
        ),
        (
            "gcp.compute.Instance.get('vm', 'a').network_interfaces[0].access_configs[0].nat_ip",
            "networkInterfaces.accessConfigs.natIp of gcp:compute/instance:Instance vm",
        ),
        (
            "gcp.compute.get_subnetwork_output(name=unknown).ip_cidr_range",
            "the answer of gcp:compute/getSubnetwork:getSubnetwork",
        ),
    ],
)
def test_the_output_that_is_waited_for_is_named(tmp_path: Path, waiting: str, named: str) -> None:
    program = judged(tmp_path, f"{START}\n{waiting}.apply(make)\n")

    (callback,) = run(program).stack.unrun

    assert callback.because.startswith(f"it waits for {named}")


PROGRAM = """
    import pulumi
    import pulumi_gcp as gcp

    vpc = gcp.compute.Network("vpc", auto_create_subnetworks=False)

    def database(link):
        gcp.sql.DatabaseInstance("db", database_version="POSTGRES_16",
                                 settings={"tier": "db-f1-micro"})

    vpc.self_link.apply(database)
"""
SAID = (
    "the function database was not run, and the resources made in it are not seen: it waits for "
    "selfLink of gcp:compute/network:Network vpc"
)


@pytest.mark.parametrize(
    ("setting", "code", "said"),
    [
        ("", 1, "dev may not be deployed: 1 mandatory finding ("),
        ("offline: {callbacks: mandatory}", 1, SAID),
        ("offline: {callbacks: advisory}", 0, SAID),
        ("offline: {callbacks: note}", 0, "dev may be deployed ("),
    ],
)
def test_settings_say_what_it_means(
    apex: Apex, tmp_path: Path, setting: str, code: int, said: str
) -> None:
    program = judged(tmp_path, PROGRAM, files={"policy-pack.yaml": f"{setting}\n"})
    outcome = apex.preview(program).expect(code, said, "; 1 function not run; ")
    assert (SAID in outcome.out) is ("note" not in setting)
    assert (
        "not evaluated: 1 function not run, with all resources made there: the function database "
        in outcome.out
    )


def test_every_format_has_it_with_its_place(apex: Apex, tmp_path: Path) -> None:
    folder = judged(tmp_path / "program", PROGRAM)
    apex.writing(folder, "preview", "--output-dir", "../out").expect(1)
    texts = {file.name: file.read_text("utf-8") for file in (tmp_path / "out").iterdir()}
    assert len(texts) == 7
    for text in texts.values():
        assert SAID.partition(" gcp:")[0] in text
    judgement = json.loads(texts["judged.dev.json"])
    (finding,) = [item for item in judgement["findings"] if item["rule"] == "stack-callbacks-run"]
    assert finding["position"] == {"file": "__main__.py", "line": 7}
    assert judgement["reach"]["unrun"] == ["the function database at __main__.py:7"]


def test_a_program_that_makes_all_in_one_is_not_without_resources(
    apex: Apex, tmp_path: Path
) -> None:
    program = judged(
        tmp_path,
        """
        import pulumi_gcp as gcp
        other = gcp.compute.Network.get("n", "id").self_link
        other.apply(lambda link: gcp.compute.Firewall("f", network=link))
        """,
        files={"policy-pack.yaml": "offline: {callbacks: note}\n"},
    )
    apex.preview(program).expect(0, "dev was not evaluated: no rule is about any of its resources")
